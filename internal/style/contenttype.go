package style

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
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

// contentGroups groups the pages by kind of content, most words first.
func (e *evidence) contentGroups() []contentGroup {
	groups := []contentGroup{
		{label: "service pages", kinds: []string{"services", "pricing"}},
		{label: "product pages", kinds: []string{"products", "shop"}},
		{label: "blog posts", kinds: []string{"post", "blog"}},
		{label: "help pages", kinds: []string{"docs", "faq"}},
		{label: "case studies", kinds: []string{"portfolio", "case_studies", "testimonials"}},
		{label: "events", kinds: []string{"events"}},
		{label: "resources", kinds: []string{"resources"}},
		{label: "company pages", kinds: []string{"about", "team", "careers", "contact"}, background: true},
		{label: "landing page", kinds: []string{"home"}, background: true},
	}
	var out []contentGroup
	for _, g := range groups {
		g.words, g.pages = e.wordsIn(g.kinds...), e.pagesIn(g.kinds...)
		if g.pages > 0 && g.words > 0 {
			out = append(out, g)
		}
	}
	slices.SortStableFunc(out, func(a, b contentGroup) int {
		if a.background != b.background {
			return cmp.Compare(textstat.BoolToInt(a.background), textstat.BoolToInt(b.background))
		}
		return cmp.Compare(b.words, a.words)
	})
	return out
}

// primaryType is the kind of content with the most words.
func primaryType(e *evidence) onboarding.Judged {
	groups := e.contentGroups()
	if !e.isSite() || len(groups) == 0 {
		return none
	}
	g := groups[0]
	return judged(g.label, "%d of %s, %s of the words", g.pages, wording.Plural(len(e.pages), "page"), wording.Percent(e.shareOf(g.words)))
}

// secondaryTypes are the other kinds of content with at least 5% of the words.
func secondaryTypes(e *evidence) []string {
	groups := e.contentGroups()
	if !e.isSite() || len(groups) < 2 {
		return nil
	}
	var out []string
	for _, g := range groups[1:] {
		if e.shareOf(g.words) >= 0.05 {
			out = append(out, g.label)
		}
	}
	return out
}

// purpose weighs texts that inform against calls that sell.
func purpose(e *evidence) onboarding.Judged {
	if stated := e.source().Goals; stated != "" {
		return givenByUser(stated)
	}
	if !e.isSite() {
		return none
	}
	asking := e.askingActions()
	inform := e.shareOf(e.wordsIn("post", "blog", "docs", "faq", "resources"))
	detail := fmt.Sprintf("%s of the words inform; calls to action that ask for something: %d", wording.Percent(inform), asking)
	switch {
	case inform >= 0.25 && asking > 0:
		return judged("informational and promotional", "%s", detail)
	case inform >= 0.5:
		return judged("informational", "%s", detail)
	case asking > 0:
		return judged("promotional", "%s", detail)
	}
	return none
}

// callToAction is the first of the calls in use; the evidence names three more.
func callToAction(e *evidence) onboarding.Judged {
	if len(e.actions) == 0 {
		return none
	}
	var others []string
	for _, x := range e.actions[1:min(4, len(e.actions))] {
		others = append(others, fmt.Sprintf("%s on %s", quote(x.text), wording.Plural(x.pages, "page")))
	}
	first := e.actions[0]
	detail := "on " + wording.Plural(first.pages, "page")
	if len(others) > 0 {
		detail += "; also " + strings.Join(others, ", ")
	}
	return judged(quote(first.text), "%s", detail)
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
	counts := []string{}
	for _, term := range t.Top(5, 1) {
		counts = append(counts, fmt.Sprintf("%s %d", term.Text, term.Count))
	}
	return judged(wording.Enumerate(names), "kinds of call to action: %s", strings.Join(counts, ", "))
}

// educationalValue judges the share of the text that explains.
func educationalValue(e *evidence) onboarding.Judged {
	if !e.isSite() {
		return none
	}
	words := e.wordsIn("post", "docs", "faq", "resources")
	questions := headingQuestions(e)
	if words == 0 && questions == 0 {
		return none
	}
	share := e.shareOf(words)
	return judged(wording.Band(share, []float64{0.15, 0.45}, "low", "moderate", "high"), "%s of the words stand in posts, guides and answers; headings that ask a question: %d", wording.Percent(share), questions)
}
