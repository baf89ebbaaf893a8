package style

import (
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	maxPhrases     = 20
	minPhraseCount = 3
	// maxPhraseCandidates bounds the comparison of each with each.
	maxPhraseCandidates = 500
)

// phrases finds sequences of two or three words that recur and hold at least one
// content word at each end; one that only occurs inside a longer one is left out,
// and so are the names of the owner.
func phrases(c *corpus, names wordSet) []onboarding.Term {
	if len(c.lex["stop"]) == 0 {
		return []onboarding.Term{}
	}
	t := newTally()
	for _, s := range c.sentences {
		for i := range s.words {
			for n := 2; n <= 3 && i+n <= len(s.words); n++ {
				if text, ok := phraseAt(s.words[i:i+n], c.lex); ok {
					t.add(text, s.page)
				}
			}
		}
	}
	kept := []onboarding.Term{}
	candidates := t.top(maxPhraseCandidates, minPhraseCount)
	for _, term := range candidates {
		if !names[term.Text] && !insideAnother(term, candidates) && len(kept) < maxPhrases {
			kept = append(kept, term)
		}
	}
	return kept
}

func phraseAt(words []word, lex lexicon) (string, bool) {
	for i, w := range words {
		if i > 0 && w.gap || !w.hasLetter() {
			return "", false
		}
	}
	first, last := words[0].lower, words[len(words)-1].lower
	if lex["stop"][first] || lex["stop"][last] || lex["weak"][first] && lex["weak"][last] {
		return "", false
	}
	return joinWords(words), true
}

func joinWords(words []word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.lower
	}
	return strings.Join(parts, " ")
}

// insideAnother tells whether one of the others contains the term and occurs
// nearly as often.
func insideAnother(term onboarding.Term, others []onboarding.Term) bool {
	for _, other := range others {
		if other.Count*10 >= term.Count*8 && len(other.Text) > len(term.Text) && containsPhrase(other.Text, term.Text) {
			return true
		}
	}
	return false
}

// containsPhrase tells whether phrase is a sequence of whole words of text.
func containsPhrase(text, phrase string) bool {
	return strings.Contains(" "+text+" ", " "+phrase+" ")
}

// transitions counts linking words and phrases.
func transitions(c *corpus) []onboarding.Term {
	set := newPhraseSet(c.lex["transitions"])
	t := newTally()
	for _, s := range c.sentences {
		for i := 0; i < len(s.words); {
			phrase, n := set.at(s.words, i)
			// Ordinals and the like link sentences only where one begins.
			if n == 1 && i > 0 && onlyInitial(phrase) {
				n = 0
			}
			if n == 0 {
				i++
				continue
			}
			t.add(phrase, s.page)
			i += n
		}
	}
	return t.top(15, 1)
}

func onlyInitial(word string) bool {
	switch word {
	case "first", "second", "third", "next", "then", "still", "also", "dann", "puis", "luego", "poi", "dan", "então", "potem", "sedan", "потом":
		return true
	}
	return false
}
