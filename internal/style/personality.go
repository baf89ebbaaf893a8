package style

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/textstat"
)

const (
	// minPersonality is how many times as often as usual a text has the words of its leading trait, and minPersonalityLead
	// how far that must lead the next trait.
	minPersonality     = 1.4
	minPersonalityLead = 1.3
)

// dimensions are those of Aaker (1997, Dimensions of brand personality): the label, the list of words, and how many of
// them texts usually have in 1,000 words, by language: in English articles and pages of businesses (Web Content
// eXtraction Benchmark), else websites of small businesses, which speak more of competence.
var dimensions = []struct {
	label, list string
	usual       map[string]float64
}{
	{"sincere", "sincerity", map[string]float64{"en": 2.3, "de": 4.2, "fr": 7.2, "es": 8, "it": 8.5, "pt": 5}},
	{"exciting", "excitement", map[string]float64{"en": 2.4, "de": 4.6, "fr": 1.5, "es": 2.4, "it": 5, "pt": 2}},
	{"competent", "competence", map[string]float64{"en": 9.9, "de": 16.8, "fr": 16, "es": 25, "it": 20, "pt": 25}},
	{
		"sophisticated", "sophistication",
		map[string]float64{"en": 1.4, "de": 2.5, "fr": 1.5, "es": 1.5, "it": 1.5, "pt": 1.5},
	},
	{"rugged", "ruggedness", map[string]float64{"en": 2.4, "de": 1.6, "fr": 2, "es": 1.5, "it": 1.5, "pt": 1.5}},
}

// trait is one dimension of a text: strength is how many times as often as usual it has its words.
type trait struct {
	mentions
	strength float64
}

// traitsOf are the dimensions of a text, the strongest first.
func traitsOf(e *evidence) []trait {
	var all []trait
	subject := strings.Fields(strings.ToLower(strings.Join(e.keywordTexts(5), " ")))
	for _, d := range dimensions {
		// What a site is about shows no character: “family” on the pages of a family court lawyer.
		found := e.mentionsBut(subject, d.label, e.set(d.list))
		expected := d.usual[textstat.RulesOf(e.c.Lang)] * float64(e.m.Words) / 1000
		all = append(all, trait{found, (float64(found.total) + 1) / (expected + 1)})
	}
	slices.SortStableFunc(all, func(a, b trait) int { return cmp.Compare(b.strength, a.strength) })
	return all
}

// shown reports whether a text has enough words of a trait.
func (t trait) shown() bool {
	return t.total >= 4 && len(t.phrases) >= 2 && t.strength >= minPersonality
}

// personality is the trait that leads clearly.
func personality(e *evidence) onboarding.Judged {
	all := traitsOf(e)
	if !all[0].shown() || all[0].strength < minPersonalityLead*all[1].strength {
		return none
	}
	return judged(all[0].label, "%.1f times as many of its words as usual: %s", all[0].strength, all[0].words())
}

// twoPersonalities is why no trait leads, "" where too few words show any.
func twoPersonalities(e *evidence) string {
	all := traitsOf(e)
	if !all[0].shown() {
		return ""
	}
	return fmt.Sprintf("Two are near each other: %s (%.1f times as many of its words as usual) and %s (%.1f times).",
		all[0].label, all[0].strength, all[1].label, all[1].strength)
}
