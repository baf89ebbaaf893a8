package webpage

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/alwrity/onboarding/internal/maintext"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// readMainText finds the main text of the page and the page's type.
func readMainText(page *onboarding.Page, doc *document) {
	all := describe(page, doc)
	choice := maintext.Read(all)
	page.Blocks = []onboarding.Block{}
	for i, keep := range choice.Keep {
		if keep {
			page.Blocks = append(page.Blocks, all.Blocks[i].Block)
		}
	}
	page.Extraction = onboarding.Extraction{
		Type: string(choice.Type), TypeProbability: rounded(choice.TypeProbability), Confidence: rounded(choice.Confidence),
	}
	if page.Extraction.Unsure() {
		page.Candidates = maintext.Candidates(all.Blocks, choice)
	}
}

// describe collects what the choice of the main text is made from.
func describe(page *onboarding.Page, doc *document) *maintext.Page {
	heading := doc.first(func(n *html.Node) bool { return n.DataAtom == atom.H1 })
	p := &maintext.Page{
		Address: doc.address, Title: cmp.Or(page.OpenGraph["og:title"], page.Title),
		Heading:     foldCut(contentOf(heading), maxTitle),
		Description: page.Description, Author: page.Meta["author"], Generator: page.Meta["generator"],
		OpenGraph: page.OpenGraph["og:type"],
	}
	var things, reviews strings.Builder
	for _, t := range doc.things {
		p.Types = append(p.Types, stringsOf(t["@type"])...)
		switch {
		case slices.ContainsFunc(stringsOf(t["@type"]), maintext.IsArticleType):
			p.Article = cmp.Or(p.Article, t.text("articleBody", maxMainText))
			p.Author = cmp.Or(t.part("author").text("name", 100), t.text("author", 100), p.Author)
		case t.is(describedTypes...):
			things.WriteString(t.text("name", maxTitle) + "\n" + t.text("description", maxBlockText) + "\n")
		}
		for _, review := range t.parts("review") {
			reviews.WriteString(review.text("reviewBody", maxBlockText) + "\n")
		}
	}
	p.Things, p.Reviews = things.String(), reviews.String()
	if len(strings.Fields(p.Author)) > 5 || strings.Contains(p.Author, "/") {
		p.Author = ""
	}
	p.Elements, p.Blocks = blocksOf(doc.root)
	return p
}

// describedTypes are the endings of the schema.org types of things that a page describes.
var describedTypes = []string{
	"Product", "ProductGroup", "Service", "Event", "Recipe", "Course", "LocalBusiness", "Organization",
}

// rounded returns v with two decimals.
func rounded(v float64) float64 { return math.Round(100*v) / 100 }
