package style

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// minPersonality is how many times as often as usual a text has the words of its leading trait, and minPersonalityLead
	// how far that must lead the next trait.
	minPersonality     = 1.4
	minPersonalityLead = 1.3
)

// dimensions are those of Aaker (1997, Dimensions of brand personality): the label, the list of words, and how many of
// them articles and pages of businesses have in 1,000 words (Web Content eXtraction Benchmark).
var dimensions = []struct {
	label, list string
	usual       float64
}{
	{"sincere", "sincerity", 2.3},
	{"exciting", "excitement", 2.4},
	{"competent", "competence", 9.9},
	{"sophisticated", "sophistication", 1.4},
	{"rugged", "ruggedness", 2.4},
}

// trait is one dimension of a text: strength is how many times as often as usual it has its words.
type trait struct {
	mentions
	strength float64
}

// traitsOf are the dimensions of a text, the strongest first.
func traitsOf(e *evidence) []trait {
	var all []trait
	for _, d := range dimensions {
		found := e.mentionsOf(d.label, e.set(d.list))
		expected := d.usual * float64(e.m.Words) / 1000
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
