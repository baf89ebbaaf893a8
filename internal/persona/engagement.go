package persona

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// minShareToUse is the least share of sentences at which instructions are a habit of
// the site.
const minShareToUse = 0.03

// tactic is a way of the site to engage readers, with its evidence.
type tactic struct{ kind, text string }

// tactics lists the site's own ways to engage readers.
func (s *source) tactics() []tactic {
	var all []tactic
	add := func(holds bool, kind, format string, args ...any) {
		if holds {
			all = append(all, tactic{kind, fmt.Sprintf(format, args...)})
		}
	}
	asked, figures, quotations := s.device("question"), s.device("figure"), s.device("quotation")
	imperatives, address := valueOf(s.m.Syntax.ImperativeShare), valueOf(s.m.Person.Second)
	groups := s.style.TargetAudience.Demographics
	add(asked.Count >= 2, "question", "Ask the reader, as the site does (%s, for example %s).",
		plural(asked.Count, "question"), example(asked))
	add(imperatives >= minShareToUse, "imperative", "Tell the reader what to do: %s of the site's sentences do.",
		wording.Percent(imperatives))
	add(address >= 0.02, "address", "Address the reader: %s of the site's words do.", wording.Percent(address))
	add(figures.Count >= 3, "figure", "Give figures (%s on the site, for example %s).", thousands(figures.Count),
		example(figures))
	add(quotations.Count >= 2, "quotation", "Let people speak (%s on the site).", plural(quotations.Count, "quotation"))
	add(len(groups) > 0, "groups", "Name the readers: %s.", wording.Enumerate(wording.First(groups, 4)))
	return all
}

// maxPlatformTactics is how many ways a platform persona names; all of them are in the core.
const maxPlatformTactics = 2

// platformTactics are the ways that suit the platform most.
func (a *adaptation) platformTactics() onboarding.List {
	all := a.tactics()
	rank := func(t tactic) int {
		if at := slices.Index(a.rules.engage, t.kind); at >= 0 {
			return at
		}
		return len(a.rules.engage)
	}
	slices.SortStableFunc(all, func(x, y tactic) int { return rank(x) - rank(y) })
	list := onboarding.List{}
	for _, t := range all[:min(len(all), maxPlatformTactics)] {
		list = append(list, t.text)
	}
	return list
}

// community returns where to answer readers and in which tone; the voice is the core's.
func (a *adaptation) community() *string {
	tone := valueOf(a.core.TonalRange.DefaultTone)
	if tone == "" {
		return nil
	}
	return new("Answer in the " + a.rules.talk + "; tone: " + tone + ".")
}

// sentenceList is a list of one sentence, empty unless ok.
func sentenceList(ok bool, format string, args ...any) onboarding.List {
	if !ok {
		return onboarding.List{}
	}
	return onboarding.List{fmt.Sprintf(format, args...)}
}

// topicSentence formats a sentence about the topics, nil without any.
func (a *adaptation) topicSentence(format string) *string {
	names := a.m.TopicNames(3)
	if len(names) == 0 {
		return nil
	}
	return new(fmt.Sprintf(format, wording.Enumerate(names)))
}

// occasion returns the first keyword that names an event, or "". A workshop does not
// count: it may be a place.
func (a *adaptation) occasion() string {
	for _, k := range a.m.Keywords {
		for word := range strings.FieldsSeq(k.Text) {
			switch word {
			case "class", "classes", "course", "courses", "event", "events", "webinar", "webinars", "seminar", "seminars",
				"tour", "tours", "lesson", "lessons":
				return k.Text
			}
		}
	}
	return ""
}
