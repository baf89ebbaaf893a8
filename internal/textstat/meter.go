// Package textstat measures text: its language, sentences and words, readability, vocabulary, grammar, sentiment,
// keywords and topics.
//
// A Meter holds the word lists and models; NewCorpus splits the text of a site once for all measures. All of it is
// pure: the same text gives the same numbers. It does not judge them; that is for package style.
package textstat

import (
	"fmt"

	"github.com/neurosnap/sentences"
	punktenglish "github.com/neurosnap/sentences/english"

	"github.com/alwrity/onboarding/internal/vader"
)

// Meter measures text. It is safe for concurrent use and keeps nothing between calls.
type Meter struct {
	languages map[string]Lexicon
	// functionLists are the function words by language, most frequent first.
	functionLists  map[string][]string
	syllableCounts map[string]int
	punkt          sentences.SentenceTokenizer
	sentiment      *vader.Scorer
}

// NewMeter loads the word lists and models, some 30 ms once.
func NewMeter() (*Meter, error) {
	punkt, err := punktenglish.NewSentenceTokenizer(nil)
	if err != nil {
		return nil, fmt.Errorf("load the English sentence model: %w", err)
	}
	m := &Meter{
		languages: map[string]Lexicon{}, functionLists: map[string][]string{}, syllableCounts: map[string]int{},
		punkt: punkt, sentiment: vader.New(),
	}
	if err := m.loadLexicons(); err != nil {
		return nil, err
	}
	return m, nil
}
