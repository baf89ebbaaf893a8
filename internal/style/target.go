package style

import (
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
	"github.com/alwrity/onboarding/internal/wording"
)

// demographics are the groups that the user named, then those that the text names.
func demographics(e *evidence) []string {
	named := wording.First(e.source().Audiences(), 8)
	return textstat.FirstDistinct(append(named, termTexts(e.m.Audience, 8)...), maxListed)
}

// expertise judges what the text says about its readers' knowledge, else how hard it
// is to read.
func expertise(e *evidence) onboarding.Judged {
	if isEnglish(e.c.Lang) {
		most, other := leading([]mentions{e.mentionsOf("beginner", e.set("novice")), e.mentionsOf("advanced",
			e.set("expert"))})
		if most.total >= 3 && most.total >= 2*other.total {
			return judged(most.label, "words used: %s", most.words())
		}
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

// industry returns what the user stated, else that of the owner's schema.org type, else
// the one whose words clearly lead.
func industry(e *evidence) onboarding.Judged {
	if stated := e.source().Industry; stated != "" {
		return givenByUser(stated)
	}
	for _, object := range e.data(true) {
		for _, t := range typeNames(object["@type"]) {
			// Every industry has stores.
			if name := e.a.lists.schema[t]; name != "" && t != "store" {
				return judged(name, "structured data of type %s", t)
			}
		}
	}
	if !isEnglish(e.c.Lang) {
		return none
	}
	var industries []mentions
	for _, s := range e.a.lists.industries {
		industries = append(industries, e.mentionsOf(s.Name, textstat.NewPhraseSet(textstat.NewWordSet(s.Terms))))
	}
	best, next := leading(industries)
	if best.total < 5 || len(best.phrases) < 3 || 2*best.total < 3*next.total {
		return none
	}
	return judged(best.label, "words used: %s", best.words())
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

func (e *evidence) kindOf(s textstat.Sentence) string {
	if s.Page < len(e.kinds) {
		return e.kinds[s.Page]
	}
	return otherType
}
