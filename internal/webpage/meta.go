package webpage

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/go-shiori/dom"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Limits of the metadata of one page, in entries and bytes.
const (
	maxMeta      = 80
	maxMetaKey   = 80
	maxMetaValue = 1000
	maxTitle     = 300
)

// readMeta fills in what the head of the page declares.
func readMeta(page *onboarding.Page, doc *document) {
	page.Title = foldCut(contentOf(doc.first(isTitle)), maxTitle)
	page.Meta, page.OpenGraph = map[string]string{}, map[string]string{}
	for _, e := range doc.elements {
		if e.DataAtom == atom.Meta && dom.HasAttribute(e.Node, "content") && len(page.Meta)+len(page.OpenGraph) < maxMeta {
			addMeta(page, e.Node)
		}
	}
	page.Description = cmp.Or(page.Meta["description"], page.OpenGraph["og:description"],
		page.OpenGraph["twitter:description"])
	page.Title = cmp.Or(page.Title, page.OpenGraph["og:title"])
	page.Lang = language(doc, page.Meta["content-language"])
	if canonical := Absolute(doc.base, attributeOf(doc.first(isCanonical), "href")); canonical != nil {
		page.Canonical = canonical.String()
	}
}

// isTitle reports whether n is the title of a page, not of a drawing in it.
func isTitle(n *html.Node) bool {
	return n.DataAtom == atom.Title && (n.Parent.DataAtom == atom.Body || inside(n, atom.Head))
}

func isCanonical(n *html.Node) bool {
	return n.DataAtom == atom.Link && slices.Contains(strings.Fields(dom.GetAttribute(n, "rel")), "canonical")
}

// addMeta adds a meta element under its name; the first one of a name counts.
func addMeta(page *onboarding.Page, n *html.Node) {
	name := cmp.Or(dom.GetAttribute(n, "property"), dom.GetAttribute(n, "name"), dom.GetAttribute(n, "http-equiv"))
	name = strings.ToLower(foldCut(name, maxMetaKey))
	value := foldCut(dom.GetAttribute(n, "content"), maxMetaValue)
	if name == "" || value == "" {
		return
	}
	target := page.Meta
	for _, prefix := range []string{"og:", "twitter:", "article:", "profile:", "product:", "business:"} {
		if strings.HasPrefix(name, prefix) {
			target = page.OpenGraph
		}
	}
	if _, taken := target[name]; !taken {
		target[name] = value
	}
}

// language returns the declared language in lower case, "" when what is declared
// can't be a language tag.
func language(doc *document, header string) string {
	root := doc.first(func(n *html.Node) bool { return n.DataAtom == atom.Html })
	lang := strings.ToLower(cmp.Or(strings.TrimSpace(attributeOf(root, "lang")),
		strings.TrimSpace(attributeOf(root, "xml:lang")), header))
	lang = strings.ReplaceAll(strings.TrimSpace(strings.Split(lang, ",")[0]), "_", "-")
	if len(lang) < 2 || len(lang) > 20 || strings.Trim(lang, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return ""
	}
	return lang
}

func isBase(n *html.Node) bool { return n.DataAtom == atom.Base && dom.HasAttribute(n, "href") }

// baseOf returns the address that relative links start from.
func baseOf(doc *document) *url.URL {
	if base := Absolute(doc.address, attributeOf(doc.first(isBase), "href")); base != nil {
		return base
	}
	return doc.address
}
