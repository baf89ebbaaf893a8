package persona

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/wording"
)

// Platform adapts the core persona to a platform: it combines the platform's documented
// limits and rules with the site's own words, sentences and calls to action. Posting
// times stay empty: when the site's readers are on a platform is not measured. It fails
// for an unknown platform.
func (g *Generator) Platform(
	in onboarding.PersonaSources, core onboarding.CorePersona, p onboarding.Platform,
) (onboarding.PlatformPersona, error) {
	r, ok := platformRules[p]
	if !ok {
		return onboarding.PlatformPersona{}, fmt.Errorf("adapt persona: unknown platform")
	}
	g.personas.WithLabelValues(string(p)).Inc()
	a := &adaptation{source: newSource(in), core: core, platform: p, rules: r}
	persona := onboarding.PlatformPersona{
		PlatformType:       p,
		SentenceMetrics:    a.sentences(),
		LexicalAdaptations: a.lexical(),
		ContentFormatRules: a.format(),
		EngagementPatterns: onboarding.EngagementPatterns{
			PostingFrequency: a.frequency(), OptimalPostingTimes: onboarding.List{},
			EngagementTactics: a.tactics(), CommunityInteraction: a.community(),
		},
		PlatformBestPractices: slices.Clone(onboarding.List(r.practices)),
		Meta:                  a.meta(),
	}
	if r.extend != nil {
		r.extend(a, &persona)
	}
	complete(&persona, a.reasons())
	return persona, nil
}

// complete fills in the uncertainty and validation of a platform persona.
func complete(persona *onboarding.PlatformPersona, why reasons) {
	persona.Meta.Uncertainty = uncertainty(persona, why)
	if persona.LinkedInPersona != nil || persona.FacebookPersona != nil {
		persona.Validation = validate(*persona)
	}
}

// adaptation is the adaptation of a core persona to a platform.
type adaptation struct {
	*source
	core     onboarding.CorePersona
	platform onboarding.Platform
	rules    rules
}

// sentences returns the site's mean and 90th percentile for long texts. For feeds the
// target is the median, which long sentences don't raise. If posts have a limit, three
// such sentences must fit into one, and so must the longest sentence, at the site's
// letters per word and a space.
func (a *adaptation) sentences() onboarding.PlatformSentenceMetrics {
	d := a.m.SentenceWords
	if d == nil {
		return onboarding.PlatformSentenceMetrics{
			OptimalSentenceLength: a.core.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords,
			SentenceVariety:       copied(a.style.ContentCharacteristics.SentenceStructure),
		}
	}
	optimal, longest := math.Round(d.Mean), d.P90
	if a.rules.feed {
		optimal = d.Median
	}
	if words := a.wordsInPost(); a.rules.feed && words > 0 {
		optimal, longest = min(optimal, math.Floor(words/3)), min(longest, math.Floor(words))
	}
	optimal = max(optimal, 1)
	longest = max(longest, optimal)
	return onboarding.PlatformSentenceMetrics{
		OptimalSentenceLength: &optimal, MaxSentenceLength: &longest,
		SentenceVariety: new(fmt.Sprintf("%s (80%% of the site's sentences have %s to %s words)",
			variety(d), wording.Number(d.P10), wording.Number(d.P90))),
	}
}

// wordsInPost is how many words of the site fit into a post, 0 without a limit.
func (a *adaptation) wordsInPost() float64 {
	if a.rules.limit == 0 || a.m.WordLetters == nil {
		return 0
	}
	return float64(a.rules.limit) / (a.m.WordLetters.Mean + 1)
}

func (a *adaptation) lexical() onboarding.LexicalAdaptations {
	features := a.core.LinguisticFingerprint.LexicalFeatures
	words := onboarding.List{}
	for _, word := range slices.Concat(features.GoToWords, features.GoToPhrases) {
		if len(words) < 8 && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return onboarding.LexicalAdaptations{
		PlatformSpecificWords: words,
		HashtagStrategy:       a.hashtagStrategy(),
		EmojiUsage:            a.emoji(),
		MentionStrategy:       optional(a.mention()),
	}
}

// hashtagStrategy suggests tags of the site's own topics, as many as are advised.
func (a *adaptation) hashtagStrategy() *string {
	tags := a.tags()
	if a.rules.tagged == "" || len(tags) == 0 {
		return nil
	}
	bound := ""
	if a.rules.hashtags > 0 {
		bound = "; " + cmp.Or(a.rules.bound, fmt.Sprintf("the platform takes at most %d", a.rules.hashtags))
	}
	return new(fmt.Sprintf("Choose up to %d %s that name the subject from %s%s.",
		a.rules.advised, a.rules.tagged, strings.Join(tags, " "), bound))
}

// tags returns the site's two largest topics, its terms of several words, its go-to
// words and its industry, as hashtags or, where the platform's tags are words, as words.
func (a *adaptation) tags() []string {
	terms := a.m.TopicNames(2)
	for _, k := range a.m.Keywords {
		if strings.Contains(k.Text, " ") && k.Count >= minUses {
			terms = append(terms, k.Text)
		}
	}
	terms = append(append(terms, a.core.LinguisticFingerprint.LexicalFeatures.GoToWords...), a.industry())
	var tags []string
	for _, term := range terms {
		tag := "“" + term + "”"
		if a.rules.tagged == "hashtags" {
			tag = hashtag(term)
		}
		if term != "" && tag != "#" && !menuWords[term] && len(tags) < max(a.rules.advised, 5) &&
			!slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// hashtag joins the words of a term, each beginning with a capital: "#BicycleRepair".
func hashtag(term string) string {
	var tag strings.Builder
	tag.WriteByte('#')
	for _, word := range strings.FieldsFunc(term,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }) {
		runes := []rune(word)
		tag.WriteString(string(unicode.ToTitle(runes[0])) + string(runes[1:]))
	}
	return tag.String()
}

// emoji counts the emoji of the excerpt; none counts only from minAbsence words on.
func (a *adaptation) emoji() *string {
	switch {
	case a.text.emoji > 0:
		return new(fmt.Sprintf("as on the site (%s in %s)", plural(a.text.emoji, "emoji"), plural(a.text.words, "word")))
	case a.text.words >= minAbsence:
		return new(fmt.Sprintf("none: the site uses none in %s", plural(a.text.words, "word")))
	}
	return nil
}

// mention adds the site's own profile on the platform, if a page links to it.
func (a *adaptation) mention() string {
	if a.rules.mention == "" {
		return ""
	}
	profiles := a.Analysis.Crawl.Content.SocialMedia
	own := cmp.Or(profiles[string(a.platform)], profiles[a.rules.profile])
	if own == "" {
		return a.rules.mention
	}
	return a.rules.mention + " The site's own profile is " + clip(own, 200) + "."
}

func (a *adaptation) format() onboarding.ContentFormatRules {
	f := onboarding.ContentFormatRules{
		ParagraphStructure: a.paragraphs(), CallToActionStyle: a.callToAction(), LinkPlacement: optional(a.rules.link),
	}
	if a.rules.limit > 0 {
		f.CharacterLimit = new(a.rules.limit)
	}
	return f
}

// paragraphs returns the site's own mean length, as far as it fits.
func (a *adaptation) paragraphs() *string {
	d := a.m.ParagraphWords
	if d == nil {
		return copied(a.style.ContentCharacteristics.ParagraphOrganization)
	}
	if words := a.wordsInPost(); words > 0 && words < 2*d.Mean {
		return new(fmt.Sprintf("one paragraph of at most %.0f words (the %s takes %s characters)",
			math.Floor(words), a.rules.of, thousands(a.rules.limit)))
	}
	mean := math.Round(d.Mean)
	if a.rules.feed {
		mean = math.Round(d.Median)
	}
	return new(fmt.Sprintf("paragraphs of about %.0f words, a blank line between two (the site's own have %s on average)",
		mean, wording.Number(d.Mean)))
}

// callToAction returns the call to action that the site uses most.
func (a *adaptation) callToAction() *string {
	call := a.style.ContentType.CallToAction.Label()
	if call == "" {
		return nil
	}
	return new("end with the site's own call " + clip(call, 120))
}

// frequency returns the rhythm of the site's own dated posts, only for platforms of
// long texts.
func (a *adaptation) frequency() *string {
	days := a.m.PostIntervalDays
	if !a.rules.articles || days == nil {
		return nil
	}
	return new(fmt.Sprintf("every %s, the rhythm of the site's dated posts", plural(*days, "day")))
}

// reasons returns the reasons for empty values of a platform persona.
func (a *adaptation) reasons() reasons {
	const (
		readers   = "When the site's readers are on this platform was not measured; the platform's own statistics show it."
		frequency = "How often readers want to hear from the site was not measured."
		career    = "The site does not say, and no number shows it; a person or a language model has to judge."
	)
	why := reasons{
		"engagement_patterns.optimal_posting_times":   readers,
		"engagement_patterns.posting_frequency":       frequency,
		"content_format_rules.call_to_action_style":   "The site uses no call to action.",
		"lexical_adaptations.platform_specific_words": "The site has no favourite words.",
		"lexical_adaptations.emoji_usage": fmt.Sprintf(
			"It takes %d words of text to say that a site uses none.", minAbsence,
		),
		"lexical_adaptations.hashtag_strategy":                "The text has no topics to make them from.",
		"algorithm_optimization.content_timing":               readers,
		"facebook_algorithm_optimization.timing_optimization": readers,
		"facebook_audience_targeting.behavioral_targeting":    readers,
	}
	for _, path := range []string{
		"professional_networking.career_advancement_focus", "professional_context_optimization.company_size_considerations",
		"linkedin_features.live_discussions", "linkedin_features.native_video", "facebook_community_building.live_streaming",
		"facebook_community_building.group_management", "facebook_content_formats.video_posts.video_length_guidelines",
	} {
		why[path] = career
	}
	if a.rules.limit == 0 {
		why["content_format_rules.character_limit"] = "The platform has no documented limit."
	}
	if a.rules.tagged == "" {
		why["lexical_adaptations.hashtag_strategy"] = "The platform has no hashtags."
		why["lexical_adaptations.mention_strategy"] = "The platform has no mentions."
	}
	return why
}
