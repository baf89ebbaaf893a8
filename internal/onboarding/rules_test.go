package onboarding

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheRulesOfAStep(t *testing.T) {
	t.Parallel()
	for n := StepNumber(1); n.Valid(); n++ {
		for _, rule := range n.Rules() {
			assert.NotEmpty(t, rule.Field)
			assert.Contains(t, []string{"text", "url", "boolean", "list", "object"}, rule.Type, rule.Field)
			assert.Regexp(t, `^[A-Z].*\.$`, rule.Note, rule.Field)
			assert.True(t, rule.Max == 0 || rule.Min <= rule.Max, rule.Field)
		}
	}
	StepWebsite.Rules()[0].Field = "changed"
	assert.Equal(t, "website", StepWebsite.Rules()[0].Field, "the table is nobody else's")
}

// The published bounds are those that are checked.
func TestPublishedBoundsAreChecked(t *testing.T) {
	t.Parallel()
	check := map[string]func(text string) error{
		"business_description": func(
			text string,
		) error {
			_, err := BusinessInfo{BusinessDescription: text}.Checked("")
			return err
		},
		"industry":        func(text string) error { _, err := BusinessInfo{Industry: text}.Checked(""); return err },
		"target_audience": func(text string) error { _, err := BusinessInfo{TargetAudience: text}.Checked(""); return err },
		"business_goals":  func(text string) error { _, err := BusinessInfo{BusinessGoals: text}.Checked(""); return err },
		"text_sample":     func(text string) error { _, err := CheckedTextSample(text, "text_sample"); return err },
	}
	for _, rule := range StepWebsite.Rules() {
		do := check[rule.Field]
		if do == nil {
			continue
		}
		require.NoError(t, do(strings.Repeat("é", rule.Max)), rule.Field)
		var input *InputError
		require.ErrorAs(t, do(strings.Repeat("é", rule.Max+1)), &input)
		assert.Equal(t, rule.Field, input.Field)
		assert.Equal(t, "too_long", input.Code)
		require.ErrorAs(t, do(strings.Repeat("x", max(rule.Min, 1))+"\x00"), &input)
		assert.Equal(t, "invalid_character", input.Code)
		if rule.Min > 0 {
			require.NoError(t, do(" "+strings.Repeat("é", rule.Min)+"\n"), rule.Field)
			require.ErrorAs(t, do(strings.Repeat("é", rule.Min-1)), &input)
			assert.Equal(t, "too_short", input.Code)
		}
		delete(check, rule.Field)
	}
	assert.Empty(t, check, "every one is published")
	_, err := BusinessInfo{}.Checked("")
	require.NoError(t, err, "what is left out is the caller's to ask for")
	_, err = CheckedTextSample(" ", "data.text_sample")
	require.ErrorContains(t, err, "data.text_sample: Enter a text of 50 to 10000 characters.")
	text, err := CheckedText(" a ", "x", 1)
	require.NoError(t, err)
	assert.Equal(t, "a", text)
}

func TestStorableObjects(t *testing.T) {
	t.Parallel()
	stored, keys, err := StorableObject(map[string]json.RawMessage{"a": json.RawMessage(`[1.10, 1e2, "x"]`)}, "data")
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":[1.10,100,"x"]}`, string(stored))
	assert.False(t, keys)
	for raw, field := range map[string]string{
		`"\u0000"`: "data.a", `{"b":["\u0000"]}`: "data.a.b[0]", `{"\u0000":1}`: "data.a", `1e999`: "data.a", `{`: "data.a",
		strings.Repeat("[", 80) + strings.Repeat("]", 80): "data.a",
	} {
		_, _, err := StorableObject(map[string]json.RawMessage{"a": json.RawMessage(raw)}, "data")
		var input *InputError
		require.ErrorAs(t, err, &input, raw)
		assert.True(t, strings.HasPrefix(input.Field, field), "%s: %s", raw, input.Field)
	}
}

// Documents of the client are stored and answered in the clear.
func TestDocumentsHoldNoKeys(t *testing.T) {
	t.Parallel()
	const keys = `"api_keys":{"openai":"secret"},"deep":[{"apiKeys":["secret"],"OPENAI_API_KEY":"secret","exa-api-key":"secret"}],"apiKey":"secret"`
	const kept = `"deep":[{}],"hasApiKeys":true`
	object := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(`{`+keys+`,"hasApiKeys":true}`), &object))
	stored, found, err := StorableObject(object, "data")
	require.NoError(t, err)
	assert.True(t, found)
	assert.JSONEq(t, `{`+kept+`}`, string(stored))

	findings, err := ResearchFindings(map[string]json.RawMessage{
		"competitors":     json.RawMessage(`[{"title":"A",` + keys + `}]`),
		"researchSummary": json.RawMessage(`{"key_findings":[],` + keys + `}`),
	})
	require.NoError(t, err)
	assert.JSONEq(t, `[{"title":"A","deep":[{}]}]`, string(findings["competitors"]))
	assert.JSONEq(t, `{"key_findings":[],"deep":[{}]}`, string(findings["researchSummary"]))

	personas, err := ParsePersonas(json.RawMessage(`{"identity":{"persona_name":"Ada",`+keys+`}}`),
		json.RawMessage(`{"blog":{`+keys+`}}`), json.RawMessage(`{`+keys+`}`), nil)
	require.NoError(t, err)
	assert.JSONEq(t, `{"identity":{"persona_name":"Ada","deep":[{}]}}`, string(personas.Core))
	assert.JSONEq(t, `{"deep":[{}]}`, string(personas.Platforms[PlatformBlog]))
	assert.JSONEq(t, `{"deep":[{}]}`, string(personas.Quality))
}
