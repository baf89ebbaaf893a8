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
	a := &adaptation{source: newSource(in), core: core, platform: p, rules: r, limits: p.Limits()}
	persona := onboarding.PlatformPersona{
		PlatformType:       p,
		SentenceMetrics:    a.sentences(),
		LexicalAdaptations: a.lexical(),
		ContentFormatRules: a.format(),
		EngagementPatterns: onboarding.EngagementPatterns{
			PostingFrequency: a.frequency(), OptimalPostingTimes: onboarding.List{},
			EngagementTactics: a.platformTactics(), CommunityInteraction: a.community(),
		},
		PlatformBestPractices: slices.Clone(onboarding.List(r.practices)),
		Sample:                a.sample(),
		Meta:                  a.meta(),
	}
	persona.Changes = a.changes(persona)
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
	limits   onboarding.PlatformLimits
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
	if a.limits.Characters == 0 || a.m.WordLetters == nil {
		return 0
	}
	return float64(a.limits.Characters) / (a.m.WordLetters.Mean + 1)
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
	if a.limits.Tagged == "" || len(tags) == 0 {
		return nil
	}
	bound := ""
	if a.limits.Hashtags > 0 {
		bound = "; " + cmp.Or(a.rules.bound, fmt.Sprintf("the platform takes at most %d", a.limits.Hashtags))
	}
	return new(fmt.Sprintf("Choose up to %d %s that name the subject from %s%s.",
		a.rules.advised, a.limits.Tagged, strings.Join(tags, " "), bound))
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
		if a.limits.Tagged == "hashtags" {
			tag = hashtag(term, a.english())
		}
		if term != "" && tag != "#" && !menuWords[term] && len(tags) < max(a.rules.advised, 5) &&
			!slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// hashtag joins the words of a term: "#BicycleRepair". Screen readers tell words apart by their capitals. A single word
// keeps the case that the language writes it in; English ones begin with a capital.
func hashtag(term string, english bool) string {
	words := strings.FieldsFunc(term,
		func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	var tag strings.Builder
	tag.WriteByte('#')
	for _, word := range words {
		runes := []rune(word)
		if english || len(words) > 1 {
			runes[0] = unicode.ToTitle(runes[0])
		}
		tag.WriteString(string(runes))
	}
	return tag.String()
}

// emoji counts the emoji of the excerpt; none counts only from minAbsence words on.
func (s *source) emoji() *string {
	switch {
	case s.text.emoji > 0:
		return new(fmt.Sprintf("as on the site (%s in %s)", plural(s.text.emoji, "emoji"), plural(s.text.words, "word")))
	case s.text.words >= minAbsence:
		return new(fmt.Sprintf("none: the site uses none in %s", plural(s.text.words, "word")))
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
	if a.limits.Characters > 0 {
		f.CharacterLimit = new(a.limits.Characters)
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
			math.Floor(words), a.limits.Of, thousands(a.limits.Characters)))
	}
	mean := math.Round(d.Mean)
	if a.rules.feed {
		mean = math.Round(d.Median)
	}
	return new(fmt.Sprintf("paragraphs of about %.0f words, a blank line between two (the site's own have %s on average)",
		mean, wording.Number(d.Mean)))
}

// callToAction returns the call of the site that can close a post.
func (a *adaptation) callToAction() *string {
	call := a.fittingCall()
	if call == "" {
		return nil
	}
	return new("end with the site's own call “" + call + "”")
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
		"sample_post": "The site has no paragraph that may stand alone, or its voice was not measured.",
		"changes":     "Nothing changes against the core voice.",
		"engagement_patterns.optimal_posting_times": readers,
		"engagement_patterns.posting_frequency":     frequency,
		"content_format_rules.call_to_action_style": "The site has no call to action that could close a post; labels of " +
			"forms and menus can't.",
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
	if a.limits.Characters == 0 {
		why["content_format_rules.character_limit"] = "The platform has no documented limit."
	}
	if a.limits.Tagged == "" {
		why["lexical_adaptations.hashtag_strategy"] = "The platform has no hashtags."
		why["lexical_adaptations.mention_strategy"] = "The platform has no mentions."
	}
	return why
}
