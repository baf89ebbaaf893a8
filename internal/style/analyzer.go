package style

import (
	"encoding/json"
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
	// claim finds measured numbers in what a model writes.
	claim   *regexp.Regexp
	metrics *metrics
	cfg     Config
	// schema is that of a model's answer.
	schema json.RawMessage
}

// Config holds the settings of an Analyzer.
type Config struct {
	// Brand tells whether brand_analysis and content_strategy_insights are filled
	// and asked for. Without it they are empty and not listed as uncertain.
	Brand bool
}

// New loads the word lists and models, some 30 ms once. It registers the
// package's metrics with reg.
func New(reg prometheus.Registerer, cfg Config) (*Analyzer, error) {
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
		claim:       newMeasuredClaim(),
		metrics:     metrics,
		cfg:         cfg,
		schema:      answerSchema(cfg),
	}, nil
}
