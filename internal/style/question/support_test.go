package question

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

// An answer without support on the pages is left out with a warning.
func TestMergeComparesWithThePages(t *testing.T) {
	t.Parallel()
	measured := analyze(t, styletest.PotterySite())
	measured = set(t, measured, "writing_style.tone", "neutral and positive")
	merged := merge(t, measured, map[string]any{
		"writing_style.tone":               "gloomy and serious",
		audiencePath:                       []string{"busy parents", "submarine captains"},
		"brand_analysis.brand_positioning": "They say “we send pots to the moon every week”.",
		"target_audience.psychographic_profile": onboarding.Judged{
			Value: "calm makers", Evidence: "the pages say “nobody has ever written this sentence”",
		},
	})
	assert.Equal(t, "neutral and positive", merged.Style.WritingStyle.Tone.Label())
	assert.Contains(t, merged.Style.TargetAudience.Demographics, "busy parents")
	assert.NotContains(t, merged.Style.TargetAudience.Demographics, "submarine captains")
	assert.NotContains(t, merged.Style.BrandAnalysis.BrandPositioning.Text(), "moon")
	assert.Nil(t, merged.Style.TargetAudience.PsychographicProfile)
	warnings := merged.Crawl.Warnings
	if assert.NotEmpty(t, warnings) {
		last := warnings[len(warnings)-1]
		assert.Equal(t, unsupportedCode, last.Code)
		assert.Contains(t, last.Message, "writing_style.tone contradicts what was measured")
		assert.Contains(t, last.Message, audiencePath+" names people whom no page names")
		assert.Contains(t, last.Message, "brand_analysis.brand_positioning quotes what no page says")
	}
	assert.Len(t, merge(t, measured, map[string]any{"writing_style.tone": "warm"}).Crawl.Warnings,
		len(measured.Crawl.Warnings), "no warning where all was supported")
}

func TestContradicts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		measured, text string
		want           bool
	}{
		{"formal and positive", "casual and upbeat", true},
		{"formal and positive", "formal, yet warm", false},
		{"conversational and warm", "formal", true},
		{"neutral and positive", "negative", true},
		{"neutral and positive", "professional", false},
		{"", "casual", false},
		{"formal", "informal", true},
	} {
		assert.Equal(t, test.want, contradicts(test.measured, test.text), test.text)
	}
}

func TestAModelsIndustryAgreesWithTheMeasuredOne(t *testing.T) {
	t.Parallel()
	s := &support{
		text: "we turn clay into cups and teach pottery", whole: true,
		measured: map[string]string{industryPath: "crafts and handmade goods"},
	}
	assert.True(t, s.allows(industryPath, "handmade ceramics"))
	assert.True(t, s.allows(industryPath, "pottery studios"), "a page names it")
	assert.Empty(t, s.dropped)
	assert.False(t, s.allows(industryPath, "enterprise software"))
	assert.Equal(t, []string{industryPath + " is neither the measured one nor named on a page"}, s.dropped)
	s.measured[industryPath] = ""
	assert.True(t, s.allows(industryPath, "enterprise software"), "nothing was measured")
}
