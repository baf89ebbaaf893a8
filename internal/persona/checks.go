package persona

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
	"github.com/alwrity/onboarding/internal/wording"
)

// checked is a platform persona that is checked, with its core persona, the rules of its platform and the
// site's text.
type checked struct {
	core   onboarding.CorePersona
	p      onboarding.PlatformPersona
	rules  rules
	limits onboarding.PlatformLimits
	site   siteText
}

// check is a check of a platform persona; ask reports as well whether it can be made.
type check struct {
	name string
	ask  func(checked) (passed, applies bool)
}

// run returns the share of the checks passed in percent and the names of the others.
func (c checked) run(checks []check) (int, []string) {
	asked := 0
	var missed []string
	for _, check := range checks {
		passed, applies := check.ask(c)
		if applies {
			asked++
		}
		if applies && !passed {
			missed = append(missed, check.name)
		}
	}
	return share(asked-len(missed), asked), missed
}

// consistencyChecks check whether a platform persona agrees with the core persona.
var consistencyChecks = []check{
	{"sentence length within the core's usual range", func(c checked) (bool, bool) {
		own, optimal := c.core.LinguisticFingerprint.Measured, c.p.SentenceMetrics.OptimalSentenceLength
		if own == nil || own.SentenceWords == nil {
			return false, false
		}
		return optimal != nil && *optimal >= own.SentenceWords.P10 && *optimal <= own.SentenceWords.P90, true
	}},
	{"sentence length near the core's mean", func(c checked) (bool, bool) {
		mean := c.core.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords
		optimal := c.p.SentenceMetrics.OptimalSentenceLength
		if mean == nil || *mean <= 0 {
			return false, false
		}
		return optimal != nil && *optimal >= 0.6**mean && *optimal <= 1.4**mean, true
	}},
	{"half of the words from the core", func(c checked) (bool, bool) {
		own, words := coreWords(c.core), c.p.LexicalAdaptations.PlatformSpecificWords
		shared := len(words) - len(without(words, own))
		return shared > 0 && 2*shared >= len(words), len(own) > 0
	}},
	{"no word that the core avoids", func(c checked) (bool, bool) {
		avoid, words := set(c.core.LinguisticFingerprint.LexicalFeatures.AvoidWords),
			c.p.LexicalAdaptations.PlatformSpecificWords
		return len(without(words, avoid)) == len(words), len(avoid) > 0
	}},
	{"community interaction in the core's tone", func(c checked) (bool, bool) {
		tone, text := valueOf(c.core.TonalRange.DefaultTone), valueOf(c.p.EngagementPatterns.CommunityInteraction)
		return strings.Contains(strings.ToLower(text), strings.ToLower(tone)), tone != ""
	}},
}

// coreWords returns the go-to words, phrases and terms of the core persona.
func coreWords(core onboarding.CorePersona) map[string]bool {
	features := core.LinguisticFingerprint.LexicalFeatures
	return set(slices.Concat(features.GoToWords, features.GoToPhrases, termsOf(core)))
}

// ruleChecks check whether a platform persona keeps the documented rules of the platform and says how to use it. All
// can be met with what is known of any site with some text, so that a persona that misses one is not valid.
var ruleChecks = []check{
	{"documented character limit", func(c checked) (bool, bool) {
		limit := c.p.ContentFormatRules.CharacterLimit
		return limit != nil && *limit > 0 && *limit <= c.limits.Characters, c.limits.Characters > 0
	}},
	{"sample post within the limits", func(c checked) (bool, bool) {
		return c.p.Sample != nil && len(voice.BrokenLimits(c.p.Sample.Text, c.limits)) == 0, c.p.Sample != nil
	}},
	{"longest sentence above the optimal one", func(c checked) (bool, bool) {
		longest, optimal := c.p.SentenceMetrics.MaxSentenceLength, c.p.SentenceMetrics.OptimalSentenceLength
		return longest == nil || optimal != nil && *longest >= *optimal, optimal != nil
	}},
	{"no more hashtags than the platform takes", func(c checked) (bool, bool) {
		used := strings.Count(valueOf(c.p.LexicalAdaptations.HashtagStrategy), "#")
		return used <= max(c.limits.Hashtags, 5), c.limits.Hashtags > 0
	}},
	{"mention strategy", func(c checked) (bool, bool) {
		return filled(c.p.LexicalAdaptations.MentionStrategy), c.limits.Tagged != ""
	}},
	{"link placement", func(c checked) (bool, bool) { return filled(c.p.ContentFormatRules.LinkPlacement), true }},
	{"three best practices", func(c checked) (bool, bool) { return len(c.p.PlatformBestPractices) >= 3, true }},
}

// siteChecks check what the site itself has to give: each name says what would raise the score.
var siteChecks = []check{
	{"a call to action that can close a post", func(c checked) (bool, bool) {
		return filled(c.p.ContentFormatRules.CallToActionStyle), true
	}},
	{"terms to make tags from", func(c checked) (bool, bool) {
		return filled(c.p.LexicalAdaptations.HashtagStrategy), c.limits.Tagged != ""
	}},
	{"paragraphs that can stand as a post", func(c checked) (bool, bool) { return c.p.Sample != nil, true }},
	{"passages enough for a post of its own", func(c checked) (bool, bool) {
		return c.p.Sample != nil && len(c.p.Sample.Passages) >= c.rules.shape.passages, c.rules.shape.passages > 1
	}},
	{"a first sentence of at most 20 words, which feeds show whole", func(c checked) (bool, bool) {
		if c.p.Sample == nil {
			return false, c.rules.feed
		}
		lead, _, _ := strings.Cut(c.p.Sample.Text, "\n")
		return len(strings.Fields(lead)) <= 20, c.rules.shape.alone
	}},
	{"sentences of the site that suit a feed (a median of at most 15 words)", func(c checked) (bool, bool) {
		own := c.core.LinguisticFingerprint.Measured
		if own == nil || own.SentenceWords == nil {
			return false, false
		}
		return own.SentenceWords.Median <= 15, c.rules.feed
	}},
	{"a link from the site to its profile there", func(c checked) (bool, bool) {
		return strings.Contains(valueOf(c.p.LexicalAdaptations.MentionStrategy), "own profile"), c.limits.Tagged != ""
	}},
	{"dated posts, which show how often to publish", func(c checked) (bool, bool) {
		return filled(c.p.EngagementPatterns.PostingFrequency), c.rules.articles
	}},
	{"two ways to engage readers that the site uses", func(c checked) (bool, bool) {
		return len(c.p.EngagementPatterns.EngagementTactics) >= 2, true
	}},
	{"emoji usage", func(c checked) (bool, bool) { return filled(c.p.LexicalAdaptations.EmojiUsage), true }},
	{"paragraph structure", func(c checked) (bool, bool) {
		return filled(c.p.ContentFormatRules.ParagraphStructure), true
	}},
}

// optimizationChecks are both.
var optimizationChecks = slices.Concat(ruleChecks, siteChecks)

func filled(text *string) bool { return strings.TrimSpace(valueOf(text)) != "" }

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
	for _, name := range wording.First(names, 3) {
		texts = append(texts, fmt.Sprintf("%s (missed on %s)", name, plural(counts[name], "platform")))
	}
	return wording.Enumerate(texts)
}

// validate runs the checks and lists the empty fields.
func validate(p onboarding.PlatformPersona) *onboarding.PlatformValidation {
	fields, empty := leaves(&p)
	v := &onboarding.PlatformValidation{
		MissingFields: empty, Recommendations: onboarding.List{},
		CompletenessScore: share(len(fields)-len(empty), len(fields)),
	}
	c := checked{p: p, rules: platformRules[p.PlatformType], limits: p.PlatformType.Limits()}
	_, broken := c.run(ruleChecks)
	score, missed := c.run(optimizationChecks)
	v.QualityScore, v.IsValid = score, len(broken) == 0
	for _, name := range missed {
		v.Recommendations = append(v.Recommendations, "Missing: "+name+".")
	}
	return v
}
