package worker

import (
	"fmt"
	"io"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Personas are what WritePersonas prints.
type Personas struct {
	Core      onboarding.CorePersona                             `json:"core_persona"`
	Platforms map[onboarding.Platform]onboarding.PlatformPersona `json:"platform_personas"`
	Quality   onboarding.QualityMetrics                          `json:"quality_metrics"`
	Engine    string                                             `json:"engine"`
	Warnings  onboarding.List                                    `json:"warnings"`
}

// WritePersonas prints personas for people, in the layout of WriteReport: every
// value that is known, and at the end the quality as bars.
func WritePersonas(w io.Writer, personas Personas) error {
	p := newPrinter(w)
	core := personas.Core
	p.section("Core persona")
	p.row(row{"Engine", []string{personas.Engine}})
	p.fields("", core.Identity)
	sentences := core.LinguisticFingerprint.SentenceMetrics
	if mean := sentences.AverageSentenceLengthWords; mean != nil {
		p.row(row{"Words per sentence", []string{fmt.Sprintf("%.1f", *mean)}})
	}
	p.fields("", sentences, core.LinguisticFingerprint.LexicalFeatures, core.LinguisticFingerprint.RhetoricalDevices)
	p.fields("", core.TonalRange, core.StylisticConstraints.Punctuation, core.StylisticConstraints.Formatting)
	for _, name := range onboarding.Platforms() {
		if persona, ok := personas.Platforms[name]; ok {
			p.platform(name, persona)
		}
	}
	p.quality(personas.Quality)
	p.rows("Warnings of the personas", []row{{"", personas.Warnings}})
	return p.flush(w)
}

func (p *printer) platform(name onboarding.Platform, persona onboarding.PlatformPersona) {
	p.section("Persona for " + string(name))
	if limit := persona.ContentFormatRules.CharacterLimit; limit != nil {
		p.row(row{"Character limit", []string{fmt.Sprint(*limit)}})
	}
	if optimal := persona.SentenceMetrics.OptimalSentenceLength; optimal != nil {
		p.row(row{"Words per sentence", []string{fmt.Sprintf("%.0f", *optimal)}})
	}
	p.fields("", persona.SentenceMetrics, persona.LexicalAdaptations, persona.ContentFormatRules, persona.EngagementPatterns)
}

// qualityBar is the width of a full bar.
const qualityBar = 30

func (p *printer) quality(q onboarding.QualityMetrics) {
	p.section("Quality")
	for _, score := range []struct {
		label string
		value int
	}{
		{"Overall", q.OverallScore},
		{"Core completeness", q.CoreCompleteness},
		{"Platform consistency", q.PlatformConsistency},
		{"Platform optimization", q.PlatformOptimization},
		{"Linguistic quality", q.LinguisticQuality},
	} {
		bar := strings.Repeat("█", max(min(score.value, 100), 0)*qualityBar/100)
		p.line(fmt.Sprintf("  %s%3d  %s", pad(score.label, labelWidth), score.value, bar))
	}
	p.bullets(q.Recommendations)
}

// WriteInputs prints personalization inputs for people, in the layout of
// WriteReport.
func WriteInputs(w io.Writer, inputs onboarding.StoredInputs) error {
	p := newPrinter(w)
	p.section("Personalization inputs")
	p.row(row{"Revision", []string{fmt.Sprint(inputs.Revision)}})
	if inputs.DefaultReason != nil {
		p.row(row{"Default", []string{*inputs.DefaultReason}})
	}
	p.fields("", inputs.WebsiteAnalysis, inputs.CompetitorAnalysis, inputs.GapAnalysis, inputs.KeywordAnalysis, inputs.KeywordAnalysis.SearchIntent)
	if research := inputs.ResearchPreferences; research != nil {
		p.row(row{"Research", []string{research.ResearchDepth + ": " + strings.Join(research.ContentTypes, ", ")}})
	}
	if persona := inputs.Persona; persona != nil {
		p.fields("", *persona)
	}
	return p.flush(w)
}
