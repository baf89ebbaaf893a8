package style

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// action is a call to action that the pages use.
type action struct {
	text string
	// kind is what it asks for (purchase, booking, contact, …) or "other".
	kind string
	// pages counts the pages that show it.
	pages int
}

// maxActionWords is the length from which a link text is a headline.
const maxActionWords = 9

// findActions collects the calls to action: those that ask for something first,
// the most frequent of them first. Navigation and a template's filler are left out.
func (a *Analyzer) findActions(pages []onboarding.Page, filler phraseSet) []action {
	t := newTally()
	written := map[string]string{}
	for i, p := range pages {
		for _, l := range p.CallsToAction {
			text := strings.Join(strings.Fields(l.Text), " ")
			key := strings.ToLower(text)
			if words := splitWords(text, false); !slices.ContainsFunc(words, word.hasLetter) || len(words) > maxActionWords || len(filler.find(words)) > 0 {
				continue
			}
			if written[key] == "" {
				written[key] = text
			}
			t.add(key, i)
		}
	}
	var out []action
	for _, term := range t.top(len(t.count), 1) {
		kind := a.actionKind(term.Text)
		if kind != "navigation" {
			out = append(out, action{text: written[term.Text], kind: kind, pages: term.Pages})
		}
	}
	slices.SortStableFunc(out, func(x, y action) int {
		return cmp.Or(cmp.Compare(boolToInt(y.asks()), boolToInt(x.asks())), cmp.Compare(y.pages, x.pages), cmp.Compare(actionRank(x.kind), actionRank(y.kind)))
	})
	return out
}

// actionKind is the first section of the list that has a phrase of the text.
func (a *Analyzer) actionKind(lower string) string {
	words := splitWords(lower, false)
	for _, s := range a.actions {
		if len(s.phrases.find(words)) > 0 {
			return s.name
		}
	}
	return "other"
}

// actionRank orders kinds of equal frequency.
func actionRank(kind string) int {
	return slices.Index([]string{"booking", "contact", "sign up", "purchase", "donate", "download", "other", "learn more"}, kind)
}

// asks tells whether the action wants more than another page to be read.
func (x action) asks() bool { return x.kind != "learn more" && x.kind != "other" }
