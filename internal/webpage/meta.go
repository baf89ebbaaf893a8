package webpage

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

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
func readMeta(page *onboarding.Page, doc *goquery.Document, base *url.URL) {
	page.Title = foldCut(doc.Find("head title, body > title").First().Text(), maxTitle)
	page.Meta, page.OpenGraph = map[string]string{}, map[string]string{}
	doc.Find("meta[content]").EachWithBreak(func(_ int, s *goquery.Selection) bool {
		addMeta(page, s)
		return len(page.Meta)+len(page.OpenGraph) < maxMeta
	})
	page.Description = cmp.Or(page.Meta["description"], page.OpenGraph["og:description"],
		page.OpenGraph["twitter:description"])
	page.Title = cmp.Or(page.Title, page.OpenGraph["og:title"])
	page.Lang = language(doc, page.Meta["content-language"])
	if canonical := Absolute(base, doc.Find(`link[rel~="canonical"]`).First().AttrOr("href", "")); canonical != nil {
		page.Canonical = canonical.String()
	}
}

// addMeta adds a meta element under its name; the first one of a name counts.
func addMeta(page *onboarding.Page, s *goquery.Selection) {
	name := cmp.Or(s.AttrOr("property", ""), s.AttrOr("name", ""), s.AttrOr("http-equiv", ""))
	name = strings.ToLower(foldCut(name, maxMetaKey))
	value := foldCut(s.AttrOr("content", ""), maxMetaValue)
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
func language(doc *goquery.Document, header string) string {
	root := doc.Find("html").First()
	lang := strings.ToLower(cmp.Or(strings.TrimSpace(root.AttrOr("lang", "")),
		strings.TrimSpace(root.AttrOr("xml:lang", "")), header))
	lang = strings.ReplaceAll(strings.TrimSpace(strings.Split(lang, ",")[0]), "_", "-")
	if len(lang) < 2 || len(lang) > 20 || strings.Trim(lang, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return ""
	}
	return lang
}

// baseOf returns the address that relative links start from.
func baseOf(doc *goquery.Document, address *url.URL) *url.URL {
	if base := Absolute(address, doc.Find("base[href]").First().AttrOr("href", "")); base != nil {
		return base
	}
	return address
}
