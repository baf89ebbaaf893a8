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

// demographics are the groups that the user named, then those that the text names.
func demographics(e *evidence) []string {
	groups := e.source().Audiences()
	return textstat.FirstDistinct(append(groups[:min(8, len(groups))], termTexts(e.m.Audience, 8)...), maxListed)
}

// expertise judges what the text says about its readers' knowledge, else how hard it
// is to read.
func expertise(e *evidence) onboarding.Judged {
	if e.c.Lang.Code == textstat.English {
		novice, noviceWords := e.mentions("novice")
		expert, expertWords := e.mentions("expert")
		switch {
		case novice >= 3 && novice >= 2*expert:
			return judged("beginner", "words used: %s", strings.Join(noviceWords, ", "))
		case expert >= 3 && expert >= 2*novice:
			return judged("advanced", "words used: %s", strings.Join(expertWords, ", "))
		}
	}
	r := e.m.Readability
	switch {
	case r.FleschKincaidGrade != nil:
		return judged(wording.Band(*r.FleschKincaidGrade, []float64{7, 13}, "beginner", "intermediate", "advanced"), "from the reading level alone: Flesch-Kincaid grade %s", wording.Number(*r.FleschKincaidGrade))
	case r.LIX != nil:
		return judged(wording.Band(*r.LIX, []float64{35, 55}, "beginner", "intermediate", "advanced"), "from the reading level alone: LIX %.0f", *r.LIX)
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
	if e.c.Lang.Code != textstat.English {
		return none
	}
	type score struct {
		name  string
		hits  int
		words []string
	}
	var scores []score
	for _, s := range e.a.lists.industries {
		hits, words := e.hitsOf(textstat.NewPhraseSet(textstat.NewWordSet(s.Terms)))
		scores = append(scores, score{s.Name, hits, words})
	}
	slices.SortStableFunc(scores, func(a, b score) int { return cmp.Compare(b.hits, a.hits) })
	best, next := scores[0], scores[1]
	if best.hits < 5 || len(best.words) < 3 || 2*best.hits < 3*next.hits {
		return none
	}
	return judged(best.name, "words used: %s", strings.Join(best.words[:min(4, len(best.words))], ", "))
}

// hitsOf counts the phrases of a set in the blocks and lists them with counts.
func (e *evidence) hitsOf(set textstat.PhraseSet) (int, []string) {
	t := textstat.NewTally()
	for _, ch := range e.c.Chunks {
		for _, phrase := range set.Find(ch.Words) {
			t.Add(phrase, ch.Page)
		}
	}
	total := 0
	var words []string
	for _, term := range t.Top(len(t.Count), 1) {
		total += term.Count
		words = append(words, fmt.Sprintf("%s %d", term.Text, term.Count))
	}
	return total, words
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
		return own < 2 || own <= margin*len(contrary.Find(h.Words)) || len(readers.Find(h.Words)) == 0 || e.kindOf(h.Sentence) == "legal"
	})
}

func (e *evidence) kindOf(s textstat.Sentence) string {
	if s.Page < len(e.kinds) {
		return e.kinds[s.Page]
	}
	return otherType
}
