package style

import (
	"fmt"
	"regexp"

	"github.com/jonreiter/govader"
	"github.com/neurosnap/sentences"
	punktenglish "github.com/neurosnap/sentences/english"
	"github.com/prometheus/client_golang/prometheus"
)

// Analyzer measures text. It is safe for concurrent use and keeps nothing between
// calls.
type Analyzer struct {
	lex       *lexicons
	punkt     sentences.SentenceTokenizer
	sentiment *govader.SentimentIntensityAnalyzer
	hiatuses  []*regexp.Regexp
	actions   []phraseSection
	// filler finds a template's placeholders.
	filler      phraseSet
	patterns    devicePatterns
	since       *regexp.Regexp
	credentials *regexp.Regexp
	metrics     *metrics
}

// New loads the word lists and models, some 30 ms once. It registers the
// package's metrics with reg.
func New(reg prometheus.Registerer) (*Analyzer, error) {
	lex, err := loadLexicons()
	if err != nil {
		return nil, err
	}
	punkt, err := punktenglish.NewSentenceTokenizer(nil)
	if err != nil {
		return nil, fmt.Errorf("load the English sentence model: %w", err)
	}
	metrics, err := newMetrics(reg)
	if err != nil {
		return nil, err
	}
	return &Analyzer{
		lex:         lex,
		punkt:       punkt,
		sentiment:   govader.NewSentimentIntensityAnalyzer(),
		hiatuses:    newHiatuses(),
		actions:     phraseSections(lex.actions),
		filler:      newPhraseSet(lex.languages[english]["not_shown"]),
		patterns:    newDevicePatterns(),
		since:       newSince(),
		credentials: newCredentials(),
		metrics:     metrics,
	}, nil
}
