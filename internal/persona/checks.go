package persona

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// check is a check of a platform persona; applies reports whether it can be made.
type check struct {
	name string
	ask  func(core onboarding.CorePersona, p onboarding.PlatformPersona, r rules) (passed, applies bool)
}

// run returns the share of the checks passed in percent and the names of the others.
func run(checks []check, core onboarding.CorePersona, p onboarding.PlatformPersona, r rules) (int, []string) {
	passed, asked := 0, 0
	var missed []string
	for _, c := range checks {
		ok, applies := c.ask(core, p, r)
		if !applies {
			continue
		}
		asked++
		if ok {
			passed++
		} else {
			missed = append(missed, c.name)
		}
	}
	return share(passed, asked), missed
}

// consistencyChecks check whether a platform persona agrees with the core persona.
func consistencyChecks() []check {
	return []check{
		{"sentence length within the core's usual range", func(core onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			own, optimal := core.LinguisticFingerprint.Measured, p.SentenceMetrics.OptimalSentenceLength
			if own == nil || own.SentenceWords == nil {
				return false, false
			}
			return optimal != nil && *optimal >= own.SentenceWords.P10 && *optimal <= own.SentenceWords.P90, true
		}},
		{"sentence length near the core's mean", func(core onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			mean, optimal := core.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords, p.SentenceMetrics.OptimalSentenceLength
			if mean == nil || *mean <= 0 {
				return false, false
			}
			return optimal != nil && *optimal >= 0.6**mean && *optimal <= 1.4**mean, true
		}},
		{"half of the words from the core", func(core onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			own := coreWords(core)
			if len(own) == 0 {
				return false, false
			}
			shared := 0
			for _, word := range p.LexicalAdaptations.PlatformSpecificWords {
				if own[strings.ToLower(word)] {
					shared++
				}
			}
			return shared > 0 && 2*shared >= len(p.LexicalAdaptations.PlatformSpecificWords), true
		}},
		{"no word that the core avoids", func(core onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			avoid := core.LinguisticFingerprint.LexicalFeatures.AvoidWords
			return !slices.ContainsFunc(p.LexicalAdaptations.PlatformSpecificWords, func(word string) bool {
				return slices.ContainsFunc(avoid, func(a string) bool { return strings.EqualFold(a, word) })
			}), len(avoid) > 0
		}},
		{"community interaction in the core's tone", func(core onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			tone, text := valueOf(core.TonalRange.DefaultTone), valueOf(p.EngagementPatterns.CommunityInteraction)
			return strings.Contains(strings.ToLower(text), strings.ToLower(tone)), tone != ""
		}},
	}
}

// coreWords returns the go-to words, phrases and terms of the core persona.
func coreWords(core onboarding.CorePersona) map[string]bool {
	features := core.LinguisticFingerprint.LexicalFeatures
	words := map[string]bool{}
	for _, word := range slices.Concat(features.GoToWords, features.GoToPhrases, onboarding.List(termsOf(core))) {
		words[strings.ToLower(word)] = true
	}
	return words
}

// optimizationChecks check whether a platform persona follows the platform's rules and
// says how to use it.
func optimizationChecks() []check {
	filled := func(name string, value func(onboarding.PlatformPersona) *string, applies func(rules) bool) check {
		return check{name, func(_ onboarding.CorePersona, p onboarding.PlatformPersona, r rules) (bool, bool) {
			text := value(p)
			return text != nil && strings.TrimSpace(*text) != "", applies(r)
		}}
	}
	always, tagged := func(rules) bool { return true }, func(r rules) bool { return r.tagged != "" }
	return []check{
		{"documented character limit", func(_ onboarding.CorePersona, p onboarding.PlatformPersona, r rules) (bool, bool) {
			limit := p.ContentFormatRules.CharacterLimit
			return limit != nil && *limit > 0 && *limit <= r.limit, r.limit > 0
		}},
		{"longest sentence above the optimal one", func(_ onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			longest, optimal := p.SentenceMetrics.MaxSentenceLength, p.SentenceMetrics.OptimalSentenceLength
			return longest != nil && optimal != nil && *longest >= *optimal, true
		}},
		{"no more hashtags than the platform takes", func(_ onboarding.CorePersona, p onboarding.PlatformPersona, r rules) (bool, bool) {
			return strings.Count(valueOf(p.LexicalAdaptations.HashtagStrategy), "#") <= max(r.hashtags, 5), r.hashtags > 0
		}},
		filled("hashtag strategy", func(p onboarding.PlatformPersona) *string { return p.LexicalAdaptations.HashtagStrategy }, tagged),
		filled("mention strategy", func(p onboarding.PlatformPersona) *string { return p.LexicalAdaptations.MentionStrategy }, tagged),
		filled("emoji usage", func(p onboarding.PlatformPersona) *string { return p.LexicalAdaptations.EmojiUsage }, always),
		filled("paragraph structure", func(p onboarding.PlatformPersona) *string { return p.ContentFormatRules.ParagraphStructure }, always),
		filled("call to action", func(p onboarding.PlatformPersona) *string { return p.ContentFormatRules.CallToActionStyle }, always),
		filled("link placement", func(p onboarding.PlatformPersona) *string { return p.ContentFormatRules.LinkPlacement }, always),
		filled("posting frequency", func(p onboarding.PlatformPersona) *string { return p.EngagementPatterns.PostingFrequency }, always),
		{"two engagement tactics", func(_ onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			return len(p.EngagementPatterns.EngagementTactics) >= 2, true
		}},
		{"three best practices", func(_ onboarding.CorePersona, p onboarding.PlatformPersona, _ rules) (bool, bool) {
			return len(p.PlatformBestPractices) >= 3, true
		}},
	}
}

// missed lists up to three of the checks that platforms failed, the most frequent
// first.
func missed(q onboarding.QualityMetrics, checks []check) string {
	counts := map[string]int{}
	for _, detail := range q.DetailedMetrics.Platforms {
		for _, name := range detail.Missed {
			if slices.ContainsFunc(checks, func(c check) bool { return c.name == name }) {
				counts[name]++
			}
		}
	}
	names := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(names, func(a, b string) int { return counts[b] - counts[a] })
	var texts []string
	for _, name := range first(names, 3) {
		texts = append(texts, fmt.Sprintf("%s (missed on %s)", name, plural(counts[name], "platform")))
	}
	return wording.Enumerate(texts)
}

// validate runs the optimization checks and lists the empty fields.
func (g *Generator) validate(p onboarding.PlatformPersona) *onboarding.PlatformValidation {
	v := &onboarding.PlatformValidation{MissingFields: onboarding.List{}, Recommendations: onboarding.List{}}
	score, missed := run(optimizationChecks(), onboarding.CorePersona{}, p, platformRules[p.PlatformType])
	v.QualityScore, v.IsValid = score, len(missed) == 0
	for _, name := range missed {
		v.Recommendations = append(v.Recommendations, "Missing: "+name+".")
	}
	leaves, err := leavesOf(p)
	if err != nil {
		return v
	}
	for _, l := range leaves {
		if l.empty {
			v.MissingFields = append(v.MissingFields, l.path)
		}
	}
	v.CompletenessScore = share(len(leaves)-len(v.MissingFields), len(leaves))
	return v
}
