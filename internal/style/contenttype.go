package style

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

const (
	// minContentShare is the share of the words from which a kind of content can be the
	// primary one before the start page.
	minContentShare = 0.1
	companyPages    = "company pages"
)

// contentGroup is a kind of content: pages of several types.
type contentGroup struct {
	label string
	kinds []string
	// background reports whether every site has this kind. It is the primary one only
	// where there is no other.
	background   bool
	words, pages int
}

// contentGroups groups the pages by kind of content, most words first. Pages of no known
// kind that ask for business present an offer. Answers to questions go along with the
// offers of a business that has some.
func (e *evidence) contentGroups() []contentGroup {
	offers, legal := e.pagesIn("services", "pricing", "products", "shop") > 0, e.shareOf(e.wordsIn("legal"))
	groups := []contentGroup{
		{label: "service pages", kinds: []string{"services", "pricing"}},
		{label: "product pages", kinds: []string{"products", "shop"}},
		{label: "blog posts", kinds: []string{"post", "blog"}},
		{label: "help pages", kinds: []string{"docs"}},
		{label: "help pages", kinds: []string{"faq"}, background: offers},
		{label: "case studies", kinds: []string{"portfolio", "case_studies", "testimonials"}},
		{label: "events", kinds: []string{"events"}},
		{label: "resources", kinds: []string{"resources"}},
		{label: companyPages, kinds: []string{"about", "team", "careers", "contact"}, background: true},
		{label: "landing page", kinds: []string{"home"}, background: true},
	}
	var out []contentGroup
	for _, g := range groups {
		g.words, g.pages = e.wordsIn(g.kinds...), e.pagesIn(g.kinds...)
		if offers && g.label == "blog posts" { // a list of posts is none
			g.words, g.pages = e.wordsIn("post"), e.pagesIn("post")
		}
		if g.label == "service pages" {
			words, pages := e.unnamedOffers()
			g.words, g.pages = g.words+words, g.pages+pages
		}
		g.background = g.background || e.shareOf(g.words) < minContentShare*(1-legal)
		if g.pages > 0 && g.words > 0 {
			out = append(out, g)
		}
	}
	company := func(g contentGroup) int { return textstat.BoolToInt(g.label == companyPages) }
	slices.SortStableFunc(out, func(a, b contentGroup) int {
		foreground := cmp.Compare(textstat.BoolToInt(a.background), textstat.BoolToInt(b.background))
		return cmp.Or(foreground, cmp.Compare(company(a), company(b)), cmp.Compare(b.words, a.words))
	})
	return out
}

// unnamedOffers counts the words and pages of no known kind that ask for business.
func (e *evidence) unnamedOffers() (words, pages int) {
	for i, p := range e.pages {
		asks := e.kinds[i] == pagetype.Other && slices.ContainsFunc(p.CallsToAction, func(l onboarding.Link) bool {
			x, ok := e.a.actionOf(l)
			return ok && x.asks()
		})
		if asks {
			words, pages = words+e.words[i], pages+1
		}
	}
	return words, pages
}

// primaryType is the kind of content with the most words.
func primaryType(e *evidence) onboarding.Judged {
	groups := e.contentGroups()
	if len(groups) == 0 {
		return none
	}
	g, pages := groups[0], wording.Plural(len(e.pages), "page")
	return judged(g.label, "%d of %s, %s of the words", g.pages, pages, wording.Percent(e.shareOf(g.words)))
}

// secondaryTypes are the other kinds of content with at least 5% of the words.
func secondaryTypes(e *evidence) []string {
	var out wording.Sentences
	for i, g := range e.contentGroups() {
		out.Add(i > 0 && e.shareOf(g.words) >= 0.05, "%s", g.label)
	}
	return out
}

// purpose weighs texts that inform against calls that sell.
func purpose(e *evidence) onboarding.Judged {
	if stated := e.source().Goals; stated != "" {
		return givenByUser(stated)
	}
	asking := e.askingActions()
	inform := e.shareOf(e.wordsIn("post", "blog", "docs", "resources"))
	if e.pagesIn("services", "pricing", "products", "shop") == 0 {
		inform += e.shareOf(e.wordsIn("faq"))
	}
	name := ""
	switch {
	case inform >= 0.25 && asking > 0:
		name = "informational and promotional"
	case inform >= 0.5:
		name = "informational"
	case asking > 0:
		name = "promotional"
	default:
		return none
	}
	return judged(name, "%s of the words inform; calls to action that ask for something: %d",
		wording.Percent(inform), asking)
}

// callToAction is the first of the calls in use; the evidence names three more. Links
// that only lead to another page count where nothing else is asked for.
func callToAction(e *evidence) onboarding.Judged {
	if len(e.actions) == 0 {
		return none
	}
	calls := e.actions
	if n := e.askingActions(); n > 0 {
		calls = e.actions[:n]
	}
	detail, also := "on "+wording.Plural(calls[0].pages, "page"), "; also "
	for _, x := range wording.First(calls[1:], 3) {
		detail += also + quote(x.text) + " on " + wording.Plural(x.pages, "page")
		also = ", "
	}
	return judged(quote(calls[0].text), "%s", detail)
}

// conversionFocus names what most of the calls ask for.
func conversionFocus(e *evidence) onboarding.Judged {
	t := textstat.NewTally()
	asking := e.askingActions() > 0
	for _, x := range e.actions {
		if x.kind != "other" && (x.asks() || !asking) {
			t.Add(x.kind, 0)
		}
	}
	top := t.Top(2, 1)
	if len(top) == 0 {
		return none
	}
	names := []string{top[0].Text}
	if len(top) > 1 && top[1].Count == top[0].Count {
		names = append(names, top[1].Text)
	}
	var counts wording.Sentences
	for _, term := range t.Top(5, 1) {
		counts.Add(true, "%s %d", term.Text, term.Count)
	}
	return judged(wording.Enumerate(names), "kinds of call to action: %s", strings.Join(counts, ", "))
}

// educationalValue judges the share of the text that explains.
func educationalValue(e *evidence) onboarding.Judged {
	words := e.wordsIn("post", "docs", "faq", "resources")
	questions := headingQuestions(e)
	if words == 0 && questions == 0 {
		return none
	}
	share := e.shareOf(words)
	return judged(wording.Band(share, []float64{0.15, 0.45}, "low", "moderate", "high"),
		"%s of the words stand in posts, guides and answers; headings that ask a question: %d",
		wording.Percent(share), questions)
}
