// Package mediatype tells what the body of a response is: its media type, whether it is a page and a whole one, and how
// an HTML parser is to read it.
package mediatype

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/transcode"
)

// HTML is the type of HTML.
const HTML = "text/html"

// xhtml is the type of XHTML.
const xhtml = "application/xhtml+xml"

// Of returns the type that the Content-Type headers of a response name, with its
// charset: "text/html; charset=utf-8". Of several the last valid one counts, as the Fetch
// standard says; "" if none is valid.
func Of(headers []string) string {
	essence, charset := "", ""
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		named, label := parseType(part)
		if named == "" || named == "*/*" {
			continue
		}
		if named != essence || label != "" {
			charset = label
		}
		essence = named
	}
	if charset != "" {
		return essence + "; charset=" + charset
	}
	return essence
}

// parseType parses one media type; essence is "" if it is invalid.
func parseType(text string) (essence, charset string) {
	essence, parameters, _ := strings.Cut(text, ";")
	essence = strings.ToLower(strings.TrimSpace(essence))
	kind, subtype, found := strings.Cut(essence, "/")
	if !found || !isToken(kind) || !isToken(subtype) {
		return "", ""
	}
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		if strings.EqualFold(strings.TrimSpace(name), "charset") && isToken(value) {
			return essence, strings.ToLower(value)
		}
	}
	return essence, ""
}

// isToken reports whether s consists of the characters that names in headers may have.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7F || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// essenceOf returns a media type without its parameters.
func essenceOf(mediaType string) string {
	essence, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(essence))
}

var (
	// otherKinds are kinds of media, other formats types that no page has.
	otherKinds   = []string{"audio/", "font/", "image/", "model/", "multipart/", "video/"}
	otherFormats = []string{
		"application/ecmascript", "application/gzip", "application/javascript", "application/json",
		"application/ld+json", "application/msword", "application/ogg", "application/pdf", "application/rtf",
		"application/wasm", "application/x-javascript", "application/x-shockwave-flash", "application/zip",
		"text/calendar", "text/css", "text/csv", "text/ecmascript", "text/javascript", "text/markdown", "text/vcard",
		"text/vtt",
	}
)

// MayBePage reports whether the body of a response is worth reading, by its type. An
// unknown one is: the body shows what it is.
func MayBePage(mediaType string) bool {
	essence := essenceOf(mediaType)
	other := slices.ContainsFunc(otherKinds, func(kind string) bool { return strings.HasPrefix(essence, kind) })
	return !other && !slices.Contains(otherFormats, essence) && !strings.HasSuffix(essence, "+json") &&
		(!strings.HasPrefix(essence, "application/vnd.") || isXML(essence))
}

// isXML reports whether a type is one of XML.
func isXML(essence string) bool {
	return strings.HasSuffix(essence, "+xml") || essence == "text/xml" || essence == "application/xml"
}

// OfPage returns the type that a page is to be read as, by the type that the headers name and
// its first bytes (MIME Sniffing standard); false if it is not a page.
func OfPage(mediaType string, body []byte) (string, bool) {
	essence, seen := essenceOf(mediaType), sniff(body, mediaType)
	if len(body) == 0 {
		return HTML, true // the digest refuses it as page_empty
	}
	switch {
	case essence == xhtml && isText(seen):
		return mediaType, true
	case essence == HTML:
		return mediaType, isText(seen) && !isFeed(body)
	case isXML(essence), strings.HasPrefix(seen, "text/xml"):
		return retyped(xhtml, mediaType), isText(seen) && rootOf(body) == "html"
	}
	return retyped(HTML, mediaType), strings.HasPrefix(seen, HTML)
}

// retyped returns another type with the charset of a media type.
func retyped(essence, mediaType string) string {
	if _, parameters, found := strings.Cut(mediaType, ";"); found {
		return essence + ";" + parameters
	}
	return essence
}

// sniff returns what the first bytes look like. The standard does not look behind a byte
// order mark; real pages without a type have one.
func sniff(body []byte, mediaType string) string {
	const reach = 1 << 10
	head := body[:min(len(body), reach)]
	if text, name := transcode.ToUTF8(head, mediaType); strings.HasPrefix(name, "utf-16") {
		head = []byte(text)
	}
	return http.DetectContentType(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
}

// isText reports whether a sniffed type may be one of text in some encoding.
func isText(seen string) bool {
	return strings.HasPrefix(seen, "text/") || seen == "application/octet-stream"
}

// isFeed reports whether a body that is called HTML is an RSS or Atom feed.
func isFeed(body []byte) bool {
	switch rootOf(body) {
	case "rss", "feed", "rdf":
		return true
	}
	return false
}

// rootOf returns the name of the first element of a document in lower case.
func rootOf(body []byte) string {
	const reach = 4 << 10
	text, _ := transcode.ToUTF8(body[:min(len(body), reach)], "")
	decoder := xml.NewDecoder(strings.NewReader(text))
	decoder.Strict = false
	for {
		token, err := decoder.RawToken()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok {
			return strings.ToLower(start.Name.Local)
		}
	}
}
