package webpage

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-shiori/dom"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// articleTypes are the endings of schema.org types whose page is an article.
var articleTypes = []string{"Article", "BlogPosting", "LiveBlogPosting", "SocialMediaPosting", "Report"}

// newOutline collects what the metadata say about the main text.
func newOutline(page *onboarding.Page, doc *goquery.Document, found []thing, address *url.URL) outline {
	o := outline{
		title:       page.Title,
		heading:     foldCut(doc.Find("h1").First().Text(), maxTitle),
		description: page.Description,
		author:      page.Meta["author"],
		article:     strings.Contains(page.OpenGraph["og:type"], "article"),
		address:     address,
	}
	if title := page.OpenGraph["og:title"]; title != "" {
		o.title = title
	}
	body := ""
	for _, t := range found {
		if !t.is(articleTypes...) {
			continue
		}
		o.article = true
		body = cmp.Or(body, t.text("articleBody", maxMainText))
		o.author = cmp.Or(t.part("author").text("name", 100), t.text("author", 100), o.author)
	}
	if body == "" {
		body, o.marked = microdataBody(doc), true
	}
	o.body = newShingles(body)
	o.article = o.article || o.body != nil
	if len(strings.Fields(o.author)) > 5 || strings.Contains(o.author, "/") {
		o.author = ""
	}
	return o
}

// microdataBody returns the text of the page's articleBody element without
// boilerplate, "" when there are several: those are teasers of other articles.
func microdataBody(doc *goquery.Document) string {
	marked := doc.Find(`[itemprop~="articleBody"]`)
	if marked.Length() != 1 {
		return ""
	}
	tree := dom.Clone(marked.Nodes[0], true)
	prune(tree, isArticleBoilerplate)
	pruneLabelled(tree, articleLabels, 0.2, nil)
	pruneHinted(tree, articleHints)
	var text strings.Builder
	for _, p := range piecesOf(tree) {
		if p.linked < 0.5 {
			text.WriteString(p.Text + "\n")
		}
	}
	return text.String()
}
