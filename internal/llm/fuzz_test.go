package llm

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Whatever a server of models answers, what is taken of it fits the schema, and errors quote nothing.
func FuzzReply(f *testing.F) {
	for _, body := range []string{
		`{"model":"m","choices":[{"finish_reason":"stop","message":{"content":"{\"tone\":\"warm\",\"tags\":[\"a\"]}"}}]}`,
		`{"content":[{"type":"text","text":"` + "```json\\n{\\\"tone\\\":\\\"cold\\\"}\\n```" + `"}],"stop_reason":"end_turn"}`,
		`{"choices":[{"message":{"tool_calls":[{"function":{"name":"x"}}]},"finish_reason":"tool_calls"}]}`,
		`{"usage":{"prompt_tokens":-1,"completion_tokens":9e18,"total_tokens":1},"content":[{"type":"tool_use"}]}`,
	} {
		f.Add([]byte(body))
	}
	var cache schemas
	schema, err := cache.get(onboarding.Prompt{Name: "p", Schema: json.RawMessage(
		`{"type":"object","additionalProperties":false,"required":["tone"],"properties":{
		"tone":{"type":"string","enum":["warm","cold"]},"tags":{"type":"array","items":{"type":"string"}}}}`,
	)})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body []byte) {
		var completion chatCompletion
		var messages messagesAnswer
		if json.Unmarshal(body, &completion) == nil {
			requireTaken(t, completion.reply(), schema)
		}
		if json.Unmarshal(body, &messages) == nil {
			requireTaken(t, messages.reply(), schema)
		}
	})
}

// requireTaken checks what is taken of a reply.
func requireTaken(t *testing.T, r reply, schema *jsonschema.Schema) {
	t.Helper()
	usage := r.usage
	require.True(t, usage.InputTokens >= usage.CachedTokens && usage.CachedTokens >= 0 && usage.OutputTokens >= 0)
	require.LessOrEqual(t, max(usage.InputTokens, usage.OutputTokens), int64(maxReportedTokens))
	value, err := r.value(schema)
	if err != nil {
		require.ErrorIs(t, err, onboarding.ErrBadAnswer)
		require.Less(t, len(err.Error()), 200, "it quotes nothing")
		return
	}
	var taken struct {
		Tone string
		Tags []string
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&taken), "%s", value)
	require.Contains(t, []string{"warm", "cold"}, taken.Tone)
}
