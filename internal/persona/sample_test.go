package persona

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/voice"
)

// A sample post consists of whole sentences of the site, within the platform's limits.
func TestSamplePostsAreTheSites(t *testing.T) {
	t.Parallel()
	g := newGenerator(t)
	for _, name := range []string{"crumb", "cycleways"} {
		in := sourcesOf(t, name)
		core := g.Core(in)
		site := newSiteText(in, core)
		texts := map[string]bool{}
		for p, persona := range allPlatforms(t, g, in, core) {
			require.NotNil(t, persona.Sample, p)
			assert.Empty(t, voice.BrokenLimits(persona.Sample.Text, p.Limits()), p)
			for _, sentence := range voice.Shared().Sentences("en", bodyOf(persona.Sample.Text)) {
				call := newSource(in).fittingCall()
				assert.True(t, site.fit(sentence, "en") == 1 || strings.HasPrefix(sentence, call), "%s: %s", p, sentence)
			}
			assert.NotEmpty(t, persona.Changes, p)
			texts[persona.Sample.Text] = true
		}
		assert.Greater(t, len(texts), 4, "platforms differ")
	}
}

// 30% of another site's sentences in a platform's text lower its consistency by 20, and taking them out again raises it.
func TestForeignSentencesLowerTheConsistency(t *testing.T) {
	t.Parallel()
	g, in, foreign := newGenerator(t), sourcesOf(t, "crumb"), sourcesOf(t, "cycleways")
	core := g.Core(in)
	platforms := allPlatforms(t, g, in, core)
	before := g.Quality(in, core, platforms)
	var strange []string
	for _, p := range foreign.Analysis.Measured.Voice.Passages {
		strange = append(strange, voice.Shared().Sentences("en", p.Text)...)
	}
	mixed := map[onboarding.Platform]onboarding.PlatformPersona{}
	for p, persona := range platforms {
		text, sample := bodyOf(persona.Sample.Text), *persona.Sample
		for i := 0; share(len(strings.Fields(sample.Text))-len(strings.Fields(persona.Sample.Text)),
			len(strings.Fields(sample.Text))) < 30; i++ {
			text += " " + strange[i]
			sample.Text = text
		}
		persona.Sample = &sample
		mixed[p] = persona
	}
	after := g.Quality(in, core, mixed)
	for p := range platforms {
		assert.LessOrEqual(t, after.DetailedMetrics.Platforms[p].Consistency,
			before.DetailedMetrics.Platforms[p].Consistency-20, p)
		assert.True(t, slices.ContainsFunc(after.DetailedMetrics.Platforms[p].RaisedBy, func(text string) bool {
			return strings.HasPrefix(text, "replace “")
		}), p)
	}
	assert.Less(t, after.OverallScore, before.OverallScore)
	assert.Contains(t, after.RaisedBy["platform_consistency"], "replace “")
}

// Mending what a score names raises it.
func TestMendingRaisesTheOptimization(t *testing.T) {
	t.Parallel()
	g, in := newGenerator(t), sourcesOf(t, "crumb")
	core := g.Core(in)
	persona, err := g.Platform(in, core, onboarding.PlatformLinkedIn)
	require.NoError(t, err)
	quality := func() onboarding.QualityMetrics {
		return g.Quality(in, core, map[onboarding.Platform]onboarding.PlatformPersona{onboarding.PlatformLinkedIn: persona})
	}
	before := quality()
	require.Contains(t, before.DetailedMetrics.Platforms[onboarding.PlatformLinkedIn].Missed,
		"a link from the site to its profile there")
	persona.LexicalAdaptations.MentionStrategy = ptr("Type @. The site's own profile is https://www.linkedin.com/company/crumb.")
	assert.Greater(t, quality().PlatformOptimization, before.PlatformOptimization)
}

func TestValidityDependsOnWhatCanBeFilled(t *testing.T) {
	t.Parallel()
	g, in := newGenerator(t), sourcesOf(t, "crumb")
	for _, p := range []onboarding.Platform{onboarding.PlatformLinkedIn, onboarding.PlatformFacebook} {
		persona, err := g.Platform(in, g.Core(in), p)
		require.NoError(t, err)
		assert.True(t, persona.Validation.IsValid, "%s %v", p, persona.Validation.Recommendations)
		persona.ContentFormatRules.LinkPlacement = nil
		assert.False(t, validate(persona).IsValid, p)
	}
}

func TestFittingCall(t *testing.T) {
	t.Parallel()
	for label, want := range map[string]string{
		"“Send Message” (on 2 pages; also “Book a repair” on 1 page)": "Book a repair",
		"“Submit” (on 1 page)": "", "“Mehr erfahren” (on 3 pages; also “Jetzt anrufen” on 1 page)": "Jetzt anrufen",
		"“Read more” (on 1 page)": "", "": "",
	} {
		s := newSource(onboarding.PersonaSources{})
		s.style.ContentType.CallToAction = judged(label, "")
		assert.Equal(t, want, s.fittingCall(), label)
	}
}
