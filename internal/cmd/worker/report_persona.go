package worker

import (
	"io"
	"reflect"
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
// value that is known, and at the end the quality.
func WritePersonas(w io.Writer, personas Personas) error {
	p := newPrinter(w)
	core := personas.Core
	fingerprint, constraints := core.LinguisticFingerprint, core.StylisticConstraints
	p.fields("Core persona", personas, core.Identity, fingerprint.SentenceMetrics, fingerprint.LexicalFeatures,
		fingerprint.RhetoricalDevices, core.TonalRange, constraints.Punctuation, constraints.Formatting)
	var passages onboarding.List
	for _, passage := range core.StyleGuide.Passages {
		passages = append(passages, "“"+passage.Text+"” ("+passage.URL+")")
	}
	p.rows("Style guide", append([]row{{"Typical passages", passages}},
		rowsOf(reflect.ValueOf(core.StyleGuide))...))
	p.fields("House style", core.StyleGuide.House)
	for _, name := range onboarding.Platforms() {
		if of, ok := personas.Platforms[name]; ok {
			p.fields("Persona for "+string(name), of.ContentFormatRules, of.SentenceMetrics, of.LexicalAdaptations,
				of.EngagementPatterns)
			if of.Sample != nil {
				p.rows("", []row{
					{"Changes", of.Changes}, {"Sample post", strings.Split(of.Sample.Text, "\n\n")},
				})
			}
		}
	}
	p.fields("Quality", personas.Quality)
	return p.flush(w)
}

// WriteInputs prints personalization inputs for people, in the layout of
// WriteReport.
func WriteInputs(w io.Writer, inputs onboarding.StoredInputs) error {
	p := newPrinter(w)
	keywords := inputs.KeywordAnalysis
	sections := []any{
		inputs, inputs.Inputs, inputs.WebsiteAnalysis, inputs.CompetitorAnalysis, inputs.GapAnalysis, keywords,
		keywords.SearchIntent,
	}
	if inputs.ResearchPreferences != nil {
		sections = append(sections, *inputs.ResearchPreferences)
	}
	if inputs.Persona != nil {
		sections = append(sections, *inputs.Persona)
	}
	p.fields("Personalization inputs", sections...)
	return p.flush(w)
}
