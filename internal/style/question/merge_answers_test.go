package question

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/style/styletest"
	"github.com/alwrity/onboarding/internal/webpage"
)

// What the user stated stays, and a model's text about a website that was not read is dropped.
func TestMergeIntoTheAnalysisOfAText(t *testing.T) {
	t.Parallel()
	got := analyze(t, webpage.FromText(onboarding.WebsiteInput{
		BusinessDescription: "Wir backen in Leipzig jede Nacht Sauerteigbrot für Familien und Büros.",
		Industry:            "Bakery", TargetAudience: "families; offices,\nand early risers\n",
		BusinessGoals: "sell\nmore bread",
	}, time.Time{}))
	merged := merge(t, got, map[string]any{
		"target_audience.industry_focus": "Logistics", "content_type.purpose": "to inform",
		"recommended_settings.industry_context": "Logistics",
		"recommended_settings.target_audience":  "everybody",
		"target_audience.demographics":          []string{"Families", "night owls"},
		"content_type.primary_type":             "product description", "style_patterns.style_consistency": "high",
		"writing_style.tone": "warm",
		"content_strategy_insights.weaknesses": []string{
			"The website has no contact page.",
			"Says nothing of prices.",
		},
		"content_strategy_insights.content_gaps":             []string{"about page"},
		"style_guidelines.guidelines.seo_optimization":       []string{"Name the town."},
		"content_characteristics.visual_elements_usage":      "many photos",
		"style_guidelines.content_calendar_suggestions":      []string{"Tell how the sourdough began."},
		"content_strategy_insights.recommended_improvements": []string{"Add a sitemap."},
	})
	assert.Equal(t, "Bakery (given by the user)", merged.Style.TargetAudience.IndustryFocus.Text())
	assert.Equal(t, "sell more bread (given by the user)", merged.Style.ContentType.Purpose.Text())
	assert.Equal(t, "Bakery (given by the user)", merged.Style.RecommendedSettings.IndustryContext.Text())
	assert.Contains(t, merged.Style.RecommendedSettings.TargetAudience.Text(), "(given by the user)")
	assert.Equal(t, onboarding.List{"families", "offices", "early risers", "night owls"},
		merged.Style.TargetAudience.Demographics)
	assert.Equal(t, "product description", merged.Style.ContentType.PrimaryType.Text())
	assert.Equal(t, onboarding.List{"Says nothing of prices."}, merged.Style.ContentStrategyInsights.Weaknesses)
	assert.Equal(t, "warm", merged.Style.WritingStyle.Tone.Text())
	for _, path := range []string{
		"style_patterns.style_consistency", "content_strategy_insights.content_gaps",
		"style_guidelines.guidelines.seo_optimization",
		"content_characteristics.visual_elements_usage", "content_strategy_insights.recommended_improvements",
	} {
		assert.Empty(t, valueAt(t, merged, path), path)
	}
	assert.Len(t, merged.Guidelines.ContentCalendarSuggestions, 1)
}

func TestMergeRefusesBadAnswers(t *testing.T) {
	t.Parallel()
	measured := analyze(t, styletest.PotterySite())
	good := string(answerOf(t, nil).Value)
	for name, raw := range map[string]string{
		"nothing":         ``,
		"text":            `"warm"`,
		"list":            `[]`,
		"cut off":         good[:len(good)/2],
		"number":          strings.Replace(good, `"tone":null`, `"tone":3`, 1),
		"list for a text": strings.Replace(good, `"tone":null`, `"tone":["warm"]`, 1),
		"text for a list": strings.Replace(good, `"threats":[]`, `"threats":"rent"`, 1),
		"section a list":  strings.Replace(good, `"writing_style":{`, `"writing_style":[],"x":{`, 1),
	} {
		require.NotEqual(t, good, raw, name)
		_, err := prompter(t).Merge(measured, onboarding.Answer{Value: json.RawMessage(raw), Model: "m"})
		require.ErrorIs(t, err, onboarding.ErrBadAnswer, name)
		assert.NotContains(t, err.Error(), "warm", "errors quote no answer")
	}
}

func TestBrandOff(t *testing.T) {
	t.Parallel()
	a, err := style.New(prometheus.NewRegistry(), style.Config{})
	require.NoError(t, err)
	measured, err := a.Analyze(t.Context(), styletest.PotterySite())
	require.NoError(t, err)
	full := answerOf(t, map[string]any{
		"brand_analysis.brand_voice":        "a friend",
		"content_strategy_insights.threats": []string{"rent"}, "writing_style.tone": "encouraging",
	})
	asks := New(a)
	merged, err := asks.Merge(measured, full)
	require.NoError(t, err)
	assert.Equal(t, "encouraging", merged.Style.WritingStyle.Tone.Text())

	for _, got := range []onboarding.Analysis{measured, merged} {
		for path, v := range onboarding.ValuesOf(&got) {
			if !a.Fills(path) {
				assert.True(t, onboarding.IsEmpty(v), path)
				assert.NotContains(t, got.Style.Meta.Uncertainty.Fields, path)
				assert.NotContains(t, got.Style.Meta.Uncertainty.Reasons, path)
			}
		}
	}
	raw, err := json.Marshal(measured.Style)
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"brand_values":[]`)
	assert.Contains(t, string(raw), `"brand_voice":null`)
	prompt := asks.Prompt(styletest.PotterySite(), measured)
	assert.NotContains(t, string(prompt.Schema), "brand_analysis")
	assert.NotContains(t, string(prompt.Schema), "content_strategy_insights")
}

// Whatever a model answers, the merged document is as valid as the measured one.
func TestMergeAnyAnswer(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	asks := prompter(t)
	text := webpage.FromText(onboarding.WebsiteInput{BusinessDescription: "We bake.", Industry: "Bakery"},
		styletest.PotterySite().Pages[0].FetchedAt)
	analyses := []onboarding.Analysis{analyze(t, styletest.PotterySite()), analyze(t, text)}
	for i := range 200 {
		measured := analyses[i%2]
		before := onboarding.ValuesOf(&measured)
		values := map[string]any{}
		for _, path := range newAnalyzer(t).JudgedPaths() {
			var list []string
			for range random.IntN(14) {
				list = append(list, styletest.RandomText(random))
			}
			switch {
			case random.IntN(3) == 0:
			case before[path].Kind() == reflect.Slice:
				values[path] = list
			default:
				values[path] = onboarding.Judged{
					Value:    strings.Repeat(styletest.RandomText(random), random.IntN(5)),
					Evidence: styletest.RandomText(random),
				}
			}
		}
		given := answerOf(t, values)
		given.Model = styletest.RandomText(random)
		merged, err := asks.Merge(measured, given)
		require.NoError(t, err)
		raw, err := json.Marshal(merged)
		require.NoError(t, err)
		styletest.AssertNoNullLists(t, raw)
		styletest.AssertUncertaintyIsExact(t, merged)
		assert.Equal(t, measured.Measured, merged.Measured)
		assert.NotEmpty(t, merged.Style.Meta.Engine)
		assert.NotContains(t, string(raw), `\u0000`)
		after := onboarding.ValuesOf(&merged)
		for _, path := range newAnalyzer(t).JudgedPaths() {
			switch v := after[path].Interface().(type) {
			case *onboarding.Judged:
				assert.LessOrEqual(t, len([]rune(v.Label())), maxModelRunes, path)
				assert.True(t, v == nil || v.Value != "" && len([]rune(v.Evidence)) <= maxModelRunes, path)
			case onboarding.List:
				assert.LessOrEqual(t, len(v), max(maxModelEntries, before[path].Len()), path)
				assert.NotContains(t, v, "", path)
			}
		}
	}
}
