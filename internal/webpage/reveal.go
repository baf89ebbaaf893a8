package webpage

import (
	"regexp"
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Amounts of text in bytes, that of links as a quarter.
const (
	// minRevealed is the least text of all sources of a kind that is worth revealing,
	// minSource that of one source.
	minRevealed = 120
	minSource   = 40
	// littleText is less than the text of a page that shows what it has to say.
	littleText = 600
)

// veil is a way in which a page keeps text from readers without scripts, or sends text
// to them only.
type veil int

// The veils in the order in which they are lifted.
const (
	// hiddenVeil is what the markup hides.
	hiddenVeil veil = iota
	// noscriptVeil is what a noscript element holds.
	noscriptVeil
	// templateVeil is what a template holds.
	templateVeil
	veils
)

// veiled is an element under a veil.
type veiled struct {
	node *html.Node
	// text is its text that is under no further veil.
	text int
	// depth is how many veils are around it.
	depth int
}

// survey measures the text that a page shows and that it does not show.
type survey struct {
	shown int
	found [veils][]veiled
}

// reveal turns veiled elements into ordinary ones where little is left without their
// text. Noscript elements and templates that stay veiled are removed: no reader sees
// them, and the messages and tracking pixels in them are never text.
func reveal(root *html.Node) {
	var s survey
	s.walk(root, &s.shown, 0)
	for kind, all := range s.found {
		deepest := 0
		for _, v := range all {
			deepest = max(deepest, v.depth)
		}
		for depth := 0; depth <= deepest; depth++ {
			s.lift(veil(kind), depth)
		}
	}
	prune(root, func(n *html.Node) bool { return n.DataAtom == atom.Noscript || n.DataAtom == atom.Template })
}

// lift reveals the elements of a kind and depth if they hold most of the page's text.
func (s *survey) lift(kind veil, depth int) {
	sum := 0
	for _, v := range s.found[kind] {
		if v.depth == depth {
			sum += v.text
		}
	}
	if sum < minRevealed || sum < 2*s.shown || s.shown > littleText && sum < 8*s.shown {
		return
	}
	for _, v := range s.found[kind] {
		if v.depth == depth && v.text >= minSource {
			unveil(v.node)
		}
	}
	s.shown += sum
}

// unveil makes n an element that is read.
func unveil(n *html.Node) {
	switch n.DataAtom {
	case atom.Noscript, atom.Template:
		rename(n, atom.Div)
	}
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "hidden" || a.Key == "aria-hidden" || a.Key == "style"
	})
}

// walk adds the text under n to *text, and the veiled elements to s.
func (s *survey) walk(n *html.Node, text *int, depth int) {
	if n.Type != html.ElementNode {
		s.children(n, text, depth)
		return
	}
	kind, under := veilOf(n)
	switch {
	case under && isOverlay(n), !under && silent[n.DataAtom]:
	case under:
		v := veiled{node: n, depth: depth}
		s.children(n, &v.text, depth+1)
		if kind == hiddenVeil || !isMessage(n, v.text) {
			s.found[kind] = append(s.found[kind], v)
		}
	case n.DataAtom == atom.A:
		linked := 0
		s.children(n, &linked, depth)
		*text += linked / 4
	case n.DataAtom == atom.Nav, n.DataAtom == atom.Footer, n.DataAtom == atom.Button, n.DataAtom == atom.Label:
		unread := 0
		s.children(n, &unread, depth)
	default:
		s.children(n, text, depth)
	}
}

func (s *survey) children(n *html.Node, text *int, depth int) {
	if n.Type == html.TextNode {
		*text += len(strings.TrimSpace(n.Data))
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		s.walk(child, text, depth)
	}
}

// veilOf returns the veil of n itself.
func veilOf(n *html.Node) (kind veil, under bool) {
	switch n.DataAtom {
	case atom.Noscript:
		return noscriptVeil, true
	case atom.Template:
		return templateVeil, true
	}
	return hiddenVeil, hidden(n)
}

// overlayLabels name what opens over a page when it is asked for.
var overlayLabels = newLabels(`modal popup lightbox offcanvas off+canvas drawer dropdown tooltip cookie cookies consent
	gdpr mobile+menu mega+menu megamenu submenu sub+menu`)

// isOverlay reports whether n opens over the page, by its role or labels.
func isOverlay(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Html, atom.Body, atom.Main, atom.Article:
		return false
	case atom.Dialog, atom.Menu, atom.Nav:
		return true
	}
	return slices.Contains(boilerplateRoles, strings.ToLower(dom.GetAttribute(n, "role"))) || overlayLabels.matches(n)
}

// message matches what noscript elements say where a page does not work without scripts,
// and the marks of templates that scripts fill in.
var message = regexp.MustCompile(`(?i)\bjava ?script|scripts?\b.{0,40}\b(enabled?|disabled|required|allow)|{{|<%|\$\{|\[\[`)

// isMessage reports whether the noscript element or template n holds no text of the page.
func isMessage(n *html.Node, text int) bool {
	const long = 500
	if text < minSource || text > long {
		return text < minSource
	}
	said := textUnder{bytes: 4 * long, nodes: maxLabelNodes}
	for child := range n.ChildNodes() {
		said.add(child)
	}
	return message.MatchString(said.text.String())
}
