package webpage

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// tidy turns the tree of a page into the one that a reader sees once its scripts have run.
// Consent boxes are removed. Text that nothing but scripts reveals is revealed where little
// is left without it. What is still hidden stays, marked as hidden. Tables that only lay out
// the page are no tables.
func tidy(root *html.Node) {
	dropConsent(root)
	reveal(root)
	undoLayoutTables(root)
}

// rename makes n an element of another kind.
func rename(n *html.Node, kind atom.Atom) { n.DataAtom, n.Data = kind, kind.String() }
