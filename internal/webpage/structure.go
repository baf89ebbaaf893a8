package webpage

import (
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// readStructure counts what the page is built of.
func readStructure(page *onboarding.Page, doc *document) {
	s := &page.Structure
	for _, e := range doc.elements {
		switch e.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			s.Headings[e.Data[1]-'1']++
		case atom.A:
			if dom.HasAttribute(e.Node, "href") {
				s.Links++
			}
		case atom.P:
			s.Paragraphs++
		case atom.Ul, atom.Ol, atom.Dl:
			s.Lists++
		case atom.Table:
			s.Tables++
		case atom.Img:
			s.Images++
		case atom.Section, atom.Article:
			s.Sections++
		case atom.Div:
			if e.Parent != nil && e.Parent.DataAtom == atom.Main {
				s.Sections++
			}
		case atom.Form:
			s.Forms++
		case atom.Video:
			s.Videos++
		case atom.Iframe:
			if isVideo(e.Node) {
				s.Videos++
			}
		}
		s.HasNavigation = s.HasNavigation || isNamed(e.Node, atom.Nav, "navigation", "navbar", "navigation")
		s.HasFooter = s.HasFooter || isNamed(e.Node, atom.Footer, "contentinfo", "", "footer")
		s.HasSidebar = s.HasSidebar || isNamed(e.Node, atom.Aside, "complementary", "sidebar", "sidebar")
	}
}

func isVideo(frame *html.Node) bool {
	source := dom.GetAttribute(frame, "src")
	return slices.ContainsFunc([]string{"youtube", "vimeo", "wistia"}, func(host string) bool {
		return strings.Contains(source, host)
	})
}

// isNamed reports whether n is an element of a kind, by its name or role, or by what its class or id holds.
func isNamed(n *html.Node, kind atom.Atom, role, class, id string) bool {
	if n.DataAtom == kind {
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "role" && a.Val == role || a.Key == "id" && strings.Contains(a.Val, id) ||
			a.Key == "class" && class != "" && strings.Contains(a.Val, class) {
			return true
		}
	}
	return false
}
