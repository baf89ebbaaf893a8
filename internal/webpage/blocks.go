package webpage

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Limits of the main text of one page.
const (
	maxBlocks    = 4000
	maxBlockText = 20_000
	maxMainText  = 400_000
)

// piece is a block with the facts that the boilerplate rules need.
type piece struct {
	onboarding.Block
	// holder is the block element in which the text begins.
	holder *html.Node
	// linked is the share of the text that is inside links, 0 to 1.
	linked float64
	words  int
}

// pieceBuilder gathers the text of a tree as pieces.
type pieceBuilder struct {
	pieces []piece
	size   int
	buf    strings.Builder
	holder *html.Node
	linked int
	links  int
	breaks int
}

// piecesOf returns the visible text under root as pieces in reading order.
func piecesOf(root *html.Node) []piece {
	var b pieceBuilder
	if root != nil {
		b.walk(root, onboarding.BlockParagraph)
		b.flush(onboarding.BlockParagraph)
	}
	return b.pieces
}

// blocksOf leaves only the blocks of pieces.
func blocksOf(pieces []piece) []onboarding.Block {
	blocks := make([]onboarding.Block, len(pieces))
	for i, p := range pieces {
		blocks[i] = p.Block
	}
	return blocks
}

func (b *pieceBuilder) full() bool { return len(b.pieces) >= maxBlocks || b.size >= maxMainText }

// flush ends the current piece.
func (b *pieceBuilder) flush(kind onboarding.BlockKind) {
	text := fold(Cut(b.buf.String(), maxMainText))
	linked := min(1, float64(b.linked)/float64(max(len(text), 1)))
	for text != "" && !b.full() {
		part := atSpace(text, maxBlockText)
		text = strings.TrimSpace(text[len(part):])
		b.pieces = append(b.pieces, piece{
			Block: onboarding.Block{Kind: kind, Text: part}, holder: b.holder, linked: linked, words: Words(part),
		})
		b.size += len(part)
	}
	b.buf.Reset()
	b.holder, b.linked, b.breaks = nil, 0, 0
}

// atSpace returns the first limit bytes of s at most, up to a space if there is one.
func atSpace(s string, limit int) string {
	part := Cut(s, limit)
	if space := strings.LastIndexByte(part, ' '); len(part) < len(s) && space > 0 {
		return part[:space]
	}
	return part
}

// text adds the data of a text node.
func (b *pieceBuilder) text(n *html.Node) {
	if trimmed := strings.TrimSpace(n.Data); trimmed != "" {
		b.breaks = 0
		if b.holder == nil {
			b.holder = blockAround(n)
		}
		if b.links > 0 {
			b.linked += len(trimmed)
		}
	}
	if touches(b.buf.String(), n) {
		b.buf.WriteByte(' ')
	}
	b.buf.WriteString(n.Data)
}

// walk adds n and what is under it; kind is what the text around n belongs to.
func (b *pieceBuilder) walk(n *html.Node, kind onboarding.BlockKind) {
	switch {
	case b.full():
	case n.Type == html.TextNode:
		b.text(n)
	case n.Type != html.ElementNode && n.Type != html.DocumentNode:
	case silent[n.DataAtom]:
	case n.DataAtom == atom.Br:
		b.lineBreak(kind)
	default:
		b.element(n, kind)
	}
}

// lineBreak ends the block at the second of two line breaks.
func (b *pieceBuilder) lineBreak(kind onboarding.BlockKind) {
	b.breaks++
	if b.breaks > 1 {
		b.flush(kind)
		return
	}
	b.buf.WriteByte(' ')
}

func (b *pieceBuilder) element(n *html.Node, kind onboarding.BlockKind) {
	inner, isBlock := kindOf(n, kind)
	if isBlock {
		b.flush(kind)
	}
	if n.DataAtom == atom.A {
		b.links++
		defer func() { b.links-- }()
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.walk(child, inner)
	}
	switch {
	case isBlock:
		b.flush(inner)
	case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
		b.buf.WriteByte(' ')
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
	return outer, blockElements[n.DataAtom] || n.DataAtom == 0 && strings.Contains(n.Data, "-")
}

// silent elements hold no text for readers.
var silent = atomSet(atom.Head, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object,
	atom.Embed, atom.Svg, atom.Math, atom.Canvas, atom.Audio, atom.Video, atom.Select, atom.Textarea, atom.Input,
	atom.Datalist, atom.Map, atom.Progress, atom.Meter)

// blockElements begin and end a block, like those that kindOf names.
var blockElements = atomSet(atom.Html, atom.Body, atom.Div, atom.Section, atom.Article, atom.Main, atom.Aside,
	atom.Nav, atom.Header, atom.Footer, atom.Address, atom.Form, atom.Fieldset, atom.Legend, atom.Figure, atom.Figcaption,
	atom.Ul, atom.Ol, atom.Dl, atom.Menu, atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Caption, atom.Details,
	atom.Summary, atom.Dialog, atom.Hr, atom.Center, atom.Hgroup, atom.Search)

// blockAround returns the nearest block element around n.
func blockAround(n *html.Node) *html.Node {
	for up := range n.Ancestors() {
		if _, isBlock := kindOf(up, onboarding.BlockParagraph); isBlock {
			return up
		}
	}
	return nil
}
