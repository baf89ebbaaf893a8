package style

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

// goodsTrades are the industries that sell things: a page named after them shows products.
var goodsTrades = map[string]bool{
	"agriculture and farming": true, "beekeeping and honey": true, "food and baking": true,
	"electronics and computer retail": true, "retail and e-commerce": true, "fashion and clothing": true, "cycling": true,
	"furniture and woodworking": true, "import, export and wholesale": true,
}

// nameOffers gives the pages of no known type that are named after what the trade does ("/bathroom-renovation",
// "Physiotherapy in Leeds"), and those that read like an offer, the type of one. What is surely an article gets none.
func (e *evidence) nameOffers() {
	if !slices.Contains(e.kinds, pagetype.Other) {
		return
	}
	trade, list, offer := "", e.a.trades[textstat.RulesOf(e.c.Lang)], "services"
	if scores := e.tradeScores(); list != nil && len(scores) > 0 && scores[0].score >= minTradeScore {
		trade = scores[0].name
	}
	if goodsTrades[trade] {
		offer = "products"
	}
	headings := e.mainHeadings()
	for i, p := range e.pages {
		if e.kinds[i] != pagetype.Other || e.foreign[i] != "" || isArticle(p) {
			continue
		}
		if p.Extraction.Type == "service" || trade != "" && e.named(p, headings[i], list, trade) {
			e.kinds[i] = offer
		}
	}
}

// mainHeadings are the first headings of the highest level by page, "" for one that several pages share: it names the
// website.
func (e *evidence) mainHeadings() []string {
	headings, pages := make([]string, len(e.pages)), map[string]int{}
	for i, p := range e.pages {
		if j := slices.IndexFunc(p.Headings, func(h onboarding.Heading) bool { return h.Level == 1 }); j >= 0 {
			headings[i] = strings.ToLower(p.Headings[j].Text)
			pages[headings[i]]++
		}
	}
	for i, h := range headings {
		if pages[h] > 1 {
			headings[i] = ""
		}
	}
	return headings
}

// named reports whether the last part of the page's address or its heading has a word of the trade outside the name of
// the business.
func (e *evidence) named(p onboarding.Page, heading string, list *textstat.Stems, trade string) bool {
	segments := pagetype.Segments(p.URL)
	names := append([]string{heading}, segments[max(len(segments)-1, 0):]...)
	brand := cmp.Or(strings.ToLower(e.brandName()), "\n")
	return slices.ContainsFunc(names, func(name string) bool {
		found := false
		list.Find(e.c.Split(strings.ReplaceAll(name, brand, " ")), func(section int, _ string) {
			found = found || list.Names[section] == trade
		})
		return found
	})
}

// isArticle reports whether the page reads like an article rather than anything else.
func isArticle(p onboarding.Page) bool {
	return p.Extraction.Type == "article" && p.Extraction.TypeProbability >= 0.5
}
