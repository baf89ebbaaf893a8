package question

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

// answerOf is an answer in which only the given values are set, by path.
func answerOf(t testing.TB, values map[string]any) onboarding.Answer {
	t.Helper()
	var given onboarding.Analysis
	targets := onboarding.ValuesOf(&given)
	for path, v := range values {
		target, ok := targets[path]
		require.True(t, ok, path)
		switch v := v.(type) {
		case string:
			target.Set(reflect.ValueOf(&onboarding.Judged{Value: v}))
		case onboarding.Judged:
			target.Set(reflect.ValueOf(&v))
		case []string:
			target.Set(reflect.ValueOf(onboarding.List(v)))
		}
	}
	raw, err := json.Marshal(answer{given.Style, given.Patterns, given.Guidelines})
	require.NoError(t, err)
	var sections map[string]any
	require.NoError(t, json.Unmarshal(raw, &sections))
	delete(sections, "meta")
	raw, err = json.Marshal(sections)
	require.NoError(t, err)
	return onboarding.Answer{Value: raw, Model: "test-model-1"}
}

func merge(t testing.TB, measured onboarding.Analysis, values map[string]any) onboarding.Analysis {
	t.Helper()
	merged, err := prompter(t).Merge(measured, answerOf(t, values))
	require.NoError(t, err)
	return merged
}

// valueAt is the value of an analysis at a path: a text, "" for nil, or a list.
func valueAt(t testing.TB, analysis onboarding.Analysis, path string) any {
	t.Helper()
	v, ok := onboarding.ValuesOf(&analysis)[path]
	require.True(t, ok, path)
	if list, ok := v.Interface().(onboarding.List); ok {
		return []string(list)
	}
	return v.Interface().(*onboarding.Judged).Text()
}

// set returns a copy of the analysis with one value replaced; nil empties it.
func set(t testing.TB, analysis onboarding.Analysis, path string, value any) onboarding.Analysis {
	t.Helper()
	v, ok := onboarding.ValuesOf(&analysis)[path]
	require.True(t, ok, path)
	switch value := value.(type) {
	case nil:
		v.SetZero()
	case string:
		v.Set(reflect.ValueOf(&onboarding.Judged{Value: value}))
	case []string:
		v.Set(reflect.ValueOf(onboarding.List(value)))
	}
	return analysis
}

// A model changes of each value what its rule says, whether the local
// value is there or not.
func TestMergeEveryRule(t *testing.T) {
	t.Parallel()
	measured := analyze(t, styletest.PotterySite())
	kinds := onboarding.ValuesOf(&onboarding.Analysis{})
	for _, path := range newAnalyzer(t).JudgedPaths() {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			r := ruleOf(path, kinds[path].Kind() == reflect.Slice)
			if kinds[path].Kind() == reflect.Slice {
				full := merge(t, set(t, measured, r.path, []string{"Local one."}),
					map[string]any{r.path: []string{"local ONE", "Busy parents."}})
				want := []string{"Local one.", "Busy parents."}
				if r.fills {
					want = want[:1]
				}
				assert.Equal(t, want, valueAt(t, full, r.path))
				gap := merge(t, set(t, measured, r.path, nil), map[string]any{r.path: []string{"Busy parents."}})
				assert.Equal(t, []string{"Busy parents."}, valueAt(t, gap, r.path))
				return
			}
			full := merge(t, set(t, measured, r.path, "local"), map[string]any{r.path: "local by the model"})
			want := "local"
			if !r.fills {
				want = "local by the model"
			}
			assert.Equal(t, want, valueAt(t, full, r.path))
			gap := merge(t, set(t, measured, r.path, nil), map[string]any{r.path: "by the model"})
			assert.Equal(t, "by the model", valueAt(t, gap, r.path))
			none := merge(t, set(t, measured, r.path, "local"), nil)
			assert.Equal(t, "local", valueAt(t, none, r.path))
			withNumber := merge(t, set(t, measured, r.path, nil), map[string]any{r.path: "since 1998"})
			assert.Equal(t, !r.fills, valueAt(t, withNumber, r.path) == "since 1998", "digits")
		})
	}
}

func TestMergeMeasuredNumbersWin(t *testing.T) {
	t.Parallel()
	measured := analyze(t, styletest.PotterySite())
	values := map[string]any{
		"writing_style.tone":                         "formal (formality 92 of 100)",
		"writing_style.formality_level":              "formal",
		"writing_style.complexity":                   "grade 16",
		"writing_style.voice":                        "impersonal",
		"writing_style.emotional_appeal":             "cold (80% of the sentences are negative)",
		"content_characteristics.readability_score":  "12 of 100",
		"content_characteristics.sentence_structure": "long sentences of 40 words",
		"content_characteristics.vocabulary_level":   "academic",
		"style_patterns.patterns.sentence_length":    "mean 40 words",
		"style_patterns.patterns.transition_phrases": []string{"notwithstanding"},
		"style_guidelines.guidelines.structure_guidelines": []string{
			"Write sentences of 40 words.",
			"Open with the reader's problem.",
		},
		"content_strategy_insights.strengths": []string{
			"Flesch reading ease of 12",
			"Says what to do first.",
		},
		"target_audience.psychographic_profile":      "patient people, sixty percent of them parents",
		"recommended_settings.creativity_level":      "high",
		"style_patterns.style_consistency":           "low",
		"brand_analysis.competitive_differentiation": "fires on the same day, since 2009",
		"style_guidelines.ai_generation_tips": []string{
			"Ask for 3-5 sentences a paragraph",
			"Ask for one image of the hands at work.",
		},
		"style_guidelines.content_calendar_suggestions":       []string{"Publish ten tips for the first pot."},
		"content_strategy_insights.recommended_improvements":  []string{"See https://evil.example/offer", "Show prices."},
		"style_guidelines.guidelines.audience_considerations": []string{"Write at grade level 14"},
		"style_guidelines.guidelines.vocabulary_suggestions":  []string{"Use 45 % long words"},
		"content_characteristics.paragraph_organization":      "huge paragraphs",
		"style_guidelines.guidelines.conversion_optimization": []string{"Ask for the booking above the fold."},
		"content_characteristics.visual_elements_usage":       "none",
		"style_guidelines.guidelines.tone_recommendations":    []string{"Keep a sentiment score of 0.9"},
		"style_guidelines.guidelines.seo_optimization":        []string{"Name Leeds in the titles."},
		"style_guidelines.best_practices":                     []string{"Quote pupils."},
	}
	got := merge(t, measured, values)
	assert.Equal(t, measured.Measured, got.Measured)
	assert.Equal(t, measured.Crawl, got.Crawl)
	assert.Equal(t, measured.Style.Meta.Confidence, got.Style.Meta.Confidence)
	for _, path := range []string{
		"writing_style.tone", "writing_style.formality_level", "writing_style.complexity", "writing_style.voice",
		"writing_style.emotional_appeal",
		"content_characteristics.readability_score", "content_characteristics.sentence_structure",
		"content_characteristics.vocabulary_level",
		"style_patterns.patterns.sentence_length", "style_patterns.patterns.transition_phrases",
		"style_patterns.style_consistency",
		"target_audience.psychographic_profile", "style_guidelines.guidelines.audience_considerations",
		"style_guidelines.guidelines.vocabulary_suggestions",
		"style_guidelines.guidelines.tone_recommendations",
	} {
		assert.Equal(t, valueAt(t, measured, path), valueAt(t, got, path), path)
	}
	assert.Equal(t, "fires on the same day, since 2009", valueAt(t, got, "brand_analysis.competitive_differentiation"))
	raw, err := json.Marshal(got)
	require.NoError(t, err)
	for _, claim := range []string{
		"92", "40 words", "cold (80%", "12 of 100", "Flesch reading ease of 12",
		"sixty percent", "3-5 sentences", "evil.example",
	} {
		assert.NotContains(t, string(raw), claim)
	}
	for _, kept := range []string{
		"Open with the reader's problem.", "Says what to do first.", "Show prices.",
		"one image of the hands",
	} {
		assert.Contains(t, string(raw), kept)
	}
}

func TestClaimsOfMeasuredNumbers(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"80%", "８０％ of it", "12 percent", "sixty per cent", "7/10", "9 out of 10", "3 in 100", "Flesch score 70", "grade 8",
		"8th-grade level", "reading level: 9",
		"15-word sentences", "12 to 18 words", "12–18 words", "14.5 words", "three kinds, 20 sentences", "3 short paragraphs",
		"2 contractions", "formality of 55", "LIX 40", "6 different words",
	} {
		assert.True(t, measuredClaim.MatchString(text), text)
	}
	for _, text := range []string{
		"founded in 1998", "people aged 25 to 40", "a shop on Route 66", "open 24 hours", "Industry 4.0", "the 3 owners",
		"rated by customers", "wordy in places", "upgrade your garden",
		"2 colleges of art", "B2B buyers",
	} {
		assert.False(t, measuredClaim.MatchString(text), text)
	}
}

// The evidence of a model is held to the same rules as its value; without one the value
// stands alone.
func TestMergeEvidence(t *testing.T) {
	t.Parallel()
	measured := analyze(t, styletest.PotterySite())
	for name, test := range map[string]struct {
		given onboarding.Judged
		want  string
	}{
		"a quotation": {
			onboarding.Judged{Value: "warm", Evidence: " “you always\nget help” "},
			"warm (“you always get help”)",
		},
		"none": {onboarding.Judged{Value: "warm", Evidence: "N/A"}, "warm"},
		"a measured number": {
			onboarding.Judged{Value: "warm", Evidence: "formality 92 of 100"},
			measured.Style.WritingStyle.Tone.Text(),
		},
		"a web address": {
			onboarding.Judged{Value: "warm", Evidence: "see https://x.example"},
			measured.Style.WritingStyle.Tone.Text(),
		},
		"evidence of nothing": {
			onboarding.Judged{Evidence: "“you always get help”"},
			measured.Style.WritingStyle.Tone.Text(),
		},
	} {
		got := merge(t, measured, map[string]any{"writing_style.tone": test.given})
		assert.Equal(t, test.want, got.Style.WritingStyle.Tone.Text(), name)
	}
}

func TestMergeTidiesTexts(t *testing.T) {
	t.Parallel()
	measured := analyze(t, styletest.PotterySite())
	many := make([]string, 50)
	for i := range many {
		many[i] = fmt.Sprintf("Threat %c", 'A'+i)
	}
	const tone, threats = "writing_style.tone", "content_strategy_insights.threats"
	for name, c := range map[string]struct {
		path  string
		given any
		want  any
	}{
		"white space": {tone, "  warm \n\t and   dry ", "warm and dry"},
		"control":     {tone, "wa\x00rm\u202e \u200bdry\ufeff", "warm dry"},
		"long":        {tone, strings.Repeat("ä", 501), strings.Repeat("ä", 499) + "…"},
		"just fits":   {tone, strings.Repeat("ä", 500), strings.Repeat("ä", 500)},
		"empty":       {tone, " ", valueAt(t, measured, tone)},
		"n/a":         {tone, "N/A", valueAt(t, measured, tone)},
		"not shown":   {tone, "(Not shown.)", valueAt(t, measured, tone)},
		"duplicates": {
			threats,
			[]string{"Big studios", "", "“big studios”", "Null", "Rent"},
			[]string{"Big studios", "Rent"},
		},
		"many entries": {threats, many, many[:10]},
	} {
		got := merge(t, measured, map[string]any{c.path: c.given})
		assert.Equal(t, c.want, valueAt(t, got, c.path), name)
	}
}

func TestMergeSaysWhatTheModelWrote(t *testing.T) {
	t.Parallel()
	measured := analyze(t, styletest.PotterySite())
	const profile, threats = "target_audience.psychographic_profile", "content_strategy_insights.threats"
	require.Contains(t, measured.Style.Meta.Uncertainty.Fields, profile)
	before, err := json.Marshal(measured)
	require.NoError(t, err)

	got := merge(t, measured, map[string]any{profile: "people who look for calm", "writing_style.tone": "encouraging"})
	assert.Equal(t, "test-model-1", got.Style.Meta.Engine)
	assert.NotContains(t, got.Style.Meta.Uncertainty.Fields, profile)
	assert.NotContains(t, got.Style.Meta.Uncertainty.Reasons, profile)
	assert.Contains(t, got.Style.Meta.Uncertainty.Fields, threats)
	assert.Equal(t, "Only a language model can judge this; the one used gave no answer.",
		got.Style.Meta.Uncertainty.Reasons[threats])
	assert.Contains(t, got.Style.Meta.Notes[0], "from 3 pages")
	assert.NotContains(t, got.Style.Meta.Notes, style.WithoutModel)
	assert.Equal(t,
		"Judged by the model test-model-1 too, which wrote all or part of: writing_style.tone, "+
			"target_audience.psychographic_profile.", got.Style.Meta.Notes[len(got.Style.Meta.Notes)-1])
	styletest.AssertUncertaintyIsExact(t, got)

	after, err := json.Marshal(measured)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after), "the measured analysis is not touched")
	assert.Contains(t, merge(t, measured, nil).Style.Meta.Notes,
		"Judged by the model test-model-1 too, which added nothing.")
}
