package style

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/pagetype"
	"github.com/alwrity/onboarding/internal/style/styletest"
	"github.com/alwrity/onboarding/internal/webpage"
)

var given = time.Date(2026, 4, 5, 6, 7, 8, 0, time.UTC)

func analyzeText(t *testing.T, input onboarding.WebsiteInput) onboarding.Analysis {
	t.Helper()
	got := analyze(t, webpage.FromText(input, given))
	raw, err := json.Marshal(got)
	require.NoError(t, err)
	styletest.AssertNoNullLists(t, raw)
	return got
}

// assertSaysNothingOfAWebsite fails when the analysis of a text speaks of pages.
func assertSaysNothingOfAWebsite(t *testing.T, got onboarding.Analysis) {
	t.Helper()
	assert.True(t, got.Crawl.Success)
	assert.Empty(t, got.Crawl.URL)
	assert.Equal(t, given, got.Crawl.Timestamp)
	assert.Empty(t, got.Crawl.Content.DomainInfo)
	require.Len(t, got.Crawl.Pages, 1)
	assert.Equal(t, pagetype.Other, got.Crawl.Pages[0].Type)
	assert.Empty(t, got.Measured.PageTypes.Found)
	assert.Empty(t, got.Measured.PageTypes.Missing)
	values := onboarding.ValuesOf(&got)
	for _, r := range slices.Concat(judgedRules, measuredRules) {
		if r.website && (r.stated == nil || r.path != "content_type.purpose") {
			assert.True(t, onboarding.IsEmpty(values[r.path]), r.path)
			assert.Equal(t, "Only a website shows this; the analysis was made from a text.",
				got.Style.Meta.Uncertainty.Reasons[r.path], r.path)
		}
	}
	for path, value := range Values(got) {
		assert.NotRegexp(t, `(?i)\b(web)?sites?\b|\bpages?\b|sitemap`, value, path)
	}
	assert.Contains(t, got.Style.Meta.Notes, "No website was read.")
}

// longText is random prose of n characters in paragraphs of 60 words, of which hardly
// a sentence repeats.
func longText(n int) string {
	random := rand.New(rand.NewPCG(7, 8))
	var b strings.Builder
	for b.Len() < n {
		b.WriteString(prose(random, 60) + "\n\n")
	}
	return b.String()[:n]
}

func TestAnalyzeSamples(t *testing.T) {
	t.Parallel()
	short := analyzeText(t, onboarding.WebsiteInput{TextSample: "I bake slow bread for busy families in Leeds city."})
	assertSaysNothingOfAWebsite(t, short)
	assert.Equal(t, 10, short.Measured.Words)
	assert.Equal(t, onboarding.List{"busy families"}, short.Style.TargetAudience.Demographics)
	assert.Equal(t, "Made from a text sample of 10 words in English.", short.Style.Meta.Notes[0])
	assert.Contains(t, short.Style.Meta.Notes,
		"The text is short: values that take more than 10 words of running text are empty.")
	assert.Nil(t, short.Style.ContentCharacteristics.ReadabilityScore)
	assert.Equal(t, "This takes at least 30 words of running text; there are 10.",
		short.Style.Meta.Uncertainty.Reasons["content_characteristics.readability_score"])

	long := analyzeText(t, onboarding.WebsiteInput{TextSample: longText(10_000)})
	assertSaysNothingOfAWebsite(t, long)
	assert.Greater(t, long.Measured.Words, 1_000)
	assert.NotNil(t, long.Style.ContentCharacteristics.ReadabilityScore)
	assert.NotContains(t, strings.Join(long.Style.Meta.Notes, " "), "short")
	assert.Greater(t, long.Crawl.Content.ContentStructure.Paragraphs, 10)
}

func TestAnalyzeTinyDescriptions(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"We bake it.", "bread shop", "..........", "          ", "", "1234567890", "🍞🍞🍞🍞🍞🍞🍞🍞🍞🍞",
		"私は毎日パンを焼く。", "# # # # # ", "```\ncode1", "\x00\x01\x02\xff\xfe\x00\x01\x02\x03\x04",
	} {
		got := analyzeText(t, onboarding.WebsiteInput{BusinessDescription: text})
		assertSaysNothingOfAWebsite(t, got)
		assert.Contains(t, got.Style.Meta.Notes[0], "from a business description of")
		styletest.AssertUncertaintyIsExact(t, got)
		assert.Nil(t, got.Style.WritingStyle.Tone)
		assert.Less(t, got.Style.Meta.Confidence, 0.1, text)
	}
}

func TestAnalyzeUsesWhatTheUserStated(t *testing.T) {
	t.Parallel()
	input := onboarding.WebsiteInput{
		BusinessDescription: "Wir backen in Leipzig jede Nacht Sauerteigbrot für Familien und Büros.",
		Industry:            "Bakery", TargetAudience: "families; offices,\nand early risers\n", BusinessGoals: "sell\nmore bread",
	}
	got := analyzeText(t, input)
	assertSaysNothingOfAWebsite(t, got)
	assert.Equal(t, "Bakery (given by the user)", got.Style.TargetAudience.IndustryFocus.Text())
	assert.Equal(t, onboarding.List{"families", "offices", "early risers"}, got.Style.TargetAudience.Demographics)
	assert.Equal(t, "sell more bread (given by the user)", got.Style.ContentType.Purpose.Text())
	assert.Equal(t, "Bakery (given by the user)", got.Style.RecommendedSettings.IndustryContext.Text())
	assert.Contains(t, got.Style.RecommendedSettings.TargetAudience.Text(), "(given by the user)")
	assert.Contains(t, got.Style.BrandAnalysis.BrandPositioning.Text(), "Sauerteigbrot")
	assert.Contains(t, got.Guidelines.Guidelines.AudienceConsiderations[0], "Write for families, offices and early risers")
	assert.Contains(t, got.Style.Meta.Notes, "Given by the user: industry, target audience and goals.")
	styletest.AssertUncertaintyIsExact(t, got)
}

// Decomposed accents are read like composed ones.
func TestAnalyzeComposesText(t *testing.T) {
	t.Parallel()
	// Sentences of five words count each time.
	text := strings.Repeat("Le café est à côté. ", 30)
	composed := analyzeText(t, onboarding.WebsiteInput{TextSample: text})
	decomposed := analyzeText(t, onboarding.WebsiteInput{
		TextSample: strings.NewReplacer("é", "e\u0301", "è", "e\u0300", "à", "a\u0300", "ô", "o\u0302").Replace(text),
	})
	require.Equal(t, "fr", composed.Measured.Language.Code)
	require.NotEmpty(t, composed.Measured.Keywords)
	assert.Equal(t, composed.Measured, decomposed.Measured)
}
