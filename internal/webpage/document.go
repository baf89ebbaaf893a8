package webpage

import (
	"net/url"
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// document is a parsed page.
type document struct {
	root *html.Node
	// address is that of the page, base the one that relative references start from.
	address, base *url.URL
	// elements are all elements in the order of the page.
	elements []element
	things   []thing
	// links are the links in the order of the page.
	links []link
}

// element is an element of a page and where it is.
type element struct {
	*html.Node

	places place
}

// is reports whether the element is in one of the places.
func (e element) is(wanted place) bool { return e.places&wanted != 0 }

// link is an a or area element with a reference.
type link struct {
	element

	ref string
	// target is the address that the reference leads to, nil for none.
	target *url.URL
}

// newDocument reads the tree of a page.
func newDocument(root *html.Node, address *url.URL) *document {
	d := &document{root: root, address: address}
	d.walk(root, 0)
	d.base = baseOf(d)
	d.things = things(d)
	for _, e := range d.elements {
		if (e.DataAtom == atom.A || e.DataAtom == atom.Area) && dom.HasAttribute(e.Node, "href") {
			ref := dom.GetAttribute(e.Node, "href")
			d.links = append(d.links, link{e, ref, Absolute(d.base, ref)})
		}
	}
	return d
}

func (d *document) walk(n *html.Node, around place) {
	if n.Type == html.ElementNode {
		around |= ownPlace(n)
		d.elements = append(d.elements, element{n, around})
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		d.walk(child, around)
	}
}

// first returns the first element that is such a one, nil for none.
func (d *document) first(such func(n *html.Node) bool) *html.Node {
	i := slices.IndexFunc(d.elements, func(e element) bool { return such(e.Node) })
	if i < 0 {
		return nil
	}
	return d.elements[i].Node
}

// contentOf returns all text under n, which may be nil.
func contentOf(n *html.Node) string {
	if n == nil {
		return ""
	}
	return dom.TextContent(n)
}

// attributeOf returns an attribute of n, which may be nil.
func attributeOf(n *html.Node, name string) string {
	if n == nil {
		return ""
	}
	return dom.GetAttribute(n, name)
}

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

func ownPlace(n *html.Node) place {
	var own place
	if hidden(n) {
		own |= inHidden
	}
	switch n.DataAtom {
	case atom.Nav, atom.Header, atom.Footer:
		own |= inFrame
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "role":
			if a.Val == "navigation" || a.Val == "contentinfo" {
				own |= inFrame
			}
		case "class", "id":
			if strings.Contains(a.Val, "logo") {
				own |= inLogo
			}
		}
	}
	return own
}
