package persona

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// allPlatforms adapts the persona to every platform.
func allPlatforms(
	t testing.TB, g *Generator, in onboarding.PersonaSources, core onboarding.CorePersona,
) map[onboarding.Platform]onboarding.PlatformPersona {
	t.Helper()
	personas := map[onboarding.Platform]onboarding.PlatformPersona{}
	for _, p := range onboarding.Platforms() {
		persona, err := g.Platform(in, core, p)
		require.NoError(t, err)
		personas[p] = persona
	}
	return personas
}

func TestPlatformLimits(t *testing.T) {
	t.Parallel()
	g, in := newGenerator(t), sourcesOf(t, "cycleways")
	personas := allPlatforms(t, g, in, g.Core(in))
	limits := map[onboarding.Platform]*int{
		onboarding.PlatformLinkedIn: ptr(3000), onboarding.PlatformFacebook: ptr(63206), onboarding.PlatformTwitter: ptr(280),
		onboarding.PlatformBlog: nil, onboarding.PlatformInstagram: ptr(2200), onboarding.PlatformMedium: nil,
		onboarding.PlatformSubstack: nil, onboarding.PlatformYouTube: ptr(5000),
	}
	for p, limit := range limits {
		assert.Equal(t, limit, personas[p].ContentFormatRules.CharacterLimit, p)
	}
	for p, persona := range personas {
		assert.Equal(t, p, persona.PlatformType)
		assert.Empty(t, persona.EngagementPatterns.OptimalPostingTimes, "they are not measured")
		assert.GreaterOrEqual(t, len(persona.PlatformBestPractices), 3, p)
		assert.Equal(t, p == onboarding.PlatformLinkedIn, persona.LinkedInPersona != nil, p)
		assert.Equal(t, p == onboarding.PlatformFacebook, persona.FacebookPersona != nil, p)
		assert.GreaterOrEqual(t, *persona.SentenceMetrics.MaxSentenceLength,
			*persona.SentenceMetrics.OptimalSentenceLength, p)
	}
	// Three sentences of about 25 words of 5.6 letters do not fit into 280 characters.
	assert.Less(t, *personas[onboarding.PlatformTwitter].SentenceMetrics.OptimalSentenceLength, 15.0)
	assert.Greater(t, *personas[onboarding.PlatformBlog].SentenceMetrics.OptimalSentenceLength, 22.0)
	assert.Contains(t, text(personas[onboarding.PlatformTwitter].ContentFormatRules.ParagraphStructure), "one paragraph")
	assert.Nil(t, personas[onboarding.PlatformBlog].LexicalAdaptations.HashtagStrategy)
}

// Each platform of the domain has a row of rules, and each row is complete.
func TestTableOfPlatformRules(t *testing.T) {
	t.Parallel()
	assert.ElementsMatch(t, onboarding.Platforms(), slices.Collect(maps.Keys(platformRules)),
		"internal/persona/platforms.go: one row for each platform")
	for p, r := range platformRules {
		limits := p.Limits()
		assert.NotEmpty(t, limits.Of, "%s: a limit bounds something that has a name", p)
		assert.Equal(t, p != onboarding.PlatformBlog, limits.Source != "" && limits.Date != "", "%s: source", p)
		assert.Equal(t, limits.Tagged != "", r.mention != "" && r.advised > 0, "%s: tags and mentions", p)
		assert.Positive(t, r.shape.passages, "%s: sample post", p)
		assert.NotEmpty(t, r.link, "%s: link", p)
		assert.NotEmpty(t, r.talk, "%s: talk", p)
		assert.GreaterOrEqual(t, len(r.practices), 3, "%s: practices", p)
		assert.False(t, r.feed && r.articles, "%s: a text is short or long", p)
		assert.Equal(t, r.extend != nil, r.answer != nil, "%s: a part of its own is asked for", p)
	}
}

func TestPlatformWordsAreTheSites(t *testing.T) {
	t.Parallel()
	g, in := newGenerator(t), sourcesOf(t, "crumb")
	core := g.Core(in)
	for p, persona := range allPlatforms(t, g, in, core) {
		for _, word := range persona.LexicalAdaptations.PlatformSpecificWords {
			assert.True(t, coreWords(core)[word], "%s on %s", word, p)
		}
		if tags := text(persona.LexicalAdaptations.HashtagStrategy); strings.Contains(tags, "#") {
			assert.Contains(t, tags, "#Bread", p)
		}
	}
}

func TestUnknownPlatform(t *testing.T) {
	t.Parallel()
	_, err := newGenerator(t).Platform(onboarding.PersonaSources{}, onboarding.CorePersona{}, "myspace")
	require.EqualError(t, err, "adapt persona: unknown platform")
}

func TestHashtag(t *testing.T) {
	t.Parallel()
	for term, want := range map[string]string{
		"bicycle repair": "#BicycleRepair", "e-bike": "#EBike", "größe": "#Größe", "велосипед": "#Велосипед",
		"don't": "#DonT", "!": "#", "": "#",
	} {
		assert.Equal(t, want, hashtag(term, true))
	}
	for term, want := range map[string]string{
		"Gebäudereinigung": "#Gebäudereinigung", "agriturismo": "#agriturismo", "maison de retraite": "#MaisonDeRetraite",
	} {
		assert.Equal(t, want, hashtag(term, false))
	}
}

func TestQualityOfARichSite(t *testing.T) {
	t.Parallel()
	g, in := newGenerator(t), sourcesOf(t, "crumb")
	core := g.Core(in)
	q := g.Quality(in, core, allPlatforms(t, g, in, core))
	assert.Equal(t, "measured-v2", q.AssessmentMethod)
	assert.Greater(t, q.CoreCompleteness, 70)
	assert.Greater(t, q.PlatformConsistency, 80)
	assert.Greater(t, q.PlatformOptimization, 60)
	assert.InDelta(t, 100, *q.LinguisticInsights.Match, 1, "the same text")
	words := float64(in.Analysis.Measured.ProseWords)
	assert.InDelta(t, 100*words/(words+400), q.LinguisticQuality, 1)
	assert.InDelta(t, .3*float64(q.CoreCompleteness)+.25*float64(q.PlatformConsistency)+
		.25*float64(q.PlatformOptimization)+.2*float64(q.LinguisticQuality), q.OverallScore, 0.5)
	assert.Len(t, q.DetailedMetrics.Platforms, len(onboarding.Platforms()))
	assert.Contains(t, q.DetailedMetrics.CoreMissing, "linguistic_fingerprint.rhetorical_devices.metaphors")
	assert.NotEmpty(t, q.Recommendations)
}

// The scores must move with the personas: constants were the fault of the system that
// this one replaces.
func TestQualityFallsWithThePersonas(t *testing.T) {
	t.Parallel()
	g, in, foreign := newGenerator(t), sourcesOf(t, "crumb"), sourcesOf(t, "cycleways")
	core := g.Core(in)
	good := g.Quality(in, core, allPlatforms(t, g, in, core))

	alien := g.Quality(in, core, allPlatforms(t, g, foreign, g.Core(foreign)))
	assert.Less(t, alien.PlatformConsistency, good.PlatformConsistency-30)
	other := g.Quality(foreign, core, nil)
	assert.Less(t, other.LinguisticQuality, 40)
	assert.Contains(t, strings.Join(other.Recommendations, " "), "reads unlike the text")

	bare := g.Quality(onboarding.PersonaSources{}, onboarding.CorePersona{},
		map[onboarding.Platform]onboarding.PlatformPersona{onboarding.PlatformTwitter: {}})
	assert.Zero(t, bare.CoreCompleteness)
	assert.Zero(t, bare.LinguisticQuality)
	assert.Nil(t, bare.LinguisticInsights.Match)
	assert.LessOrEqual(t, bare.OverallScore, 5)
	assert.GreaterOrEqual(t, len(bare.Recommendations), 3)

	none := g.Quality(in, core, nil)
	assert.Zero(t, none.PlatformConsistency)
	assert.Contains(t, strings.Join(none.Recommendations, " "), "Choose at least one platform")
}

func TestConsistencyChecks(t *testing.T) {
	t.Parallel()
	core := onboarding.CorePersona{}
	core.LinguisticFingerprint.SentenceMetrics.AverageSentenceLengthWords = ptr(10.0)
	core.LinguisticFingerprint.LexicalFeatures = onboarding.LexicalFeatures{
		GoToWords:  onboarding.List{"rye", "oven"},
		AvoidWords: onboarding.List{"Synergy"},
	}
	core.TonalRange.DefaultTone = ptr("warm")
	tests := map[string]struct {
		optimal float64
		words   onboarding.List
		talk    string
		missed  []string
	}{
		"all kept":     {10, onboarding.List{"Rye", "new"}, "Answer warmly: Warm.", nil},
		"few words":    {10, onboarding.List{"rye", "new", "other"}, "warm", []string{"half of the words from the core"}},
		"avoided word": {10, onboarding.List{"rye", "synergy"}, "warm", []string{"no word that the core avoids"}},
		"too long":     {14.1, onboarding.List{"rye"}, "warm", []string{"sentence length near the core's mean"}},
		"other tone":   {10, onboarding.List{"rye"}, "cold", []string{"community interaction in the core's tone"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			persona := onboarding.PlatformPersona{}
			persona.SentenceMetrics.OptimalSentenceLength = &test.optimal
			persona.LexicalAdaptations.PlatformSpecificWords = test.words
			persona.EngagementPatterns.CommunityInteraction = &test.talk
			score, missed := checked{core: core, p: persona}.run(consistencyChecks)
			assert.Equal(t, test.missed, missed)
			assert.Equal(t, share(4-len(test.missed), 4), score)
		})
	}
}
