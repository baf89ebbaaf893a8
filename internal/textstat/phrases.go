package textstat

import (
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	maxPhrases     = 20
	minPhraseCount = 3
	// maxPhraseCandidates bounds the comparisons of each phrase with each other.
	maxPhraseCandidates = 500
)

// phrases finds sequences of two or three words that recur and hold at least one
// content word at each end; one that only occurs inside a longer one is left out,
// and so are the names of the owner.
func phrases(c *Corpus, names WordSet) []onboarding.Term {
	if len(c.Lex["stop"]) == 0 {
		return []onboarding.Term{}
	}
	t := NewTally()
	for _, s := range c.Sentences {
		for i := range s.Words {
			for n := 2; n <= 3 && i+n <= len(s.Words); n++ {
				if text, ok := phraseAt(s.Words[i:i+n], c.Lex); ok {
					t.Add(text, s.Page)
				}
			}
		}
	}
	kept := []onboarding.Term{}
	candidates := t.Top(maxPhraseCandidates, minPhraseCount)
	for _, term := range candidates {
		if !names[term.Text] && !insideAnother(term, candidates) && len(kept) < maxPhrases {
			kept = append(kept, term)
		}
	}
	return kept
}

func phraseAt(words []Word, lex Lexicon) (string, bool) {
	for i, w := range words {
		if i > 0 && w.gap || !w.HasLetter() {
			return "", false
		}
	}
	first, last := words[0].Lower, words[len(words)-1].Lower
	if lex["stop"][first] || lex["stop"][last] || lex["weak"][first] && lex["weak"][last] {
		return "", false
	}
	return JoinWords(words), true
}

// JoinWords joins words in lower case with spaces.
func JoinWords(words []Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.Lower
	}
	return strings.Join(parts, " ")
}

// insideAnother reports whether one of the others contains the term and occurs
// nearly as often.
func insideAnother(term onboarding.Term, others []onboarding.Term) bool {
	return slices.ContainsFunc(others, func(other onboarding.Term) bool {
		return other.Count*10 >= term.Count*8 && len(other.Text) > len(term.Text) && containsPhrase(other.Text, term.Text)
	})
}

// containsPhrase reports whether phrase is a sequence of whole words of text.
func containsPhrase(text, phrase string) bool {
	return strings.Contains(" "+text+" ", " "+phrase+" ")
}

// transitions counts linking words and phrases.
func transitions(c *Corpus) []onboarding.Term {
	set := c.Phrases("transitions")
	t := NewTally()
	for _, s := range c.Sentences {
		for i, phrase := range set.all(s.Words) {
			if text := strings.Join(phrase, " "); i == 0 || !onlyInitial[text] {
				t.Add(text, s.Page)
			}
		}
	}
	return t.Top(15, 1)
}

// onlyInitial are the ordinals and the like that link sentences only at the start of one.
var onlyInitial = NewWordSet([]string{
	"first", "second", "third", "next", "then", "still", "also", "dann", "puis", "luego", "poi", "dan", "então",
	"potem", "sedan", "потом",
})
