package edge

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// refuseAmbiguous refuses requests that a proxy in front could read differently: where the two disagree on the
// end of a request, its rest would become the next request of somebody else.
func refuseAmbiguous(c *fiber.Ctx) error {
	lines, ok := headerLines(c.Request().Header.RawHeaders())
	if len(lines["transfer-encoding"]) > 0 {
		c.Context().SetConnectionClose() // whatever follows the body is never read as a request
	}
	if ok && lines.wellFramed(&c.Request().Header) {
		return c.Next()
	}
	c.Context().SetConnectionClose()
	return NewProblem(http.StatusBadRequest, "ambiguous_request",
		"Servers could read this request in different ways; send one Host, one Content-Length or "+
			"Transfer-Encoding: chunked, and plain header lines.")
}

// rawHeaders are the values of headers by name in lower case, as they arrived: the server is lenient with the
// lines and names of headers.
type rawHeaders map[string][]string

// headerLines reads a raw head. ok is false if a line does not end in CRLF, continues another, or has no plain
// name directly before its colon.
func headerLines(raw []byte) (lines rawHeaders, ok bool) {
	lines, ok = rawHeaders{}, true
	for line := range strings.SplitAfterSeq(string(raw), "\n") {
		if line == "" || line == "\r\n" { // the end
			continue
		}
		text, whole := strings.CutSuffix(line, "\r\n")
		name, value, colon := strings.Cut(text, ":")
		ok = ok && whole && colon && isHeaderName(name) && !strings.ContainsAny(value, "\r\x00")
		name = strings.ToLower(strings.TrimSpace(name))
		lines[name] = append(lines[name], strings.TrimSpace(value))
	}
	return lines, ok
}

// wellFramed reports whether a request with these headers has one meaning.
func (h rawHeaders) wellFramed(parsed *fasthttp.RequestHeader) bool {
	protocol, encodings, lengths := string(parsed.Protocol()), h["transfer-encoding"], len(h["content-length"])
	modern := protocol == "HTTP/1.1"
	if hosts := len(h["host"]); hosts > 1 || modern && hosts == 0 || !modern && protocol != "HTTP/1.0" {
		return false
	}
	if lengths > 1 || !plainTarget(parsed) {
		return false
	}
	if len(encodings) == 0 {
		return true
	}
	return modern && lengths == 0 && len(encodings) == 1 && strings.EqualFold(encodings[0], "chunked") &&
		!h.misses(parsed)
}

// isHeaderName reports whether a name is a token of RFC 9110.
func isHeaderName(name string) bool {
	for _, b := range []byte(name) {
		letter := 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && (b < '0' || b > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(b)) {
			return false
		}
	}
	return name != ""
}

// plainTarget reports whether the target of a request is a path, or a URL of the host that Host names.
func plainTarget(header *fasthttp.RequestHeader) bool {
	target := string(header.RequestURI())
	if strings.ContainsFunc(target, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return false
	}
	if strings.HasPrefix(target, "/") || target == "*" {
		return true
	}
	u, err := url.Parse(target)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.User == nil &&
		strings.EqualFold(u.Host, string(header.Host()))
}

// misses reports whether headers came after the body: the server adds them to those before it, and a proxy has
// judged the request without them.
func (h rawHeaders) misses(parsed *fasthttp.RequestHeader) bool {
	counts := map[string]int{}
	for name := range parsed.All() {
		counts[strings.ToLower(string(name))]++
	}
	delete(counts, "content-length") // the server sets it for an empty body
	for name, count := range counts {
		if count > len(h[name]) {
			return true
		}
	}
	return false
}
