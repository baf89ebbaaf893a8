package voice

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxTraits bounds the traits.
	maxTraits = 5
	// absenceWords is the text from which too few of something is a habit.
	absenceWords = 800
	// maxAbsence is the most that something missing counts, as the logarithm of a ratio.
	maxAbsence = 0.3
	// maxExample is the longest example of a trait in words.
	maxExample = 25
)

// traitRule says from which value of a measure a voice is something, and what it is then not.
type traitRule struct {
	measure string
	// bound is the least value, or with below the most. With ratio it is a multiple of the language's rate.
	bound        float64
	below, ratio bool
	we, not      string
	evidence     string
}

// traitRules are in the units of VoiceMeasure. The bounds are the second and the eighth tenth of articles and service
// pages (Web Content eXtraction Benchmark); those of word lists are multiples, so that they hold for any language.
var traitRules = []traitRule{
	{
		measure: "second", bound: 35, we: "turned to the reader", not: "busy with ourselves",
		evidence: "The reader is addressed %.0f times in 1,000 words",
	},
	{
		measure: "first_plural", bound: 11, we: "a team with a voice", not: "an anonymous company",
		evidence: "“We” and its forms stand %.0f times in 1,000 words",
	},
	{
		measure: "first_singular", bound: 7.5, we: "personal", not: "corporate",
		evidence: "“I” and its forms stand %.0f times in 1,000 words",
	},
	{
		measure: "sentence_words", bound: 11, below: true, we: "brief", not: "long-winded",
		evidence: "Sentences have %.0f words on average",
	},
	{
		measure: "sentence_words", bound: 18, we: "thorough", not: "clipped",
		evidence: "Sentences have %.0f words on average",
	},
	{
		measure: "exclamations", bound: 4, we: "enthusiastic", not: "reserved",
		evidence: "There are %.0f exclamation marks in 1,000 words",
	},
	{
		measure: "exclamations", bound: 0.2, below: true, we: "calm", not: "loud",
		evidence: "There are %.1f exclamation marks in 1,000 words",
	},
	{
		measure: "questions", bound: 7, we: "in conversation", not: "lecturing",
		evidence: "%.0f of 100 sentences are questions",
	},
	{
		measure: contractions, bound: 5, we: "conversational", not: "stiff",
		evidence: "Words are contracted %.0f times in 1,000 words",
	},
	{
		measure: contractions, bound: 0.3, below: true, we: "careful with words", not: "chatty",
		evidence: "Words are contracted %.1f times in 1,000 words",
	},
	{
		measure: "hedges", bound: 1.8, ratio: true, we: "cautious", not: "absolute",
		evidence: "Statements are softened %.0f times in 1,000 words",
	},
	{
		measure: "hedges", bound: 0.45, ratio: true, below: true, we: "certain", not: "hesitant",
		evidence: "Statements are softened %.0f times in 1,000 words",
	},
	{
		measure: "intensifiers", bound: 1.8, ratio: true, we: "emphatic", not: "detached",
		evidence: "Strengthening words stand %.0f times in 1,000 words",
	},
	{
		measure: "intensifiers", bound: 0.45, ratio: true, below: true, we: "matter-of-fact", not: "full of superlatives",
		evidence: "Strengthening words stand %.0f times in 1,000 words",
	},
	{
		measure: "connectors", bound: 1.7, ratio: true, we: "giving reasons", not: "merely claiming",
		evidence: "Linking words stand %.0f times in 1,000 words",
	},
}

// traits are the rules that hold, the clearest first, one for each measure.
func (s *site) traits() []onboarding.VoiceTrait {
	type found struct {
		rule     traitRule
		value    float64
		strength float64
	}
	var all []found
	for _, m := range s.habits(s.all.totals) {
		for _, rule := range traitRules {
			value := m.Value
			if rule.ratio {
				value = s.timesLanguage(m.Name)
			}
			strength := math.Log(max(value, 0.05) / rule.bound)
			if rule.below { // what is missing tells less than what is there
				strength = min(-strength, maxAbsence)
			}
			enough := !rule.below || m.Name == "sentence_words" || s.all.words >= absenceWords
			if m.Name == rule.measure && strength >= 0 && enough {
				all = append(all, found{rule, m.Value, strength})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(b.strength, a.strength) })
	out := []onboarding.VoiceTrait{}
	for _, f := range all[:min(len(all), maxTraits)] {
		evidence := fmt.Sprintf(f.rule.evidence, f.value)
		if example := s.example(f.rule); example != "" {
			evidence += ", for example “" + example + "”"
		}
		out = append(out, onboarding.VoiceTrait{We: f.rule.we, Not: f.rule.not, Evidence: evidence})
	}
	return out
}

// timesLanguage is how many times as often as the language the site has a grammatical form, of common words alone.
func (s *site) timesLanguage(form string) float64 {
	number, known := s.model.at[forms][form]
	if mean := s.model.features[number].mean; known && mean > 0 {
		return s.all.of[number] / float64(s.all.words) / (mean * mean)
	}
	return 1
}

// example is a sentence of the site that shows a trait: one of a style guide's paragraphs with its mark or form.
func (s *site) example(rule traitRule) string {
	mark := map[string]string{"exclamations": "!", "questions": "?"}[rule.measure]
	if rule.below && rule.measure != "sentence_words" {
		return ""
	}
	for _, p := range s.paragraphs {
		if !p.quotable {
			continue
		}
		for _, sentence := range p.sentences {
			if sentence.words < 4 || sentence.words > maxExample && rule.we != "thorough" {
				continue
			}
			shows := rule.measure == "sentence_words" && (sentence.words >= 18) == (rule.we == "thorough")
			for _, t := range sentence.tokens {
				shows = shows || t.text == mark || t.word && slices.Contains(s.formsOf(t), rule.measure)
			}
			if shows {
				return sentence.text()
			}
		}
	}
	return ""
}
