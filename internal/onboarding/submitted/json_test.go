package submitted

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

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
		var input *onboarding.InputError
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
	assert.JSONEq(t, `{"deep":[{}]}`, string(personas.Platforms[onboarding.PlatformBlog]))
	assert.JSONEq(t, `{"deep":[{}]}`, string(personas.Quality))
}
