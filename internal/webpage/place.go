package webpage

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// place is what the elements around a node, and the node itself, say of it.
type place uint8

// The places, which add up.
const (
	// inHidden is what the markup hides.
	inHidden place = 1 << iota
	// inFrame is navigation, header or footer.
	inFrame
	// inLogo is a logo by its class or id.
	inLogo
)

// places holds the place of each element that has one. It is made in one pass:
// asking the ancestors of every node would cost a deep page the product of both.
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

// is tells whether n is in one of the places.
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
	if slices.Contains([]string{"navigation", "contentinfo"}, attr(n, "role")) {
		own |= inFrame
	}
	if strings.Contains(attr(n, "class"), "logo") || strings.Contains(attr(n, "id"), "logo") {
		own |= inLogo
	}
	return own
}
