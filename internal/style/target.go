package style

import (
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// demographics are the groups that the user named, else those that the site serves.
func demographics(e *evidence) []string {
	if named := wording.First(e.source().Audiences(), maxGroups); len(named) > 0 {
		return textstat.FirstDistinct(named, maxGroups)
	}
	return termTexts(e.m.Audience, maxGroups)
}

// maxGroups is the most groups of an audience.
const maxGroups = 8

// expertise judges what the text says about its readers' knowledge, else how hard it
// is to read.
func expertise(e *evidence) onboarding.Judged {
	most, other := leading([]mentions{
		e.mentionsOf("beginner", e.set("novice")), e.mentionsOf("advanced", e.set("expert")),
	})
	if most.total >= 3 && most.total >= 2*other.total {
		return judged(most.label, "words used: %s", most.words())
	}
	const from = "from the reading level alone: "
	switch grade, lix := e.m.Readability.FleschKincaidGrade, e.m.Readability.LIX; {
	case grade != nil:
		level := wording.Band(*grade, []float64{7, 13}, "beginner", "intermediate", "advanced")
		return judged(level, from+"Flesch-Kincaid grade %s", wording.Number(*grade))
	case lix != nil:
		return judged(wording.Band(*lix, []float64{35, 55}, "beginner", "intermediate", "advanced"), from+"LIX %.0f", *lix)
	}
	return none
}

// painPoints quotes the sentences that name a problem and who has it.
func painPoints(e *evidence) []string {
	return quoted(e.aboutReaders("problem", "benefit", 1))
}

// motivations quotes the sentences that promise the reader something good.
func motivations(e *evidence) []string {
	return quoted(e.aboutReaders("benefit", "problem", 2))
}

// aboutReaders finds sentences with at least two phrases of the list and more than
// margin times those of the opposite one, that speak of the reader or of people.
func (e *evidence) aboutReaders(list, opposite string, margin int) []hit {
	readers, contrary := e.set("audience_words"), e.set(opposite)
	return slices.DeleteFunc(e.quotes(list), func(h hit) bool {
		own := len(h.phrases)
		return own < 2 || own <= margin*len(contrary.Find(h.Words)) || len(readers.Find(h.Words)) == 0 ||
			e.kindOf(h.Sentence) == "legal"
	})
}

func (e *evidence) kindOf(s textstat.Sentence) string { return e.kindAt(s.Page) }

// kindAt is the type of the page with that number.
func (e *evidence) kindAt(page int) string {
	if page < len(e.kinds) {
		return e.kinds[page]
	}
	return pagetype.Other
}
