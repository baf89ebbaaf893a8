package style

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/naming"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/textstat"
)

// Analyzer measures text. It is safe for concurrent use and keeps nothing between
// calls.
type Analyzer struct {
	meter   *textstat.Meter
	lists   *lists
	types   pagetype.Types
	actions []textstat.PhraseSection
	// filler finds the placeholder text of templates.
	filler textstat.PhraseSet
	names  naming.Finder
	// trades find the words of the industries, by language.
	trades map[string]*textstat.Stems
	// audiences find groups of people, by language.
	audiences map[string]*audienceLists
	regions   *textstat.Stems
	metrics   *metrics
	cfg       Config
}

// Config holds the settings of an Analyzer.
type Config struct {
	// Brand turns brand_analysis and content_strategy_insights on, here and in the
	// question to a model. Without it they are empty and not listed as uncertain.
	Brand bool
}

// PageType returns what kind of page it is, see package pagetype.
func (a *Analyzer) PageType(p onboarding.Page) string { return a.types.Of(p) }

// New loads the word lists and models. It registers the
// package's metrics with reg.
func New(reg prometheus.Registerer, cfg Config) (*Analyzer, error) {
	meter, err := textstat.NewMeter()
	if err != nil {
		return nil, err
	}
	lists, err := loadLists()
	if err != nil {
		return nil, err
	}
	trades := map[string]*textstat.Stems{}
	for code, sections := range lists.trades {
		trades[code] = textstat.NewStems(sections, textstat.Elides(code))
	}
	types, err := pagetype.New()
	if err != nil {
		return nil, err
	}
	filler := textstat.NewPhraseSet(meter.Lexicon(textstat.English)["not_shown"])
	names, err := naming.New(types, trades, filler)
	if err != nil {
		return nil, err
	}
	return &Analyzer{
		types:     types,
		trades:    trades,
		audiences: newAudienceLists(lists.audience),
		regions:   textstat.NewStems(lists.regions, false),
		meter:     meter,
		lists:     lists,
		actions:   textstat.PhraseSections(lists.actions),
		filler:    filler,
		names:     names,
		metrics:   newMetrics(reg),
		cfg:       cfg,
	}, nil
}
