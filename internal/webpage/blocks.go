package webpage

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/maintext"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Limits of the main text of one page.
const (
	maxBlocks    = 4000
	maxBlockText = 20_000
	maxMainText  = 400_000
)

// reader gathers the elements and the text of a tree in reading order.
type reader struct {
	elements []maintext.Element
	blocks   []maintext.Block
	// size is the length of the text of the blocks, in bytes.
	size int
	buf  strings.Builder
	// holder is the element in which the text in buf begins.
	holder int
	// linked is how many bytes of it are in links, links how many links are open, breaks how many line breaks end it.
	linked, links, breaks int
	// level is that of the heading that is open, or 0.
	level int
}

// blocksOf returns the elements under root, a document, and all text that is shown to
// readers.
func blocksOf(root *html.Node) ([]maintext.Element, []maintext.Block) {
	r := reader{elements: []maintext.Element{{Parent: -1}}, holder: -1}
	for child := range root.ChildNodes() {
		r.walk(child, 0, onboarding.BlockParagraph)
	}
	r.flush(onboarding.BlockParagraph)
	return r.elements, r.blocks
}

func (r *reader) full() bool { return len(r.blocks) >= maxBlocks || r.size >= maxMainText }

// flush ends the current block.
func (r *reader) flush(kind onboarding.BlockKind) {
	text := fold(Cut(r.buf.String(), maxMainText))
	linked := min(1, float64(r.linked)/float64(max(len(text), 1)))
	for text != "" && !r.full() {
		part := atSpace(text, maxBlockText)
		text = strings.TrimSpace(text[len(part):])
		r.blocks = append(r.blocks, maintext.Block{
			Block: onboarding.Block{Kind: kind, Text: part}, Element: max(r.holder, 0), Level: r.level,
			Words: Words(part), Linked: linked,
		})
		r.size += len(part)
	}
	r.buf.Reset()
	r.holder, r.linked, r.breaks = -1, 0, 0
}

// atSpace returns the first limit bytes of s at most, up to a space if there is one.
func atSpace(s string, limit int) string {
	part := Cut(s, limit)
	if space := strings.LastIndexByte(part, ' '); len(part) < len(s) && space > 0 {
		return part[:space]
	}
	return part
}

// text adds the data of a text node in an element.
func (r *reader) text(n *html.Node, around int) {
	if trimmed := strings.TrimSpace(n.Data); trimmed != "" {
		r.breaks = 0
		if r.holder < 0 {
			r.holder = around
		}
		if r.links > 0 {
			r.linked += len(trimmed)
		}
	}
	if touches(r.buf.String(), n) {
		r.buf.WriteByte(' ')
	}
	r.buf.WriteString(n.Data)
}

// walk adds n, a child of the element around, and what is under it; kind is what the
// text around n belongs to.
func (r *reader) walk(n *html.Node, around int, kind onboarding.BlockKind) {
	switch {
	case r.full():
	case n.Type == html.TextNode:
		r.text(n, around)
	case n.Type != html.ElementNode:
	case silent[n.DataAtom]:
		r.elements = append(r.elements, elementOf(n, around))
	case n.DataAtom == atom.Br:
		r.lineBreak(kind)
	default:
		r.element(n, around, kind)
	}
}

// lineBreak ends the block at the second of two line breaks.
func (r *reader) lineBreak(kind onboarding.BlockKind) {
	r.breaks++
	if r.breaks > 1 {
		r.flush(kind)
		return
	}
	r.buf.WriteByte(' ')
}

func elementOf(n *html.Node, around int) maintext.Element {
	return maintext.Element{Parent: around, Tag: n.DataAtom, Attr: n.Attr, Labels: labels(n), Hidden: hidden(n)}
}

func (r *reader) element(n *html.Node, around int, kind onboarding.BlockKind) {
	inner, isBlock := kindOf(n, kind)
	if isBlock {
		r.flush(kind)
	}
	own, level := len(r.elements), r.level
	r.elements = append(r.elements, elementOf(n, around))
	if isBlock && inner == onboarding.BlockHeading && len(n.Data) == 2 && n.Data[0] == 'h' {
		r.level = int(n.Data[1] - '0')
	}
	if n.DataAtom == atom.A {
		r.links++
		defer func() { r.links-- }()
	}
	for child := range n.ChildNodes() {
		r.walk(child, own, inner)
	}
	switch {
	case isBlock:
		r.flush(inner)
		r.level = level
	case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
		r.buf.WriteByte(' ')
	}
}

// kindOf returns the kind of the text in n, and whether n is a block of its own.
// Inside a table row everything is one block; inside a heading too.
func kindOf(n *html.Node, outer onboarding.BlockKind) (onboarding.BlockKind, bool) {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return onboarding.BlockHeading, true
	case atom.Li, atom.Dt, atom.Dd:
		return onboarding.BlockListItem, true
	case atom.Blockquote:
		return onboarding.BlockQuote, true
	case atom.Pre:
		return onboarding.BlockCode, true
	case atom.Tr:
		return onboarding.BlockTable, true
	case atom.P:
		return outer, true
	}
	return outer, blockElements[n.DataAtom] || n.DataAtom == 0 && strings.Contains(n.Data, "-") || screenReaders.matches(n)
}

// silent elements hold no text for readers.
var silent = atomSet(atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object,
	atom.Embed, atom.Svg, atom.Math, atom.Canvas, atom.Audio, atom.Video, atom.Select, atom.Textarea, atom.Input,
	atom.Datalist, atom.Map, atom.Progress, atom.Meter)

// blockElements begin and end a block, like those that kindOf names.
var blockElements = atomSet(atom.Html, atom.Body, atom.Div, atom.Section, atom.Article, atom.Main, atom.Aside,
	atom.Nav, atom.Header, atom.Footer, atom.Address, atom.Form, atom.Fieldset, atom.Legend, atom.Figure, atom.Figcaption,
	atom.Ul, atom.Ol, atom.Dl, atom.Menu, atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Caption, atom.Details,
	atom.Summary, atom.Dialog, atom.Hr, atom.Center, atom.Hgroup, atom.Search, atom.Button, atom.Label)

// screenReaders name text that is not shown but read aloud.
var screenReaders = newLabels("screen+reader sr+only visually+hidden")
