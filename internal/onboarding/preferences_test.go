package onboarding_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func ptr[T any](v T) *T { return &v }

func TestPreferencesUpdateKeepsWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	first, warnings, err := onboarding.PreferencesUpdate{
		Findings: map[string]json.RawMessage{"competitors": json.RawMessage(`[]`)},
	}.Apply(nil)
	require.NoError(t, err)
	assert.Len(t, warnings, 4, "each default that was taken is named")
	assert.Equal(t, "Standard", first.ResearchDepth)
	assert.Equal(t, onboarding.List{"Blog Posts"}, first.ContentTypes)
	assert.True(t, first.AutoResearch)
	assert.True(t, first.FactualContent)

	second, warnings, err := onboarding.PreferencesUpdate{
		AutoResearch: ptr(false), Findings: map[string]json.RawMessage{"researchSummary": json.RawMessage(`{}`)},
	}.Apply(&first)
	require.NoError(t, err)
	assert.Empty(t, warnings, "nothing is defaulted over stored values")
	assert.False(t, second.AutoResearch)
	assert.True(t, second.FactualContent)
	assert.Len(t, second.Findings, 2)
	assert.Len(t, first.Findings, 1, "the former value is not touched")

	third, _, err := onboarding.PreferencesUpdate{
		ResearchDepth: ptr("Expert"),
		ContentTypes:  []string{" News ", "News", "Podcasts"},
	}.Apply(&second)
	require.NoError(t, err)
	assert.Equal(t, "Expert", third.ResearchDepth)
	assert.Equal(t, onboarding.List{"News", "Podcasts"}, third.ContentTypes)
	assert.False(t, third.AutoResearch)
}

func TestPreferencesUpdateRefuses(t *testing.T) {
	t.Parallel()
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprint("type ", i)
	}
	tests := map[string]struct {
		update onboarding.PreferencesUpdate
		field  string
	}{
		"unknown depth":   {onboarding.PreferencesUpdate{ResearchDepth: ptr("standard")}, "research_depth"},
		"no content type": {onboarding.PreferencesUpdate{ContentTypes: []string{}}, "content_types"},
		"blank type":      {onboarding.PreferencesUpdate{ContentTypes: []string{"News", " "}}, "content_types"},
		"type too long":   {onboarding.PreferencesUpdate{ContentTypes: []string{strings.Repeat("ü", 101)}}, "content_types"},
		"too many types":  {onboarding.PreferencesUpdate{ContentTypes: many}, "content_types"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := test.update.Apply(nil)
			var input *onboarding.InputError
			require.ErrorAs(t, err, &input)
			assert.Equal(t, test.field, input.Field)
		})
	}
}

func TestCredentialChecksFormats(t *testing.T) {
	t.Parallel()
	uuid := "01234567-89ab-cdef-0123-456789abcdef"
	tests := []struct {
		provider, key, baseURL string
		field                  string // "" for accepted
	}{
		{"openai", "sk-12345678901234567", "", ""},
		{"OpenAI", " sk-12345678901234567 ", "", ""},
		{"openai", "sk-short", "", "api_key"},
		{"openai", "sk-12345678901234567", "https://example.com", "base_url"},
		{"anthropic", "sk-ant-1234567890", "", ""},
		{"anthropic", "sk-1234567890123456789", "", "api_key"},
		{"gemini", "AIza" + strings.Repeat("x", 26), "", ""},
		{"google", "AIza" + strings.Repeat("x", 26), "", ""},
		{"gemini", "AIza", "", "api_key"},
		{"mistral", "0123456789", "", ""},
		{"exa", uuid, "", ""},
		{"exa", "not-a-uuid", "", "api_key"},
		{"copilotkit", "ck_pub_abc", "", ""},
		{"copilotkit", "ck_abc", "", "api_key"},
		{"tavily", "has a space", "", "api_key"},
		{"tavily", "", "", "api_key"},
		{"tavily", strings.Repeat("x", 4097), "", "api_key"},
		{"openai_compatible", "x", "http://127.0.0.1:11434/v1/", ""},
		{"openai_compatible", "x", "", "base_url"},
		{"openai_compatible", "x", "ftp://example.com", "base_url"},
		{"openai_compatible", "x", "https://user:pw@example.com", "base_url"},
		{"openai_compatible", "x", "https://example.com/?key=1", "base_url"},
		{"nobody", "x", "", "provider"},
	}
	for _, test := range tests {
		t.Run(test.provider+" "+test.field, func(t *testing.T) {
			t.Parallel()
			credential, err := onboarding.NewCredential("data.", test.provider, test.key, test.baseURL, "")
			if test.field == "" {
				require.NoError(t, err)
				assert.Equal(t, strings.TrimSpace(test.key), string(credential.Key))
				assert.False(t, strings.HasSuffix(credential.BaseURL, "/"))
				return
			}
			var input *onboarding.InputError
			require.ErrorAs(t, err, &input)
			assert.Equal(t, "data."+test.field, input.Field)
			if len(test.key) > 4 {
				assert.NotContains(t, err.Error(), test.key, "a key is never repeated")
			}
		})
	}
}

func TestSecretIsRedactedEverywhere(t *testing.T) {
	t.Parallel()
	credential := onboarding.Credential{Provider: "openai", Key: "sk-canary"}
	document, err := json.Marshal(credential)
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "credential", credential, "key", credential.Key)
	for _, text := range []string{
		string(document), log.String(), fmt.Sprint(credential), fmt.Sprintf("%v %+v %#v %s %q %x %d", credential, credential,
			credential, credential.Key, credential.Key, credential.Key, credential.Key),
	} {
		assert.NotContains(t, text, "canary")
		assert.NotContains(t, text, fmt.Sprintf("%x", "canary"))
	}
}

func TestOnlyFourCharactersOfALongKeyAreShown(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "cdef", onboarding.LastFourOf("0123456789abcdef"))
	assert.Empty(t, onboarding.LastFourOf("0123456789abcde"))
}
