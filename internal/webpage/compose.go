package webpage

import (
	"regexp"
	"slices"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// streamed matches the id of a part that React sends behind the page, hidden, and the
// ids of the templates that mark its place.
var streamed = regexp.MustCompile(`^(.{0,40})([SBP]):([0-9a-f]{1,8})$`)

// compose puts declarative shadow trees and streamed parts where a browser shows them.
// The error is errTooHeavy where that nests elements too deeply.
func compose(root *html.Node) error {
	f := fragments{marks: map[string]*html.Node{}}
	f.collect(root)
	for _, template := range f.shadows { // the outer ones first: their slots may lie in hosts of inner ones
		attachShadow(template)
	}
	for _, part := range f.parts {
		part.place(f.marks[part.key])
	}
	if len(f.shadows)+len(f.parts) > 0 && deeper(root, maxDepth) {
		return errTooHeavy
	}
	return nil
}

// maxDepth is how deeply elements may be nested; the parser has the same limit.
const maxDepth = 512

// deeper reports whether elements under n are nested more than depth levels deep.
func deeper(n *html.Node, depth int) bool {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if depth <= 0 || deeper(child, depth-1) {
			return true
		}
	}
	return false
}

// fragments are the parts of a page that are sent elsewhere than they are shown.
type fragments struct {
	// shadows are the templates of shadow trees.
	shadows []*html.Node
	parts   []part
	// marks are the templates in the places of parts, by key.
	marks map[string]*html.Node
}

// part is a streamed part. The key is the prefix and number of its id.
type part struct {
	key  string
	node *html.Node
}

// place moves the content of the part to its mark; without one, it is shown where it is.
func (p part) place(mark *html.Node) {
	dom.RemoveAttribute(p.node, "hidden")
	if mark == nil || mark.Parent == nil || slices.Contains(slices.Collect(mark.Ancestors()), p.node) {
		return
	}
	moveChildren(p.node, mark)
	mark.Parent.RemoveChild(mark)
}

func (f *fragments) collect(n *html.Node) {
	if n.Type == html.ElementNode {
		f.note(n)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		f.collect(child)
	}
}

func (f *fragments) note(n *html.Node) {
	isTemplate := n.DataAtom == atom.Template
	if isShadow(n) && !follows(n, isShadow) {
		f.shadows = append(f.shadows, n)
	}
	if !isTemplate && !dom.HasAttribute(n, "hidden") {
		return
	}
	id := streamed.FindStringSubmatch(Cut(dom.GetAttribute(n, "id"), 100))
	if len(id) == 0 || isTemplate == (id[2] == "S") {
		return
	}
	if key := id[1] + id[3]; isTemplate {
		f.marks[key] = n
	} else {
		f.parts = append(f.parts, part{key, n})
	}
}

// isShadow reports whether n is the template of a declarative shadow tree.
func isShadow(n *html.Node) bool {
	return n.DataAtom == atom.Template && (dom.HasAttribute(n, "shadowrootmode") || dom.HasAttribute(n, "shadowroot"))
}

// follows reports whether a sibling before n is such a node.
func follows(n *html.Node, such func(*html.Node) bool) bool {
	for before := n.PrevSibling; before != nil; before = before.PrevSibling {
		if such(before) {
			return true
		}
	}
	return false
}

// moveChildren moves the children of n to before mark, a child of another element.
func moveChildren(n, mark *html.Node) {
	for child := n.FirstChild; child != nil; child = n.FirstChild {
		n.RemoveChild(child)
		mark.Parent.InsertBefore(child, mark)
	}
}

// attachShadow replaces the children of the template's host by its shadow tree, in which
// the slots hold the children that they show. Only the first template of a host makes one.
func attachShadow(template *html.Node) {
	host := template.Parent
	if host == nil || host.Type != html.ElementNode || host.DataAtom == atom.Template {
		return
	}
	light := map[string][]*html.Node{}
	for child := host.FirstChild; child != nil; child = host.FirstChild {
		host.RemoveChild(child)
		if child != template {
			name := dom.GetAttribute(child, "slot")
			light[name] = append(light[name], child)
		}
	}
	fillSlots(template, light)
	host.AppendChild(template)
	moveChildren(template, template)
	host.RemoveChild(template)
}

// fillSlots puts light children into the slots under n. A slot that gets none shows its
// own text. The slots of shadow trees within are none of them.
func fillSlots(n *html.Node, light map[string][]*html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch {
		case child.DataAtom == atom.Template:
		case child.DataAtom != atom.Slot:
			fillSlots(child, light)
		case len(light[dom.GetAttribute(child, "name")]) > 0:
			fillSlot(child, light)
		}
	}
}

func fillSlot(slot *html.Node, light map[string][]*html.Node) {
	for child := slot.FirstChild; child != nil; child = slot.FirstChild {
		slot.RemoveChild(child)
	}
	name := dom.GetAttribute(slot, "name")
	for _, child := range light[name] {
		slot.AppendChild(child)
	}
	delete(light, name)
}
