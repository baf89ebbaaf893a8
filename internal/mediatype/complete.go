package mediatype

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/transcode"
)

// optionalEnds are elements whose end tag need not be written.
var optionalEnds = map[atom.Atom]bool{
	atom.P: true, atom.Li: true, atom.Dt: true, atom.Dd: true, atom.Option: true, atom.Optgroup: true, atom.Tr: true,
	atom.Td: true, atom.Th: true, atom.Thead: true, atom.Tbody: true, atom.Tfoot: true, atom.Colgroup: true,
	atom.Caption: true, atom.Rt: true, atom.Rp: true,
}

// Complete reports whether a body is a whole page although its transfer ended wrong: the page
// closes its body, or everything that it opened and has to close.
func Complete(body []byte, mediaType string) bool {
	text, _ := transcode.ToUTF8(body, mediaType)
	tokens := html.NewTokenizer(strings.NewReader(text))
	open, closed, last := 0, false, html.ErrorToken
	for {
		kind := tokens.Next()
		switch kind {
		case html.ErrorToken:
			return closed || open == 0 && last == html.EndTagToken
		case html.TextToken:
			if strings.TrimSpace(string(tokens.Raw())) == "" {
				continue
			}
		case html.StartTagToken, html.EndTagToken:
			name, _ := tokens.TagName()
			tag := atom.Lookup(name)
			closed = closed || kind == html.EndTagToken &&
				(tag == atom.Html || tag == atom.Body || tag == atom.Frameset)
			open += step(kind, tag, string(name))
		case html.CommentToken, html.DoctypeToken, html.SelfClosingTagToken:
		}
		last = kind
	}
}

// step is what a tag adds to the number of open elements that have to be closed.
func step(kind html.TokenType, tag atom.Atom, name string) int {
	switch {
	case optionalEnds[tag], isVoid(name):
		return 0
	case kind == html.EndTagToken:
		return -1
	}
	return 1
}
