// Package textstat measures text: its language, sentences and words, readability, vocabulary, grammar, sentiment,
// keywords and topics.
//
// A Meter holds the word lists and models; NewCorpus splits the text of a site once for all measures. All of it is
// pure: the same text gives the same numbers. It does not judge them; that is for package style.
package textstat

import (
	"github.com/alwrity/onboarding/internal/vader"
)

// Meter measures text. It is safe for concurrent use and keeps nothing between calls.
type Meter struct {
	languages map[string]Lexicon
	// phraseSets are the same lists ready to search, each made when it is first used.
	phraseSets map[string]map[string]func() PhraseSet
	// functionLists are the function words by language, most frequent first.
	functionLists  map[string][]string
	syllableCounts map[string]int
	sentiment      *vader.Scorer
	feelings       map[string]feelings
}

// NewMeter loads the word lists.
func NewMeter() (*Meter, error) {
	m := &Meter{
		languages: map[string]Lexicon{}, phraseSets: map[string]map[string]func() PhraseSet{},
		functionLists: map[string][]string{}, syllableCounts: map[string]int{},
		sentiment: vader.New(), feelings: map[string]feelings{},
	}
	if err := m.loadLexicons(); err != nil {
		return nil, err
	}
	for code, lex := range m.languages {
		if f, ok := newFeelings(lex, code); ok {
			m.feelings[code] = f
		}
	}
	return m, nil
}
