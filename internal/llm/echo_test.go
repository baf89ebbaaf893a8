package llm_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// What a server answers well is kept and shown: its model's name and the texts. Neither
// may be the key.
func TestAServerThatAnswersWithTheKey(t *testing.T) {
	t.Parallel()
	honest := start(t, llmtest.Config{Family: llmtest.OpenAI})
	client, _ := newClientAt(t, honest.URL(), newTransport(t))
	good, err := client.Ask(t.Context(), credentialOf(llmtest.OpenAI), prompt())
	require.NoError(t, err)
	var value map[string]any
	require.NoError(t, json.Unmarshal(good.Value, &value))

	// "": the model is the first of the list
	for model, tone := range map[string]string{"m": "as in " + canary, "": "dry"} {
		value["tone"] = tone
		text, err := json.Marshal(value)
		require.NoError(t, err)
		content, err := json.Marshal(string(text))
		require.NoError(t, err)
		completion := `{"model":"m","choices":[{"message":{"content":` + string(content) +
			`},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if strings.HasSuffix(r.URL.Path, "/models") {
				_, _ = io.WriteString(w, `{"data":[{"id":"`+canary+`"}]}`)
				return
			}
			_, _ = io.WriteString(w, completion)
		}))
		t.Cleanup(s.Close)
		client, reg := newClientAt(t, s.URL, newTransport(t))
		cred := onboarding.Credential{Provider: onboarding.ProviderCompatible, Key: canary, BaseURL: s.URL, Model: model}
		answer, err := client.Ask(t.Context(), cred, prompt())
		require.Error(t, err)
		assert.Empty(t, answer.Value)
		requireSilence(t, reg, answer, err)
	}
}
