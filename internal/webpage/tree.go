package webpage

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// prune removes every element under root for which drop returns true. It does not
// call drop for elements under a removed one.
func prune(root *html.Node, drop func(*html.Node) bool) {
	for child := root.FirstChild; child != nil; {
		next := child.NextSibling
		switch {
		case child.Type == html.ElementNode && drop(child):
			root.RemoveChild(child)
		case child.Type == html.ElementNode:
			prune(child, drop)
		}
		child = next
	}
}

// inside reports whether n has an ancestor that is one of the elements.
func inside(n *html.Node, elements ...atom.Atom) bool {
	for up := range n.Ancestors() {
		if slices.Contains(elements, up.DataAtom) {
			return true
		}
	}
	return false
}

// countNodes counts n and the nodes under it, up to one more than limit.
func countNodes(n *html.Node, limit int) int {
	count := 1
	for range n.Descendants() {
		if count++; count > limit {
			break
		}
	}
	return count
}

// maxPageText is the most text that is taken from under one element, in bytes.
const maxPageText = 1 << 20

// nodeText returns the text under n without that of silent elements.
func nodeText(n *html.Node) string {
	t := textUnder{bytes: maxPageText, nodes: maxNodes}
	t.add(n)
	return t.text.String()
}

// maxLabelNodes is how many nodes are read for the text of a heading or link. Those
// can be nested, so that the nodes under them are read several times.
const maxLabelNodes = 1000

// labelText returns the first limit bytes of the text under n, folded.
func labelText(n *html.Node, limit int) string {
	t := textUnder{bytes: 8 * limit, nodes: maxLabelNodes, apart: true}
	t.add(n)
	return foldCut(t.text.String(), limit)
}

// textUnder gathers text until it has that many bytes or has seen that many nodes.
type textUnder struct {
	text         strings.Builder
	bytes, nodes int
	// apart sets words apart that only style does, see touches.
	apart bool
}

func (b *textUnder) add(n *html.Node) {
	b.nodes--
	switch {
	case b.nodes < 0 || b.text.Len() >= b.bytes || n.Type == html.ElementNode && silent[n.DataAtom]:
		return
	case n.Type == html.TextNode:
		if b.apart && touches(b.text.String(), n) {
			b.text.WriteByte(' ')
		}
		b.text.WriteString(Cut(n.Data, b.bytes))
	case n.DataAtom == atom.Br:
		b.text.WriteByte(' ')
	}
	isBlock := blockElements[n.DataAtom] || n.DataAtom == atom.P || n.DataAtom == atom.Li || n.DataAtom == atom.Td
	if isBlock {
		b.text.WriteByte(' ')
	}
	for child := n.FirstChild; child != nil && b.nodes > 0; child = child.NextSibling {
		b.add(child)
	}
	if isBlock {
		b.text.WriteByte(' ')
	}
}

// invisibleStyle matches inline styles that hide an element.
var invisibleStyle = regexp.MustCompile(`(?i)(^|[;\s])(display\s*:\s*none|visibility\s*:\s*hidden)`)

// maxStyle is how many bytes of a style attribute are read.
const maxStyle = 1 << 10

// HidesByStyle reports whether the value of a style attribute hides its element.
func HidesByStyle(style string) bool {
	return len(style) >= len("display:none") && invisibleStyle.MatchString(Cut(style, maxStyle))
}

// hidden reports whether the markup itself hides n from the reader.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "aria-hidden":
			if strings.EqualFold(a.Val, "true") {
				return true
			}
		case "style":
			if HidesByStyle(a.Val) {
				return true
			}
		}
	}
	return false
}
