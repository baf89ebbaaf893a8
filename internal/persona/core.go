package persona

import (
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

const (
	schemaVersion = 1
	engineLocal   = "local"
	english       = "en"
	// minAbsence is the least amount of running text, in words, in which the absence of
	// a mark is significant: with none in n, its rate is below 3/n with 95% certainty
	// (Hanley and Lippman-Hand 1983), here below 6 in 1,000.
	minAbsence = 500
)

// Core builds the core persona from the sources alone. Every value follows from a
// measurement, a quotation or a value of the analysis; other values are empty and
// listed in Meta.Uncertainty. Without measured text (an analysis by a client, a
// business description) Core uses only the values of the analysis.
func (g *Generator) Core(in onboarding.PersonaSources) onboarding.CorePersona {
	g.personas.WithLabelValues("core").Inc()
	s := newSource(in)
	core := onboarding.CorePersona{
		Identity: s.identity(),
		LinguisticFingerprint: onboarding.LinguisticFingerprint{
			SentenceMetrics:   s.sentences(),
			LexicalFeatures:   s.lexical(),
			RhetoricalDevices: s.devices(),
			Measured:          s.fingerprint(),
		},
		TonalRange: s.tones(),
		StylisticConstraints: onboarding.StylisticConstraints{
			Punctuation: s.punctuation(),
			Formatting:  s.formatting(),
		},
		StyleGuide: s.styleGuide(),
		Meta:       s.meta(),
	}
	core.Meta.Uncertainty = uncertainty(&core, s.coreReasons())
	return core
}

// source is the input of a persona, with the parts that are used more than once.
type source struct {
	onboarding.PersonaSources
	style onboarding.StyleAnalysis[onboarding.Judged]
	m     onboarding.Measurements
	text  excerpt
}

func newSource(in onboarding.PersonaSources) *source {
	return &source{
		PersonaSources: in, style: in.Analysis.Style, m: in.Analysis.Measured,
		text: newExcerpt(in.Analysis.Crawl.Content.MainContent),
	}
}

// measured reports whether there is text to measure.
func (s *source) measured() bool { return s.m.ProseWords > 0 }

func (s *source) english() bool { return s.m.Language.Code == english }

// canShowAbsence reports whether the running text is long enough for minAbsence.
func (s *source) canShowAbsence() bool { return s.m.ProseWords >= minAbsence }

func (s *source) meta() onboarding.Meta {
	var notes wording.Sentences
	notes.Add(!s.measured(), "Made without a language model from the analysis as it was given; no text was measured.")
	notes.Add(s.measured(), "Made without a language model from %s of running text in %s.",
		plural(s.m.ProseWords, "word"), wording.Language(s.m.Language))
	notes.Add(s.m.Voice != nil && len(s.m.Voice.Profile.Avoided) > 0,
		"Avoided words are rarer in the text than in the language (log-odds beyond 1.96 standard errors).")
	return onboarding.Meta{
		SchemaVersion: schemaVersion, Engine: engineLocal, Confidence: s.style.Meta.Confidence, Notes: onboarding.List(notes),
	}
}

// coreReasons returns the reasons for empty values of the core persona.
func (s *source) coreReasons() reasons {
	const modelOnly = "Only a language model can recognize this."
	why := reasons{
		"identity.persona_name": modelOnlyName,
		"identity.core_belief": "The site has no slogan, description or named values " +
			"to take it from.",
		"identity.archetype": s.archetypeReason(),
		rewritesPath:         rewritesReason,
		"linguistic_fingerprint.rhetorical_devices.metaphors":   modelOnly,
		"linguistic_fingerprint.rhetorical_devices.analogies":   modelOnly,
		"linguistic_fingerprint.lexical_features.go_to_words":   "No word is clearly more frequent than in the language.",
		"linguistic_fingerprint.lexical_features.avoid_words":   s.avoidReason(),
		"linguistic_fingerprint.lexical_features.filler_words":  s.fillerReason(),
		"linguistic_fingerprint.lexical_features.go_to_phrases": "No phrase or linking word occurs three times.",
		"tonal_range.forbidden_tones": fmt.Sprintf(
			"Ruling out a tone takes clear numbers from at least %d words of running text.", minAbsence,
		),
	}
	if !s.measured() {
		for _, path := range []string{
			"linguistic_fingerprint.sentence_metrics.average_sentence_length_words",
			"linguistic_fingerprint.sentence_metrics.preferred_sentence_type",
			"linguistic_fingerprint.sentence_metrics.active_to_passive_ratio",
			"linguistic_fingerprint.lexical_features.contractions",
			"linguistic_fingerprint.rhetorical_devices.rhetorical_questions",
			"stylistic_constraints.punctuation.ellipses",
			"stylistic_constraints.punctuation.em_dash",
			"stylistic_constraints.punctuation.exclamation_points",
			"tonal_range.forbidden_tones",
			"linguistic_fingerprint.lexical_features.go_to_words",
			"linguistic_fingerprint.lexical_features.go_to_phrases",
		} {
			why[path] = "No text was measured."
		}
		return why
	}
	if !s.english() {
		const englishOnly = "This is only measured for English text; the text is in %s."
		for _, path := range []string{
			"linguistic_fingerprint.sentence_metrics.active_to_passive_ratio",
			"linguistic_fingerprint.lexical_features.contractions",
		} {
			why[path] = fmt.Sprintf(englishOnly, wording.Language(s.m.Language))
		}
	}
	absent := fmt.Sprintf("None was found, and %s of running text are too few to say that it is avoided; it takes %d.",
		plural(s.m.ProseWords, "word"), minAbsence)
	for _, mark := range []string{"ellipses", "em_dash", "exclamation_points"} {
		why["stylistic_constraints.punctuation."+mark] = absent
	}
	return why
}

const modelOnlyName = "Neither the name of the owner nor the industry is known."
