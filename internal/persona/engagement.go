package persona

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// minShareToUse is the least share of sentences at which instructions are a habit of
// the site.
const minShareToUse = 0.03

// tactics lists the site's own ways to engage readers, each with its evidence.
func (a *adaptation) tactics() onboarding.List {
	var tactics wording.Sentences
	asked, figures, quotations := a.device("question"), a.device("figure"), a.device("quotation")
	imperatives, address := valueOf(a.m.Syntax.ImperativeShare), valueOf(a.m.Person.Second)
	groups := a.style.TargetAudience.Demographics
	tactics.Add(asked.Count >= 2, "Ask the reader, as the site does (%s, for example %s).",
		plural(asked.Count, "question"), example(asked))
	tactics.Add(imperatives >= minShareToUse, "Tell the reader what to do: %s of the site's sentences do.",
		wording.Percent(imperatives))
	tactics.Add(address >= 0.02, "Address the reader: %s of the site's words do.", wording.Percent(address))
	tactics.Add(figures.Count >= 3, "Give figures (%s on the site, for example %s).", thousands(figures.Count),
		example(figures))
	tactics.Add(quotations.Count >= 2, "Let people speak (%s on the site).", plural(quotations.Count, "quotation"))
	tactics.Add(len(groups) > 0, "Name the readers: %s.", wording.Enumerate(wording.First(groups, 4)))
	return onboarding.List(tactics)
}

// community returns the voice in which to answer readers.
func (a *adaptation) community() *string {
	voice, tone := a.style.WritingStyle.Voice.Label(), valueOf(a.core.TonalRange.DefaultTone)
	if voice == "" && tone == "" {
		return nil
	}
	text := "Answer in the " + a.rules.talk
	if voice != "" {
		text += " as the site writes: " + voice
	}
	if tone != "" {
		text += "; tone: " + tone
	}
	return new(text + ".")
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
