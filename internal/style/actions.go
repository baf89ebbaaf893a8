package style

import (
	"cmp"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/naming"
	"github.com/alwrity/onboarding/internal/textstat"
)

// action is a call to action on the pages.
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
// the most frequent of them first.
func (a *Analyzer) findActions(pages []onboarding.Page) []action {
	t := textstat.NewTally()
	first := map[string]action{}
	for i, p := range pages {
		for _, l := range p.CallsToAction {
			x, ok := a.actionOf(l)
			if !ok {
				continue
			}
			key := strings.ToLower(x.text)
			if _, known := first[key]; !known {
				first[key] = x
			}
			t.Add(key, i)
		}
	}
	var out []action
	for _, term := range t.Top(len(t.Count), 1) {
		x := first[term.Text]
		x.pages = term.Pages
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(x, y action) int {
		return cmp.Or(cmp.Compare(textstat.BoolToInt(y.asks()), textstat.BoolToInt(x.asks())), cmp.Compare(y.pages, x.pages),
			cmp.Compare(actionRank(x.kind), actionRank(y.kind)))
	})
	return out
}

// actionOf reads a link or button; ok is false for navigation, dialogs, questions,
// headlines, the placeholder text of a template, and what asks for nothing that the list
// knows.
func (a *Analyzer) actionOf(l onboarding.Link) (x action, ok bool) {
	x.text = strings.Join(strings.Fields(l.Text), " ")
	words := textstat.SplitWords(x.text, false)
	if !slices.ContainsFunc(words, textstat.Word.HasLetter) || len(words) > maxActionWords ||
		strings.HasSuffix(x.text, "?") || len(a.filler.Find(words)) > 0 {
		return x, false
	}
	x.kind = a.actionKind(x.text)
	return x, x.kind != "navigation" && x.kind != "dialog" && x.kind != "other"
}

// hasAction reports whether the page asks its reader to do something.
func (a *Analyzer) hasAction(p onboarding.Page) bool {
	return slices.ContainsFunc(p.CallsToAction, func(l onboarding.Link) bool {
		_, ok := a.actionOf(l)
		return ok
	})
}

// askingActions counts the calls that ask for more than reading another page.
func (e *evidence) askingActions() int {
	n := 0
	for _, x := range e.actions {
		n += textstat.BoolToInt(x.asks())
	}
	return n
}

// actionKind returns the first section of the list with a phrase that the text contains;
// of navigation the phrase is the whole text. Scripts without spaces are searched as they
// stand.
func (a *Analyzer) actionKind(text string) string {
	words, plain := textstat.SplitWords(text, false), naming.Plain(text)
	for i, s := range a.actions {
		terms := a.lists.actions[i].Terms
		switch {
		case s.Name == "navigation" && slices.Contains(terms, strings.Trim(plain, " ›»→←«‹>▾▼+×✕")),
			s.Name != "navigation" && len(s.Phrases.Find(words)) > 0,
			s.Name != "navigation" && slices.ContainsFunc(terms, func(term string) bool {
				return strings.ContainsFunc(term, naming.IsWide) && strings.Contains(plain, term)
			}):
			return s.Name
		}
	}
	return "other"
}

// actionRank orders kinds of equal frequency.
func actionRank(kind string) int {
	return slices.Index([]string{"booking", "contact", "sign up", "purchase", "donate", "download", "other", "learn more"},
		kind)
}

// asks reports whether the action asks for more than reading another page.
func (x action) asks() bool { return x.kind != "learn more" && x.kind != "other" }
