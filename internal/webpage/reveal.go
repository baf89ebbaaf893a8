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
	// asideVeil is what stands beside the text.
	asideVeil
	veils
)

// veiled is an element under a veil.
type veiled struct {
	node *html.Node
	// text is its text that is under no further veil.
	text int
	// depth is how many veils are around it.
	depth int
	// furniture reports whether it stands in navigation or a footer, or is made of links
	// or of the fields of a form.
	furniture bool
}

// survey measures the text that a page shows and that it does not show.
type survey struct {
	shown int
	found [veils][]veiled
	// opened are the ids of the elements that buttons and links on the page open.
	opened map[string]bool
	// fields counts the fields of forms seen so far, linked the text of links.
	fields, linked int
	// furniture counts the elements of that kind that are open.
	furniture int
}

// reveal turns veiled elements into ordinary ones: what opens within the text, such as
// the panels of tabs and the answers of an FAQ, and, where little is left without it,
// everything else that holds text. Noscript elements and templates that stay veiled are
// removed: no reader sees them, and the messages and tracking pixels in them are never text.
func reveal(root *html.Node) {
	s := surveyOf(root)
	if s.open() { // what was around the panels says more now
		s = surveyOf(root)
	}
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

func surveyOf(root *html.Node) survey {
	s := survey{opened: map[string]bool{}}
	s.walk(root, &s.shown, 0)
	return s
}

// open makes the panels that open within the text ordinary, and reports whether there are any.
func (s *survey) open() bool {
	found := false
	for _, v := range s.found[hiddenVeil] {
		if !v.furniture && (s.opened[dom.GetAttribute(v.node, "id")] || isPanel(v.node) || isAnswer(v.node)) {
			unveil(v.node)
			found = true
		}
	}
	return found
}

// lift reveals the elements of a kind and depth if they hold most of the page's text.
func (s *survey) lift(kind veil, depth int) {
	sum, shown := 0, s.shown
	for _, v := range s.found[kind] {
		if v.depth == depth {
			sum += v.text
		}
	}
	if kind != asideVeil { // readers see both
		shown += s.beside()
	}
	if sum < minRevealed || sum < 2*shown || shown > littleText && sum < 8*shown {
		return
	}
	for _, v := range s.found[kind] {
		if v.depth == depth && v.text >= minSource {
			unveilWithin(v.node)
		}
	}
	s.shown += sum
}

// beside returns the amount of text that is shown beside the rest.
func (s *survey) beside() int {
	sum := 0
	for _, v := range s.found[asideVeil] {
		if v.depth == 0 {
			sum += v.text
		}
	}
	return sum
}

// unveilWithin makes n, and what hides it, elements that are read.
func unveilWithin(n *html.Node) {
	unveil(n)
	for up := range n.Ancestors() {
		if kind, under := veilOf(up); under && kind != asideVeil {
			unveil(up)
		}
	}
}

// unveil makes n an element that is read.
func unveil(n *html.Node) {
	switch n.DataAtom {
	case atom.Noscript, atom.Template, atom.Aside:
		rename(n, atom.Div)
	}
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "hidden" || a.Key == "aria-hidden" || a.Key == "style" || a.Key == "role"
	})
}

// walk adds the text under n to *text, and the veiled elements to s.
func (s *survey) walk(n *html.Node, text *int, depth int) {
	if n.Type != html.ElementNode {
		s.children(n, text, depth)
		return
	}
	s.note(n)
	kind, under := veilOf(n)
	switch {
	case under && kind != asideVeil && isOverlay(n), !under && silent[n.DataAtom]:
	case under:
		s.veiled(n, kind, depth)
	case n.DataAtom == atom.A:
		linked := 0
		s.children(n, &linked, depth)
		s.linked += linked
		*text += linked / 4
	case isFurniture(n):
		unread := 0
		s.furniture++
		s.children(n, &unread, depth)
		s.furniture--
	default:
		s.children(n, text, depth)
	}
}

// veiled adds an element under a veil.
func (s *survey) veiled(n *html.Node, kind veil, depth int) {
	const fieldText = 100 // a field with less text around it is one of a list of choices
	v, fields, linked := veiled{node: n, depth: depth}, s.fields, s.linked
	s.children(n, &v.text, depth+1)
	v.furniture = s.furniture > 0 || (s.fields-fields)*fieldText > v.text || s.linked-linked > v.text
	if kind == hiddenVeil || kind == asideVeil || !isMessage(n, v.text) {
		s.found[kind] = append(s.found[kind], v)
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

// note records fields of forms, and what a control outside of the furniture opens.
func (s *survey) note(n *html.Node) {
	switch n.DataAtom {
	case atom.Input, atom.Select, atom.Textarea:
		s.fields++
	}
	if s.furniture > 0 || dom.HasAttribute(n, "aria-haspopup") {
		return
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "aria-controls":
			for _, id := range strings.Fields(Cut(a.Val, maxStyle)) {
				s.opened[id] = true
			}
		case "href", "data-target", "data-bs-target":
			if id, ok := strings.CutPrefix(a.Val, "#"); ok && id != "" {
				s.opened[id] = true
			}
		}
	}
}

// isFurniture reports whether what n holds is no text of the page, whatever it says.
func isFurniture(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Button, atom.Label:
		return true
	}
	return false
}

// veilOf returns the veil of n itself.
func veilOf(n *html.Node) (kind veil, under bool) {
	switch n.DataAtom {
	case atom.Noscript:
		return noscriptVeil, true
	case atom.Template:
		return templateVeil, true
	}
	switch {
	case hidden(n):
		return hiddenVeil, true
	case n.DataAtom == atom.Aside || dom.GetAttribute(n, "role") == "complementary":
		return asideVeil, true
	}
	return 0, false
}

// overlayLabels name what opens over a page when it is asked for.
var overlayLabels = newLabels(`modal popup lightbox offcanvas off+canvas drawer dropdown popover tooltip mobile+menu
	mega+menu megamenu submenu sub+menu minicart cart login signin toast alert error success`)

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

// panelLabels name what opens within the text of a page.
var panelLabels = newLabels(`accordion collapse collapsible collapsed tabpanel tab+pane tab+panel tab+content tabs+panel
	tabs+content toggle+content faq answer expandable expander read+more readmore more+content more+text slick+slide`)

// clonedLabels name copies of slides.
var clonedLabels = newLabels("clone cloned duplicate")

// isPanel reports whether the hidden element n opens within the text, by its own markup.
func isPanel(n *html.Node) bool {
	role := dom.GetAttribute(n, "role")
	switch {
	case role == "tabpanel", role == "region" && dom.HasAttribute(n, "aria-labelledby"):
		return true
	}
	return panelLabels.matches(n) && !clonedLabels.matches(n)
}

// isAnswer reports whether the hidden element n follows the heading or button that opens
// it, or an element that says nothing else.
func isAnswer(n *html.Node) bool {
	before := n.PrevSibling
	for before != nil && before.Type != html.ElementNode {
		before = before.PrevSibling
	}
	if before == nil || isOpener(before) {
		return before != nil
	}
	const limit, more = 300, 20
	looked := 0
	for under := range before.Descendants() {
		if looked++; looked > 20 {
			break
		}
		if isOpener(under) {
			return len(labelText(before, limit)) <= len(labelText(under, limit))+more
		}
	}
	return false
}

func isOpener(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dt, atom.Button, atom.Summary:
		return true
	}
	return dom.HasAttribute(n, "aria-expanded")
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
