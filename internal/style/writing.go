package style

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// personShare is the least share of words of a grammatical person in the voice.
const personShare = 0.005

// voice names who speaks to whom.
func voice(e *evidence) onboarding.Judged {
	p := e.m.Person
	if p.Second == nil {
		return none
	}
	var parts []string
	switch {
	case *p.FirstSingular >= personShare && *p.FirstSingular >= *p.FirstPlural:
		parts = append(parts, "first person singular")
	case *p.FirstPlural >= personShare:
		parts = append(parts, "first person plural")
	}
	if *p.Second >= personShare {
		parts = append(parts, "addressing the reader")
	}
	if len(parts) == 0 {
		parts = append(parts, "impersonal")
	}
	shares := "of the words, %s are first person singular, %s plural, %s second person"
	if isEnglish(e.c.Lang) {
		shares = "of the words, %s are I/me/my, %s we/us/our, %s you/your"
	}
	detail := fmt.Sprintf(shares, wording.Percent(*p.FirstSingular), wording.Percent(*p.FirstPlural),
		wording.Percent(*p.Second))
	if x := e.m.Syntax.PassiveShare; x != nil {
		parts = append(parts, wording.Band(*x, []float64{0.15, 0.3}, "mostly active", "active and passive", "often passive"))
		detail += fmt.Sprintf("; %s of the sentences are passive", wording.Percent(*x))
	}
	return judged(strings.Join(parts, ", "), "%s", detail)
}

// complexity judges the school grade, or the LIX in other languages than English.
func complexity(e *evidence) onboarding.Judged {
	length := wording.Number(e.m.SentenceWords.Mean)
	switch grade, lix := e.m.Readability.FleschKincaidGrade, e.m.Readability.LIX; {
	case grade != nil:
		level := wording.Band(*grade, []float64{6, 9, 12, 15}, "very simple", "simple", "moderate", "complex", "very complex")
		return judged(level, "Flesch-Kincaid grade %s, %s words a sentence", wording.Number(*grade), length)
	case lix != nil:
		return judged(lixBand(*lix), "LIX %.0f, %s words a sentence", *lix, length)
	}
	return none
}

func lixBand(lix float64) string {
	return wording.Band(lix, []float64{30, 40, 50, 60}, "very simple", "simple", "moderate", "complex", "very complex")
}

// engagement counts the ways in which the text draws the reader in.
func engagement(e *evidence) onboarding.Judged {
	if e.m.Person.Second == nil || e.m.Syntax.QuestionShare == nil {
		return none
	}
	var shown wording.Sentences
	shown.Add(*e.m.Person.Second >= 0.02, "addresses the reader")
	shown.Add(*e.m.Syntax.QuestionShare >= 0.05 || headingQuestions(e) >= 2, "asks questions")
	shown.Add(textstat.OrZero(e.m.Syntax.ImperativeShare) >= 0.05, "tells the reader what to do")
	shown.Add(*e.m.Syntax.ExclamationShare >= 0.03, "exclaims")
	with := e.pagesWhere(func(_ int, p onboarding.Page) bool { return e.a.hasAction(p) })
	shown.Add(len(with)*2 >= len(e.pages) && len(with) > 0, "calls to action on most pages")
	level := wording.Band(float64(len(shown)), []float64{1, 3}, "low", "medium", "high")
	if len(shown) == 0 {
		return judged(level, "no direct address, questions, commands or calls to action to speak of")
	}
	return judged(level, "%s", wording.Enumerate(shown))
}

func headingQuestions(e *evidence) int {
	n := 0
	for _, p := range e.pages {
		for _, h := range p.Headings {
			if strings.HasSuffix(h.Text, "?") {
				n++
			}
		}
	}
	return n
}
