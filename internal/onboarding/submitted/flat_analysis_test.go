package submitted_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
)

// flatField is one field of FlatAnalysis: its path below "analysis" and its type.
type flatField struct {
	path []string
	of   reflect.Type
}

func (f flatField) name() string { return "analysis." + strings.Join(f.path, ".") }

// body is a valid analysis with this value in the field's place.
func (f flatField) body(t *testing.T, value any) json.RawMessage {
	t.Helper()
	for _, name := range slices.Backward(f.path) {
		value = map[string]any{name: value}
	}
	object, ok := value.(map[string]any)
	require.True(t, ok)
	if f.path[0] != "writing_style" {
		object["writing_style"] = map[string]any{"tone": "warm"}
	}
	raw, err := json.Marshal(object)
	require.NoError(t, err)
	return raw
}

// flatFields lists every field of FlatAnalysis but meta.
func flatFields(of reflect.Type, path []string) []flatField {
	var fields []flatField
	for i := range of.NumField() {
		field := of.Field(i)
		below := path
		if !field.Anonymous {
			below = append(slices.Clone(path), field.Tag.Get("json"))
			if field.Tag.Get("json") == "meta" {
				continue
			}
			fields = append(fields, flatField{below, field.Type})
		}
		if field.Type.Kind() == reflect.Struct {
			fields = append(fields, flatFields(field.Type, below)...)
		}
	}
	return fields
}

func inputError(t *testing.T, err error) *onboarding.InputError {
	t.Helper()
	var input *onboarding.InputError
	require.ErrorAs(t, err, &input)
	assert.Regexp(t, `^[A-Z].*\.$`, input.Reason, "a sentence")
	return input
}

// Every field: the right type is read, each wrong one is refused under its path.
func TestParseFlatAnalysisFields(t *testing.T) {
	t.Parallel()
	fields := flatFields(reflect.TypeFor[onboarding.FlatAnalysis](), nil)
	require.Greater(t, len(fields), 60)
	for _, field := range fields {
		t.Run(field.name(), func(t *testing.T) {
			t.Parallel()
			refused := func(value any, path, code string) {
				_, err := submitted.ParseFlatAnalysis(field.body(t, value))
				input := inputError(t, err)
				assert.Equal(t, path, input.Field)
				assert.Equal(t, code, input.Code)
			}
			name := field.name()
			refused(true, name, "invalid_field")
			_, err := submitted.ParseFlatAnalysis(field.body(t, nil))
			if field.path[0] != "writing_style" {
				require.NoError(t, err, "null is allowed")
			}
			switch {
			case field.of == reflect.TypeFor[*string]():
				refused(map[string]any{}, name, "invalid_field")
				refused([]any{"a"}, name, "invalid_field")
				if !strings.HasSuffix(name, ".readability_score") {
					refused(8.2, name, "invalid_field")
				}
				refused(strings.Repeat("é", 2001), name, "too_long")
				refused("a\x00b", name, "invalid_character")
				assertRead(t, field, strings.Repeat("é", 2000), strings.Repeat("é", 2000))
				assertRead(t, field, "  spaced ", "spaced")
			case field.of == reflect.TypeFor[onboarding.List]():
				refused("a, b", name, "invalid_field")
				refused(map[string]any{}, name, "invalid_field")
				refused([]any{"a", 7}, name+"[1]", "invalid_field")
				refused([]any{nil}, name+"[0]", "invalid_field")
				refused([]any{strings.Repeat("x", 2001)}, name+"[0]", "too_long")
				refused([]any{"a\x00"}, name+"[0]", "invalid_character")
				refused(make([]string, 101), name, "too_many")
				assertRead(t, field, []any{" a", "", "b"}, []any{"a", "b"})
			default:
				refused("text", name, "invalid_field")
				refused(7, name, "invalid_field")
				refused([]any{}, name, "invalid_field")
			}
		})
	}
}

// assertRead checks that the value comes out of the field's place.
func assertRead(t *testing.T, field flatField, value, want any) {
	t.Helper()
	flat, err := submitted.ParseFlatAnalysis(field.body(t, value))
	require.NoError(t, err)
	raw, err := json.Marshal(flat)
	require.NoError(t, err)
	var got any
	require.NoError(t, json.Unmarshal(raw, &got))
	for _, name := range field.path {
		got = got.(map[string]any)[name]
	}
	assert.Equal(t, want, got)
}

func TestParseFlatAnalysisRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, raw, field, code string }{
		{"nothing", ``, "analysis", "required"},
		{"null", `null`, "analysis", "required"},
		{"a text", `"warm"`, "analysis", "invalid_field"},
		{"a list", `[]`, "analysis", "invalid_field"},
		{"broken", `{"writing_style":`, "analysis", "invalid_json"},
		{"two values", `{} {}`, "analysis", "invalid_json"},
		{"no field", `{}`, "analysis", "required"},
		{"unknown fields only", `{"tone":"warm"}`, "analysis", "required"},
		{
			"empty parts", `{"writing_style":{"tone":null,"voice":" "},"target_audience":{"demographics":[""]}}`,
			"analysis", "required",
		},
		{"guidelines only", `{"best_practices":["Be brief."]}`, "analysis", "required"},
		{"meta only", `{"meta":{"engine":"gpt"}}`, "analysis", "required"},
		{
			"a nested part", `{"style_analysis":{"writing_style":{"tone":3}}}`, "analysis.style_analysis.writing_style.tone",
			"invalid_field",
		},
		{"a nested part of another type", `{"style_analysis":[]}`, "analysis.style_analysis", "invalid_field"},
		{
			"nested guidelines", `{"style_guidelines":{"guidelines":{"engagement_tips":"x"}}}`,
			"analysis.style_guidelines.guidelines.engagement_tips", "invalid_field",
		},
		{
			"inner patterns", `{"style_patterns":{"sentence_length":[]}}`, "analysis.style_patterns.sentence_length",
			"invalid_field",
		},
		{
			"a readability score of another type", `{"content_characteristics":{"readability_score":{}}}`,
			"analysis.content_characteristics.readability_score", "invalid_field",
		},
		{
			"a number of a list", `{"target_audience":{"demographics":[1e999999]}}`, "analysis.target_audience.demographics[0]",
			"invalid_field",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := submitted.ParseFlatAnalysis(json.RawMessage(test.raw))
			input := inputError(t, err)
			assert.Equal(t, test.field, input.Field)
			assert.Equal(t, test.code, input.Code)
		})
	}
}

func TestParseFlatAnalysisAccepts(t *testing.T) {
	t.Parallel()
	parse := func(raw string) onboarding.FlatAnalysis {
		flat, err := submitted.ParseFlatAnalysis(json.RawMessage(raw))
		require.NoError(t, err, raw)
		return flat
	}
	assert.Equal(t, "8.2",
		*parse(`{"content_characteristics":{"readability_score":8.2}}`).ContentCharacteristics.ReadabilityScore)

	flat := parse(`{"writing_style":{"tone":"warm"},"guidelines":{"engagement_tips":["Ask."]},"best_practices":["Be brief."],
		"style_patterns":{"patterns":{"sentence_length":"short"},"style_consistency":"high"},"style_consistency":"low","unique_elements":["dashes"],"other":[{"x":"\u0000"}]}`)
	nested := parse(`{"success":true,"style_analysis":{"writing_style":{"tone":"warm"}},"style_guidelines":{"guidelines":{"engagement_tips":["Ask."]},"best_practices":["Be brief."]},
		"style_patterns":{"patterns":{"sentence_length":"short"},"style_consistency":"high"},"style_consistency":"low","unique_elements":["dashes"]}`)
	assert.Equal(t, flat, nested, "the nested form says the same")
	assert.Equal(t, "short", *flat.StylePatterns.Patterns.SentenceLength)
	assert.Equal(t, "low", *flat.StyleConsistency)

	inner := parse(
		`{"writing_style":{"tone":"warm"},"style_patterns":{"sentence_length":"short","transition_phrases":["so"]}}`,
	)
	assert.Equal(t, "short", *inner.StylePatterns.Patterns.SentenceLength)
	assert.Equal(t, onboarding.List{"so"}, inner.StylePatterns.Patterns.TransitionPhrases)

	both := parse(`{"style_analysis":{"writing_style":{"tone":"nested","voice":"we"}},"writing_style":{"tone":"flat"}}`)
	assert.Equal(t, "flat", *both.WritingStyle.Tone)
	assert.Equal(t, "we", *both.WritingStyle.Voice)

	empty := parse(
		`{"writing_style":{"tone":"warm","voice":null},"target_audience":{"pain_points":[],"motivations":null}}`,
	)
	assert.Nil(t, empty.WritingStyle.Voice)
	assert.NotNil(t, empty.TargetAudience.PainPoints)
	assert.Nil(t, empty.TargetAudience.Motivations)
	assert.Zero(t, parse(`{"writing_style":{"tone":"warm"},"meta":{"engine":"gpt","confidence":1}}`).Meta)
}

func judged(value, evidence string) *onboarding.Judged {
	return &onboarding.Judged{Value: value, Evidence: evidence}
}

// held is an analysis as the server made it.
func held() *onboarding.Analysis {
	a := onboarding.Analysis{}
	a.Style.WritingStyle.Tone, a.Style.WritingStyle.Voice = judged("warm", "formality 48 of 100"), judged("we", "")
	a.Style.TargetAudience.PainPoints = onboarding.List{"time"}
	a.Style.Meta = onboarding.Meta{SchemaVersion: 1, Engine: "local", Confidence: 0.8, Notes: onboarding.List{"A note."}}
	a.Style.Meta.Uncertainty.Reasons = map[string]string{
		"writing_style.complexity": "The text is too short to tell.",
		"measurements.sentiment":   "This is only measured for English text.",
	}
	a.Patterns.StyleConsistency = judged("high", "LIX varies by 3")
	a.Guidelines.BestPractices = onboarding.List{"Be brief."}
	a.Crawl.URL, a.Measured.Words = "https://example.com", 900
	return &a
}

func TestFlatAnalysisOverHeld(t *testing.T) {
	t.Parallel()
	before := held()
	flat, err := submitted.ParseFlatAnalysis(json.RawMessage(`{"writing_style":{"tone":"","voice":"they","complexity":"simple"},
		"target_audience":{"pain_points":[]},"best_practices":["Be bold."],"unique_elements":["dashes"],"style_consistency":null}`))
	require.NoError(t, err)
	got := submitted.Analysis(flat, before)
	assert.Nil(t, got.Style.WritingStyle.Tone, "an empty text clears")
	assert.Equal(t, judged("they", ""), got.Style.WritingStyle.Voice)
	assert.Equal(t, judged("simple", ""), got.Style.WritingStyle.Complexity)
	assert.Empty(t, got.Style.TargetAudience.PainPoints, "an empty list clears")
	assert.Equal(t, judged("high", "LIX varies by 3"), got.Patterns.StyleConsistency, "null changes nothing")
	assert.Equal(t, onboarding.List{"dashes"}, got.Patterns.UniqueElements)
	assert.Equal(t, onboarding.List{"Be bold."}, got.Guidelines.BestPractices)
	assert.Equal(t, before.Crawl, got.Crawl)
	assert.Equal(t, before.Measured, got.Measured)

	meta := got.Style.Meta
	assert.Equal(t, "local", meta.Engine)
	assert.InDelta(t, 0.8, meta.Confidence, 0)
	assert.Equal(t, onboarding.List{"A note.", "Some values were given by the client."}, meta.Notes)
	assert.NotContains(t, meta.Uncertainty.Fields, "writing_style.complexity", "it is known now")
	assert.Equal(t, "The client gave no value.", meta.Uncertainty.Reasons["writing_style.tone"])
	assert.Equal(t, "This is only measured for English text.", meta.Uncertainty.Reasons["measurements.sentiment"])
	assertCovered(t, got)
	assert.Equal(t, held(), before, "the held analysis is not changed")

	again := submitted.Analysis(flat, &got)
	assert.Equal(t, got, again, "the same values once more change nothing")
}

func TestFlatAnalysisEchoed(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(onboarding.Flatten(onboarding.Show(*held())))
	require.NoError(t, err)
	flat, err := submitted.ParseFlatAnalysis(raw)
	require.NoError(t, err)
	got := submitted.Analysis(flat, held())
	assert.Equal(t, onboarding.List{"A note."}, got.Style.Meta.Notes, "what the server said itself is no change")
	assert.Equal(t, held().Style.WritingStyle, got.Style.WritingStyle)
}

func TestFlatAnalysisWithoutHeld(t *testing.T) {
	t.Parallel()
	flat, err := submitted.ParseFlatAnalysis(
		json.RawMessage(`{"writing_style":{"tone":"warm"},"style_consistency":"high"}`),
	)
	require.NoError(t, err)
	got := submitted.Analysis(flat, nil)
	assert.Equal(t, judged("warm", ""), got.Style.WritingStyle.Tone)
	assert.Equal(t, judged("high", ""), got.Patterns.StyleConsistency)
	assert.Equal(t, "client", got.Style.Meta.Engine)
	assert.Equal(t, onboarding.List{"The analysis was given by the client; nothing was measured."}, got.Style.Meta.Notes)
	assert.Zero(t, got.Style.Meta.Confidence)
	assert.False(t, got.Crawl.Success)
	assert.NotEmpty(t, got.Style.Meta.Uncertainty.Reasons["measurements.keywords"])
	assertCovered(t, got)
	assertNoNil(t, reflect.ValueOf(got), "analysis")

	raw, err := json.Marshal(got)
	require.NoError(t, err)
	var back onboarding.Analysis
	require.NoError(t, json.Unmarshal(raw, &back))
	assert.Equal(t, judged("warm", ""), submitted.Analysis(flat, &back).Style.WritingStyle.Tone, "it can be stored and edited again")
}

func TestSubmittedIsReadBackTheSame(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"writing_style":{"tone":"warm","voice":""},"target_audience":{"pain_points":[],"motivations":null},"other":"\u0000"}`,
		`{"style_analysis":{"content_type":{"purpose":"x\ud800"}},"style_patterns":{"transition_phrases":["so"]},"guidelines":{"engagement_tips":["Ask."]},"style_consistency":"low","unique_elements":[]}`,
	} {
		flat, err := submitted.ParseFlatAnalysis(json.RawMessage(raw))
		require.NoError(t, err)
		stored := submitted.Document(flat)
		assert.NotContains(t, string(stored), `\u0000`)
		assert.NotContains(t, string(stored), `\ud800`)
		again, err := submitted.ParseFlatAnalysis(stored)
		require.NoError(t, err)
		assert.Equal(t, flat, again)
	}
}

// assertCovered checks that the uncertainty covers exactly the empty judged values.
func assertCovered(t *testing.T, a onboarding.Analysis) {
	t.Helper()
	assert.True(t, slices.IsSorted(a.Style.Meta.Uncertainty.Fields))
	assert.Len(t, a.Style.Meta.Uncertainty.Fields, len(a.Style.Meta.Uncertainty.Reasons))
	fields := flatFields(reflect.TypeFor[onboarding.StyleAnalysis[string]](), nil)
	values := reflect.ValueOf(a.Style)
	for _, field := range fields {
		if field.of.Kind() == reflect.Struct {
			continue
		}
		v := values
		for _, name := range field.path {
			v = byTag(v, name)
		}
		empty := v.Kind() == reflect.Pointer && v.IsNil() || v.Kind() == reflect.Slice && v.Len() == 0
		assert.Equal(t, empty, slices.Contains(a.Style.Meta.Uncertainty.Fields, strings.Join(field.path, ".")), field.name())
	}
}

func byTag(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") == name {
			return v.Field(i)
		}
	}
	panic("no field " + name)
}

// assertNoNil checks that no slice or map would be written as null.
func assertNoNil(t *testing.T, v reflect.Value, path string) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[onboarding.List](): // writes [] itself
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Map:
		assert.False(t, v.IsNil(), path)
	case v.Kind() == reflect.Struct && v.Type().PkgPath() != "time":
		for i := range v.NumField() {
			assertNoNil(t, v.Field(i), fmt.Sprintf("%s.%s", path, v.Type().Field(i).Name))
		}
	}
}

func FuzzParseFlatAnalysis(f *testing.F) {
	f.Add([]byte(`{"writing_style":{"tone":"warm"}}`))
	f.Add([]byte(`{"style_analysis":{"target_audience":{"demographics":["a"]}},"style_patterns":{"patterns":{}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		flat, err := submitted.ParseFlatAnalysis(raw)
		if err != nil {
			assert.NotEmpty(t, inputError(t, err).Field)
			return
		}
		_, err = json.Marshal(submitted.Analysis(flat, nil))
		require.NoError(t, err)
		document := submitted.Document(flat)
		again, err := submitted.ParseFlatAnalysis(document)
		require.NoError(t, err)
		assert.Equal(t, flat, again)
	})
}
