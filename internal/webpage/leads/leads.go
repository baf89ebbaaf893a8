// Package leads reads where a browser that loads a page goes on: to another page, or to the frames of this one.
package leads

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"github.com/alwrity/onboarding/internal/mediatype"
	"github.com/alwrity/onboarding/internal/transcode"
	"github.com/alwrity/onboarding/internal/webpage"
)

// Lead is where a browser that loads a page goes on: to another page, or to the frames of
// this one. It matters for pages with little text of their own.
type Lead struct {
	// Next is the page that this one refreshes to, or that its script assigns to location; nil
	// for none, the page's own address if it only loads itself again.
	Next *url.URL
	// Frames are the visible frames in the order of the page.
	Frames []Frame
	// NoFrames is the HTML that a browser without frames shows.
	NoFrames string
}

// Frame is a frame of a page.
type Frame struct {
	// Address is nil for a frame whose HTML the page holds itself, in Inner.
	Address *url.URL
	Inner   string
	// Fills reports whether the frame is all that the page shows, as where one domain shows
	// another.
	Fills bool
}

const (
	// maxRefreshDelay is the longest wait, in seconds, before a refresh that leads on: pages
	// that are shown for longer are more than a step on the way.
	maxRefreshDelay = 60
	// maxFrames is how many frames of a page count.
	maxFrames = 8
)

// Of reads where a page leads. It is pure; refresh is the Refresh header of the response,
// or "". A refresh in noscript counts last: with scripts, others are meant.
func Of(body []byte, contentType string, address *url.URL, refresh string) Lead {
	text, _ := transcode.ToUTF8(body, contentType)
	text = mediatype.AsHTML(text, contentType)
	r := reader{base: address}
	r.read(text, false)
	lead := Lead{Frames: r.frames, NoFrames: r.noFrames}
	if len(lead.Frames) == 1 {
		lead.Frames[0].Fills = lead.Frames[0].Fills || r.isFrameset
	}
	targets := slices.Concat([]string{refresh}, r.refreshes)
	for i, content := range targets {
		targets[i] = refreshTarget(content)
	}
	if script, found := scriptTarget(r.scripts); found {
		targets = append(targets, script)
	}
	for _, content := range r.noScriptRefreshes {
		targets = append(targets, refreshTarget(content))
	}
	lead.Next = r.first(targets, address)
	return lead
}

// reader gathers what may lead on.
type reader struct {
	base                         *url.URL
	refreshes, noScriptRefreshes []string
	scripts                      []string
	frames                       []Frame
	noFrames                     string
	isFrameset                   bool
}

// first returns the first target that is another page, else the page itself if it is one.
func (r *reader) first(targets []string, address *url.URL) *url.URL {
	var itself *url.URL
	for _, target := range targets {
		switch next := webpage.Absolute(r.base, target); {
		case target == selfTarget:
			itself = address
		case next == nil:
		case sameDocument(next, address):
			itself = address
		default:
			return next
		}
	}
	return itself
}

// sameDocument reports whether two addresses differ in their fragments only.
func sameDocument(a, b *url.URL) bool {
	left, right := *a, *b
	for _, u := range []*url.URL{&left, &right} {
		u.Fragment, u.RawFragment, u.Path = "", "", cmp.Or(u.Path, "/")
	}
	return left.String() == right.String()
}

// read reads the tags of a page, or of its noscript elements.
func (r *reader) read(text string, noScript bool) {
	tokens := html.NewTokenizer(strings.NewReader(text))
	inside, scriptable := "", false
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			r.text(inside, scriptable, string(tokens.Raw()))
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			inside, scriptable = token.Data, isScript(token)
			r.tag(token, noScript)
		case html.EndTagToken:
			inside, scriptable = "", false
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

// maxLeadScript is the longest script that is read for a redirect, in bytes.
const maxLeadScript = 16 << 10

// text reads the raw text of an element.
func (r *reader) text(inside string, scriptable bool, text string) {
	switch {
	case inside == "noframes" && r.noFrames == "":
		r.noFrames = text
	case inside == "noscript":
		r.read(text, true)
	case scriptable && len(text) <= maxLeadScript:
		r.scripts = append(r.scripts, text)
	}
}

// isScript reports whether a script element is run by browsers.
func isScript(token html.Token) bool {
	kind := strings.ToLower(attribute(token, "type"))
	return token.Data == "script" && attribute(token, "src") == "" &&
		(kind == "" || kind == "module" || strings.Contains(kind, "javascript") || strings.Contains(kind, "ecmascript"))
}

func (r *reader) tag(token html.Token, noScript bool) {
	switch token.Data {
	case "base":
		if base := webpage.Absolute(r.base, attribute(token, "href")); base != nil {
			r.base = base
		}
	case "meta":
		if !strings.EqualFold(strings.TrimSpace(attribute(token, "http-equiv")), "refresh") {
			return
		}
		list := &r.refreshes
		if noScript {
			list = &r.noScriptRefreshes
		}
		*list = append(*list, attribute(token, "content"))
	case "body":
		if script := attribute(token, "onload"); script != "" {
			r.scripts = append(r.scripts, webpage.Cut(script, maxLeadScript))
		}
	case "frameset":
		r.isFrameset = true
	case "frame":
		r.frame(attribute(token, "src"), "", false)
	case "iframe", "object":
		if !noScript && !hiddenFrame(token) {
			r.inline(token)
		}
	}
}

// inline adds an iframe, or an object that shows a page.
func (r *reader) inline(token html.Token) {
	size := attribute(token, "width") + " " + attribute(token, "height") + " " + attribute(token, "style")
	fills := strings.Contains(size, "100%") || strings.Contains(size, "100v")
	switch {
	case token.Data == "iframe":
		r.frame(attribute(token, "src"), attribute(token, "srcdoc"), fills)
	case strings.HasPrefix(strings.ToLower(attribute(token, "type")), mediatype.HTML):
		r.frame(attribute(token, "data"), "", fills)
	}
}

func (r *reader) frame(src, inner string, fills bool) {
	frame := Frame{Inner: inner, Fills: fills}
	if inner == "" {
		frame.Address = webpage.Absolute(r.base, src)
	}
	if (frame.Address != nil || inner != "") && len(r.frames) < maxFrames {
		r.frames = append(r.frames, frame)
	}
}

// hiddenFrame reports whether a frame is there to measure or to load something.
func hiddenFrame(token html.Token) bool {
	for _, a := range token.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "width", "height":
			if value := strings.TrimSuffix(strings.TrimSpace(a.Val), "px"); value == "0" || value == "1" {
				return true
			}
		case "style":
			if webpage.HidesByStyle(a.Val) {
				return true
			}
		}
	}
	return false
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// selfTarget stands for the page itself: no address is a single space.
const selfTarget = " "

// refreshTarget returns the address in a refresh, as the HTML standard parses it: with and
// without "url=", in quotes or not. It is selfTarget without an address, and "" for what is
// no refresh or comes late.
func refreshTarget(content string) string {
	rest := strings.TrimLeft(content, " \t\n\f\r")
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if digits == 0 && !strings.HasPrefix(rest, ".") {
		return ""
	}
	delay, err := strconv.Atoi(rest[:digits])
	if digits > 0 && (err != nil || delay > maxRefreshDelay) {
		return ""
	}
	rest = strings.TrimLeft(rest[digits:], "0123456789.")
	bare := strings.TrimLeft(rest, " \t\n\f\r")
	if bare == "" {
		return selfTarget
	}
	if bare == rest && rest[0] != ';' && rest[0] != ',' {
		return ""
	}
	if bare[0] == ';' || bare[0] == ',' {
		bare = strings.TrimLeft(bare[1:], " \t\n\f\r")
	}
	return cmp.Or(unquoted(withoutName(bare)), selfTarget)
}

// withoutName returns a text without a leading "url=".
func withoutName(text string) string {
	if len(text) < 3 || !strings.EqualFold(text[:3], "url") {
		return text
	}
	value, found := strings.CutPrefix(strings.TrimLeft(text[3:], " \t\n\f\r"), "=")
	if !found {
		return text
	}
	return strings.TrimLeft(value, " \t\n\f\r")
}

// unquoted returns what stands in the quotes that a text begins with.
func unquoted(text string) string {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		return strings.TrimSpace(text)
	}
	inner, _, _ := strings.Cut(text[1:], text[:1])
	return strings.TrimSpace(inner)
}
