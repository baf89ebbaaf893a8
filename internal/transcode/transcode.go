// Package transcode turns the bytes of a document into UTF-8 text.
//
// It is pure. The encoding is found as the standards of HTML and XML say, with what real documents need beyond them.
package transcode

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// ToUTF8 returns the text of a document and the name of the encoding that it was in, e.g.
// "utf-8". Byte order mark, Content-Type header (may be empty), declarations and at last the
// bytes themselves decide, in this order. Bytes that the encoding does not have become
// U+FFFD.
func ToUTF8(body []byte, contentType string) (text, name string) {
	enc, name, certain := charset.DetermineEncoding(body, contentType)
	if !certain {
		enc, name = guess(body, enc, name)
	}
	if name == "utf-8" {
		body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
		return strings.ToValidUTF8(string(body), "\uFFFD"), name
	}
	decoded, _ := enc.NewDecoder().Bytes(body) // decoders replace what they can't read
	return strings.TrimPrefix(string(decoded), "\uFEFF"), name
}

var (
	// xmlEncoding finds the encoding that an XML declaration names.
	xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]{1,200}?\sencoding\s*=\s*["']\s*([A-Za-z0-9_:.-]{2,40})`)
	// lateMeta finds a charset declaration after the first kilobyte: the standard's search
	// ends there, but real pages declare it later.
	lateMeta = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?\s*([a-z0-9_:-]{2,40})`)
	// unmarked are the first bytes of XML and HTML in UTF-16 without a byte order mark.
	unmarked = map[string]unicode.Endianness{
		"<\x00?\x00": unicode.LittleEndian, "\x00<\x00?": unicode.BigEndian,
		"<\x00!\x00": unicode.LittleEndian, "\x00<\x00!": unicode.BigEndian,
		"<\x00h\x00": unicode.LittleEndian, "\x00<\x00h": unicode.BigEndian,
	}
)

// lateMetaReach is how many bytes of a page are searched for lateMeta.
const lateMetaReach = 64 << 10

// guess chooses the encoding of a document that neither a mark nor a header names.
// declared is what a meta element in its first kilobyte names, else a guess. Of two
// declarations the meta element counts, as in browsers.
func guess(body []byte, declared encoding.Encoding, name string) (encoding.Encoding, string) {
	if endian, found := unmarked[string(body[:min(len(body), 4)])]; found {
		return unicode.UTF16(endian, unicode.IgnoreBOM),
			map[unicode.Endianness]string{unicode.LittleEndian: "utf-16le", unicode.BigEndian: "utf-16be"}[endian]
	}
	for _, pattern := range []*regexp.Regexp{lateMeta, xmlEncoding} {
		found := pattern.FindSubmatch(body[:min(len(body), lateMetaReach)])
		if found == nil {
			continue
		}
		if named, label := lookUp(string(found[1])); named != nil {
			return named, label
		}
	}
	if utf8.Valid(body) {
		return encoding.Nop, "utf-8"
	}
	return declared, name
}

// lookUp returns the encoding of a label; UTF-16 can't be declared in bytes that are read
// as ASCII, so that it means UTF-8.
func lookUp(label string) (encoding.Encoding, string) {
	found, err := htmlindex.Get(label)
	if err != nil {
		return nil, ""
	}
	name, err := htmlindex.Name(found)
	switch {
	case err != nil:
		return nil, ""
	case strings.HasPrefix(name, "utf-16"):
		return encoding.Nop, "utf-8"
	}
	return found, name
}
