package style

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// demographics are the groups that the user named, then those that the text names.
func demographics(e *evidence) []string {
	groups := e.source().Audiences()
	return firstDistinct(append(groups[:min(8, len(groups))], termTexts(e.m.Audience, 8)...), maxListed)
}

// expertise goes by what the text says of its readers' knowledge, else by how hard
// it reads.
func expertise(e *evidence) string {
	if e.c.lang.Code == english {
		novice, noviceWords := e.mentions("novice")
		expert, expertWords := e.mentions("expert")
		switch {
		case novice >= 3 && novice >= 2*expert:
			return fmt.Sprintf("beginner (words used: %s)", strings.Join(noviceWords, ", "))
		case expert >= 3 && expert >= 2*novice:
			return fmt.Sprintf("advanced (words used: %s)", strings.Join(expertWords, ", "))
		}
	}
	r := e.m.Readability
	switch {
	case r.FleschKincaidGrade != nil:
		return fmt.Sprintf("%s (from the reading level alone: Flesch-Kincaid grade %s)", band(*r.FleschKincaidGrade, []float64{7, 13}, "beginner", "intermediate", "advanced"), number(*r.FleschKincaidGrade))
	case r.LIX != nil:
		return fmt.Sprintf("%s (from the reading level alone: LIX %.0f)", band(*r.LIX, []float64{35, 55}, "beginner", "intermediate", "advanced"), *r.LIX)
	}
	return ""
}

// industry goes by what the user said, else by the schema.org type of the owner,
// else by the words of an industry where they clearly lead.
func industry(e *evidence) string {
	if stated := e.source().Industry; stated != "" {
		return givenByUser(stated)
	}
	for _, object := range e.data(true) {
		for _, t := range typeNames(object["@type"]) {
			// Every industry has stores.
			if name := e.a.lex.schema[t]; name != "" && t != "store" {
				return fmt.Sprintf("%s (structured data of type %s)", name, t)
			}
		}
	}
	if e.c.lang.Code != english {
		return ""
	}
	type score struct {
		name  string
		hits  int
		words []string
	}
	var scores []score
	for _, s := range e.a.lex.industries {
		hits, words := e.hitsOf(newPhraseSet(newWordSet(s.terms)))
		scores = append(scores, score{s.name, hits, words})
	}
	slices.SortStableFunc(scores, func(a, b score) int { return cmp.Compare(b.hits, a.hits) })
	best, next := scores[0], scores[1]
	if best.hits < 5 || len(best.words) < 3 || 2*best.hits < 3*next.hits {
		return ""
	}
	return fmt.Sprintf("%s (words used: %s)", best.name, strings.Join(best.words[:min(4, len(best.words))], ", "))
}

// hitsOf counts the phrases of a set in the blocks and lists them with counts.
func (e *evidence) hitsOf(set phraseSet) (int, []string) {
	t := newTally()
	for _, ch := range e.c.chunks {
		for _, phrase := range set.find(ch.words) {
			t.add(phrase, ch.page)
		}
	}
	total := 0
	var words []string
	for _, term := range t.top(len(t.count), 1) {
		total += term.Count
		words = append(words, fmt.Sprintf("%s %d", term.Text, term.Count))
	}
	return total, words
}

// painPoints quotes the sentences that name a problem and whose it is.
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
		return own < 2 || own <= margin*len(contrary.find(h.words)) || len(readers.find(h.words)) == 0 || e.kindOf(h.sentence) == "legal"
	})
}

func (e *evidence) kindOf(s sentence) string {
	if s.page < len(e.kinds) {
		return e.kinds[s.page]
	}
	return otherType
}
