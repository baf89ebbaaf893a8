package wizard_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/jobs"
)

const (
	pathCheck = apitest.PathKeys + "/validate"
)

func TestKeysAreStoredMaskedAndRemoved(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	exa := f.SaveKey("exa", "00000000-0000-4000-8000-00000000abcd").Object(t)
	assert.Equal(t, false, exa["step_completed"], "no language model")
	assert.Equal(t, "saved", exa["status"])
	saved := f.As("ada", http.MethodPost, apitest.PathKeys, `{"provider":"OpenAI","api_key":" `+apitest.AModelKey+
		` ","model":"gpt-5","description":"Mine"}`).Object(t)
	assert.Equal(t, true, saved["step_completed"])
	assert.Equal(t, "****WXYZ", saved["value"])
	assert.Regexp(t, `^[0-9a-f]{32}$`, saved["fingerprint"])

	keys := f.OK(http.MethodGet, apitest.PathKeys, "")
	assert.Equal(t, map[string]any{"exa": "****abcd", "openai": "****WXYZ"}, keys["api_keys"])
	assert.Equal(t, []any{"exa", "openai"}, keys["configured_providers"])
	assert.InDelta(t, 12, keys["total_providers"], 0)
	list, ok := keys["keys"].([]any)
	require.True(t, ok)
	assert.Equal(t, "gpt-5", apitest.At(t, list[1], "model"))
	assert.Equal(t, "unchecked", apitest.At(t, list[1], "status"))
	refill := f.OK(http.MethodGet, apitest.PathKeys+"/onboarding", "")
	assert.Equal(t, keys["api_keys"], refill["api_keys"])
	assert.Equal(t, true, refill["masked"])
	assert.Empty(t, f.As("bob", http.MethodGet, apitest.PathKeys, "").Object(t)["api_keys"], "nobody sees another's")
	apitest.RequireProblem(t, f.As("bob", http.MethodDelete, apitest.PathKeys+"/openai", ""), 404, "key_not_found")
	apitest.RequireProblem(t, f.As("ada", http.MethodDelete, apitest.PathKeys+"/nobody", ""), 404, "key_not_found")

	removed := f.OK(http.MethodDelete, apitest.PathKeys+"/openai", "")
	assert.Equal(t, "removed", removed["status"])
	assert.Equal(t, "pending", f.StepStatus(1), "the last one of a language model")
	apitest.RequireProblem(t, f.As("ada", http.MethodDelete, apitest.PathKeys+"/openai", ""), 404, "key_not_found")
}

func TestAMaskStandsForTheStoredKey(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	server := `{"provider":"openai_compatible","api_key":"` + apitest.AModelKey +
		`","base_url":"https://models.example.com/v1/","model":"m"}`
	require.Equal(t, 200, f.As("ada", http.MethodPost, apitest.PathKeys, server).Status)
	before := f.OK(http.MethodGet, apitest.PathKeys, "")
	for _, body := range []string{
		`{"openai_compatible":"****WXYZ"}`,
		`{"openai_compatible":{"api_key":"****WXYZ","base_url":"https://models.example.com/v1","model":"m"}}`, `{}`,
		`{"exa":" "}`,
	} {
		r := f.SubmitStep(1, `{"api_keys":`+body+`}`)
		require.Equal(t, 200, r.Status, "%s", r.Body)
		assert.Equal(t, map[string]any{"openai_compatible": "****WXYZ"}, apitest.At(t, r.Object(t), "data", "api_keys"))
	}
	assert.Equal(t, before, f.OK(http.MethodGet, apitest.PathKeys, ""), "nothing was stored again")
	// Else a stolen session could send the key to a server of the thief.
	for _, entry := range []string{
		`{"api_key":"****WXYZ","base_url":"https://evil.example"}`,
		`{"api_key":"****WXYZ","model":"other"}`,
	} {
		apitest.RequireProblem(t, f.SubmitStep(1, `{"api_keys":{"openai_compatible":`+entry+`}}`), 400, "required")
	}
	apitest.RequireProblem(t, f.SubmitStep(1, `{"api_keys":{"openai":"****WXYZ"}}`), 400, "invalid_key")
}

func TestStepOneNeedsALanguageModel(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for data, code := range map[string]string{
		`{}`:                                   "language_model_key_missing",
		`{"api_keys":{}}`:                      "language_model_key_missing",
		`{"api_keys":{"openai":""}}`:           "language_model_key_missing",
		`{"api_keys":{"tavily":"0123456789"}}`: "language_model_key_missing",
		`{"api_keys":{"openai":"` + apitest.Canary +
			`"}}`: "invalid_key",
		`{"api_keys":{"` + apitest.Canary +
			`":"openai"}}`: "unknown_provider",
		`{"api_keys":{"openai":["` + apitest.Canary +
			`"]}}`: "invalid_field",
		`{"api_keys":{"google":"AIza` + strings.Repeat("x", 30) + `","gemini":"AIza` + strings.Repeat("y", 30) +
			`"}}`: "duplicate_provider",
	} {
		r := f.SubmitStep(1, data)
		apitest.RequireProblem(t, r, 400, code)
		assert.NotContains(t, string(r.Body), apitest.Canary)
	}
	assert.Empty(t, f.OK(http.MethodGet, apitest.PathKeys, "")["api_keys"], "a refused step stores nothing")
	assert.Equal(t, "pending", f.StepStatus(1))
}

// checker is a model client whose providers say what the test says.
type checker struct {
	apitest.Stubs

	answers map[onboarding.Provider]error
}

func (c checker) Check(_ context.Context, credential onboarding.Credential) error {
	if credential.Key != apitest.AModelKey && !strings.HasPrefix(string(credential.Key), "sk-ant-") {
		return errors.New("not the stored key")
	}
	return c.answers[credential.Provider]
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	none := f.OK(http.MethodPost, pathCheck, "")
	assert.Equal(t, true, none["all_valid"])
	assert.Equal(t, []any{}, none["missing_keys"])
	for _, provider := range []string{"gemini", "exa"} {
		assert.Equal(t, "missing", apitest.At(t, none, "validation_results", provider, "status"))
	}

	ring, err := apitest.KeyRing()
	require.NoError(t, err)
	answers := map[onboarding.Provider]error{}
	f.WorkWith(func(c *jobs.WorkerConfig) { c.Models, c.Keys = checker{answers: answers}, ring })
	require.Equal(t, 200, f.SaveKey("openai", apitest.AModelKey).Status)
	require.Equal(t, 200, f.SaveKey("tavily", "0123456789").Status)
	good := f.OK(http.MethodGet, pathCheck, "")
	assert.Equal(t, map[string]any{"valid": true, "status": "configured"},
		apitest.At(t, good, "validation_results", "openai"))
	assert.Equal(t, map[string]any{"valid": false, "status": "unknown"},
		apitest.At(t, good, "validation_results", "tavily"))
	assert.Equal(t, map[string]any{"openai": "****WXYZ", "tavily": "****"}, good["api_keys"])
	assert.Equal(t, true, good["all_valid"])
	assert.Equal(t, true, good["finished"])

	answers[onboarding.ProviderAnthropic] = &onboarding.Failure{Code: onboarding.FailureKeyRefused, Subject: "Anthropic"}
	require.Equal(t, 200, f.SaveKey("anthropic", "sk-ant-0123456789").Status)
	bad := f.OK(http.MethodPost, pathCheck, "")
	assert.Equal(t, false, bad["all_valid"])
	assert.Equal(t, "invalid", apitest.At(t, bad, "validation_results", "anthropic", "status"))
	assert.Contains(t, apitest.At(t, bad, "validation_results", "anthropic", "error"), "Anthropic refused your API key")
}

func TestAnOperatorCanLetOwnersReadTheirKeys(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Wizard.ReadableKeys = true })
	count := func() (n int) {
		require.NoError(t, f.DB.System.QueryRow(t.Context(),
			"select count(*) from audit_log where actor = 'ada' and user_id = 'ada' and action = 'api_keys.read'").Scan(&n))
		return n
	}
	f.OK(http.MethodGet, apitest.PathKeys+"/onboarding", "")
	assert.Zero(t, count(), "there was nothing to read")
	f.SaveKey("openai", apitest.AModelKey)
	r := f.As("ada", http.MethodGet, apitest.PathKeys+"/onboarding", "")
	assert.Equal(t, apitest.AModelKey, apitest.At(t, r.Object(t), "api_keys", "openai"))
	assert.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	assert.Equal(t, 1, count())
	assert.NotContains(t, string(f.As("ada", http.MethodGet, apitest.PathKeys, "").Body), apitest.AModelKey, "only there")
}

func TestADevelopersFileFollowsTheKeys(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), ".env")
	content := func() string {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return string(text)
	}
	f := apitest.New(t, func(c *httpapi.Config) { c.Wizard.EnvFile = file })
	f.SaveKey("openai", apitest.AModelKey)
	f.SubmitStep(1, `{"api_keys":{"tavily":"0123456789","openai":"****WXYZ"}}`)
	const mark = "# stored by the onboarding for user fdee430d\n"
	assert.Equal(t, mark+"OPENAI_API_KEY="+apitest.AModelKey+"\n"+mark+"TAVILY_API_KEY=0123456789\n", content())
	f.OK(http.MethodDelete, apitest.PathKeys+"/tavily", "")
	assert.Equal(t, mark+"OPENAI_API_KEY="+apitest.AModelKey+"\n", content())

	require.NoError(t, errors.Join(os.Remove(file), os.Mkdir(file, 0o700))) // no file can be written there
	r := f.SaveKey("openai", apitest.AModelKey)
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.Len(t, r.Object(t)["warnings"], 1)
	assert.Len(t, f.OK(http.MethodDelete, apitest.PathKeys+"/openai", "")["warnings"], 1)
	assert.Contains(t, f.Log.String(), "environment file not changed")
	assert.NotContains(t, f.Log.String(), apitest.AModelKey)
}

// A key goes through every operation that takes or shows keys, and through the ones
// around them; then it is searched for everywhere.
func TestNoKeyLeaks(t *testing.T) {
	t.Parallel()
	const secret = "sk-canary-0123456789-canary"
	f := apitest.New(t)
	ring, err := apitest.KeyRing()
	require.NoError(t, err)
	f.WorkWith(func(c *jobs.WorkerConfig) {
		c.Models, c.Keys = checker{
			answers: map[onboarding.Provider]error{onboarding.ProviderOpenAI: errors.New("not reached")},
		}, ring
	})
	var answers strings.Builder
	for _, request := range [][3]string{
		{http.MethodPost, apitest.PathKeys, `{"provider":"openai","api_key":"` + secret + `"}`},
		{http.MethodPost, apitest.PathKeys, `{"provider":"` + secret + `","api_key":"openai"}`},
		{http.MethodPost, apitest.PathKeys, `{"provider":"exa","api_key":"` + secret + `"}`},
		{http.MethodPost, apitest.PathKeys, `{"provider":"openai","api_key":"` + secret + `","base_url":"` + secret + `"}`},
		{http.MethodPost, apitest.StepPath(1, "/complete"), `{"data":{"api_keys":{"openai":"` + secret + `"}}}`},
		{http.MethodPost, apitest.StepPath(1, "/complete"), `{"data":{"api_keys":{"` + secret + `":"openai"}}}`},
		{http.MethodPost, apitest.StepPath(1, "/complete"), `{"data":{"api_keys":"` + secret + `"}}`},
		{http.MethodPost, apitest.StepPath(3, "/complete"), `{"data":{"api_keys":{"openai":"` + secret + `"}}}`},
		{http.MethodPost, apitest.StepPath(5,
			"/complete"), `{"data":{"api_keys":{"openai":"` + secret + `"},"apiKeys":{"a":"` + secret + `"},
			"integrations":{"wordpress":{"api_key":"` + secret + `"}}}}`},
		{http.MethodPost, apitest.StepPath(3, "/complete"), `{"data":{"competitors":[{"title":"A","api_key":"` +
			secret + `"}]}}`},
		{http.MethodPost, apitest.StepPath(4,
			"/complete"), `{"data":{"corePersona":{"identity":{"persona_name":"Ada","apiKey":"` + secret + `"}},
			"platformPersonas":{"blog":{"api_keys":["` + secret + `"]}}}}`},
		{http.MethodPost, apitest.StepPath(1, "/complete"), `{"data":` + secret},
		{http.MethodGet, apitest.PathKeys, ""},
		{http.MethodGet, apitest.PathKeys + "/onboarding", ""},
		{http.MethodPost, pathCheck, ""},
		{http.MethodGet, pathCheck, ""},
		{http.MethodGet, apitest.Base + "/init", ""},
		{http.MethodGet, apitest.Base + "/progress", ""},
		{http.MethodGet, apitest.Base + "/summary", ""},
		{http.MethodGet, apitest.StepPath(1, ""), ""},
		{http.MethodGet, apitest.StepPath(5, ""), ""},
		{http.MethodDelete, apitest.PathKeys + "/" + secret, ""},
	} {
		r := f.As("ada", request[0], request[1], request[2])
		require.Less(t, r.Status, 500, "%s", r.Body)
		answers.Write(r.Body)
		_, _ = fmt.Fprint(&answers, r.Header)
	}
	f.RequireNowhere(secret, answers.String(), f.Log.String(), apitest.MetricsText(t, f))
}
