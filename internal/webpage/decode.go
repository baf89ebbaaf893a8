package webpage

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// lateMeta finds a charset declaration after the first kilobyte: the standard's
// search ends there, but real pages declare it later.
var lateMeta = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?\s*([a-z0-9_:-]{2,40})`)

// lateMetaReach is how many bytes of the page are searched for lateMeta.
const lateMetaReach = 64 << 10

// decode turns the body of a page into UTF-8 by byte order mark, Content-Type
// header, meta element, or else by looking at the bytes, in the order of the
// WHATWG standard. It returns the name of the encoding too.
func decode(body []byte, contentType string) (text, name string) {
	enc, name, certain := charset.DetermineEncoding(body, contentType)
	if !certain {
		enc, name = guessEncoding(body, enc, name)
	}
	if name == "utf-8" {
		body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
		return strings.ToValidUTF8(string(body), "\uFFFD"), name
	}
	decoded, _ := enc.NewDecoder().Bytes(body) // decoders replace what they can't read
	return strings.TrimPrefix(string(decoded), "\uFEFF"), name
}

// guessEncoding chooses the encoding of a page whose first kilobyte declares none.
func guessEncoding(body []byte, enc encoding.Encoding, name string) (encoding.Encoding, string) {
	if found := lateMeta.FindSubmatch(body[:min(len(body), lateMetaReach)]); found != nil {
		if declared, err := htmlindex.Get(string(found[1])); err == nil {
			if label, err := htmlindex.Name(declared); err == nil && !strings.HasPrefix(label, "utf-16") {
				return declared, label
			}
		}
	}
	if utf8.Valid(body) {
		return encoding.Nop, "utf-8"
	}
	return enc, name
}

// garbled reports whether more than share (0 to 1) of the characters of s, white space
// aside, are replacement or control characters: the declared encoding is wrong, or
// this is no text.
func garbled(s string, share float64) bool {
	bad, all := 0, 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError, r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f':
			bad++
			all++
		case r > ' ':
			all++
		}
	}
	return bad > 0 && float64(bad) > share*float64(all)
}
