package webpage

import (
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// place describes where a node is, by itself and the elements around it.
type place uint8

// The places are bits of a set.
const (
	// inHidden is what the markup hides.
	inHidden place = 1 << iota
	// inFrame is navigation, header or footer.
	inFrame
	// inLogo is a logo by its class or id.
	inLogo
)

// places holds the place of each element that has one. It is built in one pass:
// walking up from every node would cost nodes times depth.
type places map[*html.Node]place

func placesOf(root *html.Node) places {
	found := places{}
	found.walk(root, 0)
	return found
}

func (p places) walk(n *html.Node, around place) {
	if n.Type == html.ElementNode {
		around |= ownPlace(n)
		if around != 0 {
			p[n] = around
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		p.walk(child, around)
	}
}

// is reports whether n is in one of the places.
func (p places) is(n *html.Node, wanted place) bool { return p[n]&wanted != 0 }

func ownPlace(n *html.Node) place {
	var own place
	if hidden(n) {
		own |= inHidden
	}
	switch n.DataAtom {
	case atom.Nav, atom.Header, atom.Footer:
		own |= inFrame
	}
	if slices.Contains([]string{"navigation", "contentinfo"}, dom.GetAttribute(n, "role")) {
		own |= inFrame
	}
	if strings.Contains(dom.GetAttribute(n, "class"), "logo") || strings.Contains(dom.GetAttribute(n, "id"), "logo") {
		own |= inLogo
	}
	return own
}
