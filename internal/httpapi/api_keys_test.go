package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/jobs"
)

const (
	pathKeys  = base + "/api-keys"
	pathCheck = pathKeys + "/validate"
)

// newKeyFixture serves with a database and changed settings.
func newKeyFixture(t *testing.T, set func(*httpapi.Config)) *fixture {
	t.Helper()
	db := pgtest.New(t)
	f := serveWith(t, func(c *httpapi.Config) {
		storeIn(t, c, db.App)
		set(c)
	})
	f.db = db
	return f
}

func (f *fixture) saveKey(provider, key string) response {
	f.t.Helper()
	return f.as("ada", http.MethodPost, pathKeys, fmt.Sprintf(`{"provider":%q,"api_key":%q}`, provider, key))
}

func TestKeysAreStoredMaskedAndRemoved(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	exa := f.saveKey("exa", "00000000-0000-4000-8000-00000000abcd").object(t)
	assert.Equal(t, false, exa["step_completed"], "no language model")
	assert.Equal(t, "saved", exa["status"])
	saved := f.as("ada", http.MethodPost, pathKeys, `{"provider":"OpenAI","api_key":" `+aModelKey+` ","model":"gpt-5","description":"Mine"}`).object(t)
	assert.Equal(t, true, saved["step_completed"])
	assert.Equal(t, "****WXYZ", saved["value"])
	assert.Regexp(t, `^[0-9a-f]{32}$`, saved["fingerprint"])

	keys := f.ok(http.MethodGet, pathKeys, "")
	assert.Equal(t, map[string]any{"exa": "****abcd", "openai": "****WXYZ"}, keys["api_keys"])
	assert.Equal(t, []any{"exa", "openai"}, keys["configured_providers"])
	assert.InDelta(t, 12, keys["total_providers"], 0)
	list, ok := keys["keys"].([]any)
	require.True(t, ok)
	assert.Equal(t, "gpt-5", at(t, list[1], "model"))
	assert.Equal(t, "unchecked", at(t, list[1], "status"))
	refill := f.ok(http.MethodGet, pathKeys+"/onboarding", "")
	assert.Equal(t, keys["api_keys"], refill["api_keys"])
	assert.Equal(t, true, refill["masked"])
	assert.Empty(t, f.as("bob", http.MethodGet, pathKeys, "").object(t)["api_keys"], "nobody sees another's")
	requireProblem(t, f.as("bob", http.MethodDelete, pathKeys+"/openai", ""), 404, "not_found")
	requireProblem(t, f.as("ada", http.MethodDelete, pathKeys+"/nobody", ""), 404, "not_found")

	removed := f.ok(http.MethodDelete, pathKeys+"/openai", "")
	assert.Equal(t, "removed", removed["status"])
	assert.Equal(t, "pending", f.stepStatus(1), "the last one of a language model")
	requireProblem(t, f.as("ada", http.MethodDelete, pathKeys+"/openai", ""), 404, "not_found")
}

func TestAMaskStandsForTheStoredKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	server := `{"provider":"openai_compatible","api_key":"` + aModelKey + `","base_url":"https://models.example.com/v1/","model":"m"}`
	require.Equal(t, 200, f.as("ada", http.MethodPost, pathKeys, server).status)
	before := f.ok(http.MethodGet, pathKeys, "")
	for _, body := range []string{
		`{"openai_compatible":"****WXYZ"}`, `{"openai_compatible":{"api_key":"****WXYZ","base_url":"https://models.example.com/v1","model":"m"}}`, `{}`, `{"exa":" "}`,
	} {
		r := f.submitStep(1, `{"api_keys":`+body+`}`)
		require.Equal(t, 200, r.status, "%s", r.body)
		assert.Equal(t, map[string]any{"openai_compatible": "****WXYZ"}, at(t, r.object(t), "data", "api_keys"))
	}
	assert.Equal(t, before, f.ok(http.MethodGet, pathKeys, ""), "nothing was stored anew")
	// Else a stolen session could send the key to a server of the thief.
	for _, entry := range []string{`{"api_key":"****WXYZ","base_url":"https://evil.example"}`, `{"api_key":"****WXYZ","model":"other"}`} {
		requireProblem(t, f.submitStep(1, `{"api_keys":{"openai_compatible":`+entry+`}}`), 400, "required")
	}
	requireProblem(t, f.submitStep(1, `{"api_keys":{"openai":"****WXYZ"}}`), 400, "invalid_key")
}

func TestStepOneNeedsALanguageModel(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for data, code := range map[string]string{
		`{}`:                                   "language_model_key_missing",
		`{"api_keys":{}}`:                      "language_model_key_missing",
		`{"api_keys":{"openai":""}}`:           "language_model_key_missing",
		`{"api_keys":{"tavily":"0123456789"}}`: "language_model_key_missing",
		`{"api_keys":{"openai":"` + canary + `"}}`:   "invalid_key",
		`{"api_keys":{"` + canary + `":"openai"}}`:   "unknown_provider",
		`{"api_keys":{"openai":["` + canary + `"]}}`: "invalid_field",
		`{"api_keys":{"google":"AIza` + strings.Repeat("x", 30) + `","gemini":"AIza` + strings.Repeat("y", 30) + `"}}`: "duplicate_provider",
	} {
		r := f.submitStep(1, data)
		requireProblem(t, r, 400, code)
		assert.NotContains(t, string(r.body), canary)
	}
	assert.Empty(t, f.ok(http.MethodGet, pathKeys, "")["api_keys"], "a refused step stores nothing")
	assert.Equal(t, "pending", f.stepStatus(1))
}

// checker is a model client whose providers say what the test says.
type checker struct {
	rooms

	answers map[onboarding.Provider]error
}

func (c checker) Check(_ context.Context, credential onboarding.Credential) error {
	if credential.Key != aModelKey && !strings.HasPrefix(string(credential.Key), "sk-ant-") {
		return errors.New("not the stored key")
	}
	return c.answers[credential.Provider]
}

func TestKeysAreChecked(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	none := f.ok(http.MethodPost, pathCheck, "")
	assert.Equal(t, true, none["all_valid"])
	assert.Equal(t, []any{}, none["missing_keys"])
	for _, provider := range []string{"gemini", "exa"} {
		assert.Equal(t, "missing", at(t, none, "validation_results", provider, "status"))
	}

	ring, err := keyRing()
	require.NoError(t, err)
	answers := map[onboarding.Provider]error{}
	f.workWith(func(c *jobs.WorkerConfig) { c.Models, c.Keys = checker{answers: answers}, ring })
	require.Equal(t, 200, f.saveKey("openai", aModelKey).status)
	require.Equal(t, 200, f.saveKey("tavily", "0123456789").status)
	good := f.ok(http.MethodGet, pathCheck, "")
	assert.Equal(t, map[string]any{"valid": true, "status": "configured"}, at(t, good, "validation_results", "openai"))
	assert.Equal(t, map[string]any{"valid": false, "status": "unknown"}, at(t, good, "validation_results", "tavily"))
	assert.Equal(t, map[string]any{"openai": "****WXYZ", "tavily": "****"}, good["api_keys"])
	assert.Equal(t, true, good["all_valid"])
	assert.Equal(t, true, good["finished"])

	answers[onboarding.ProviderAnthropic] = &onboarding.Failure{Code: onboarding.FailureKeyRefused, Subject: "Anthropic"}
	require.Equal(t, 200, f.saveKey("anthropic", "sk-ant-0123456789").status)
	bad := f.ok(http.MethodPost, pathCheck, "")
	assert.Equal(t, false, bad["all_valid"])
	assert.Equal(t, "invalid", at(t, bad, "validation_results", "anthropic", "status"))
	assert.Contains(t, at(t, bad, "validation_results", "anthropic", "error"), "Anthropic refused your API key")
}

func TestAnOperatorCanLetOwnersReadTheirKeys(t *testing.T) {
	t.Parallel()
	f := newKeyFixture(t, func(c *httpapi.Config) { c.ReadableKeys = true })
	count := func() (n int) {
		require.NoError(t, f.db.System.QueryRow(t.Context(),
			"select count(*) from audit_log where actor = 'ada' and user_id = 'ada' and action = 'api_keys.read'").Scan(&n))
		return n
	}
	f.ok(http.MethodGet, pathKeys+"/onboarding", "")
	assert.Zero(t, count(), "there was nothing to read")
	f.saveKey("openai", aModelKey)
	r := f.as("ada", http.MethodGet, pathKeys+"/onboarding", "")
	assert.Equal(t, aModelKey, at(t, r.object(t), "api_keys", "openai"))
	assert.Equal(t, "no-store", r.header.Get("Cache-Control"))
	assert.Equal(t, 1, count())
	assert.NotContains(t, string(f.as("ada", http.MethodGet, pathKeys, "").body), aModelKey, "only there")
}

// envFile remembers what it was told, by name.
type envFile struct {
	mu     sync.Mutex
	values map[string]string
	fail   error
}

func (e *envFile) write(name, value string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.fail == nil {
		e.values[name] = value
	}
	return e.fail
}

func (e *envFile) remove(name string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.values, name)
	return e.fail
}

func TestADevelopersFileFollowsTheKeys(t *testing.T) {
	t.Parallel()
	file := &envFile{values: map[string]string{}}
	f := newKeyFixture(t, func(c *httpapi.Config) { c.WriteEnv, c.RemoveEnv = file.write, file.remove })
	f.saveKey("openai", aModelKey)
	f.submitStep(1, `{"api_keys":{"tavily":"0123456789","openai":"****WXYZ"}}`)
	assert.Equal(t, map[string]string{"OPENAI_API_KEY": aModelKey, "TAVILY_API_KEY": "0123456789"}, file.values)
	f.ok(http.MethodDelete, pathKeys+"/tavily", "")
	assert.NotContains(t, file.values, "TAVILY_API_KEY")

	file.fail = fs.ErrPermission
	r := f.saveKey("openai", aModelKey)
	require.Equal(t, 200, r.status, "%s", r.body)
	assert.Len(t, r.object(t)["warnings"], 1)
	assert.Len(t, f.ok(http.MethodDelete, pathKeys+"/openai", "")["warnings"], 1)
	assert.Contains(t, f.log.String(), "environment file not changed")
	assert.NotContains(t, f.log.String(), aModelKey)
}

// A key goes through every operation that takes or shows keys, and through the ones
// around them; then it is searched for everywhere.
func TestNoKeyLeaks(t *testing.T) {
	t.Parallel()
	const secret = "sk-canary-0123456789-canary"
	f := newFixture(t)
	ring, err := keyRing()
	require.NoError(t, err)
	f.workWith(func(c *jobs.WorkerConfig) {
		c.Models, c.Keys = checker{answers: map[onboarding.Provider]error{onboarding.ProviderOpenAI: errors.New("not reached")}}, ring
	})
	var answers strings.Builder
	for _, request := range [][3]string{
		{http.MethodPost, pathKeys, `{"provider":"openai","api_key":"` + secret + `"}`},
		{http.MethodPost, pathKeys, `{"provider":"` + secret + `","api_key":"openai"}`},
		{http.MethodPost, pathKeys, `{"provider":"exa","api_key":"` + secret + `"}`},
		{http.MethodPost, pathKeys, `{"provider":"openai","api_key":"` + secret + `","base_url":"` + secret + `"}`},
		{http.MethodPost, stepPath(1, "/complete"), `{"data":{"api_keys":{"openai":"` + secret + `"}}}`},
		{http.MethodPost, stepPath(1, "/complete"), `{"data":{"api_keys":{"` + secret + `":"openai"}}}`},
		{http.MethodPost, stepPath(1, "/complete"), `{"data":{"api_keys":"` + secret + `"}}`},
		{http.MethodPost, stepPath(3, "/complete"), `{"data":{"api_keys":{"openai":"` + secret + `"}}}`},
		{http.MethodPost, stepPath(5, "/complete"), `{"data":{"api_keys":{"openai":"` + secret + `"},"apiKeys":{"a":"` + secret + `"},
			"integrations":{"wordpress":{"api_key":"` + secret + `"}}}}`},
		{http.MethodPost, stepPath(3, "/complete"), `{"data":{"competitors":[{"title":"A","api_key":"` + secret + `"}]}}`},
		{http.MethodPost, stepPath(4, "/complete"), `{"data":{"corePersona":{"identity":{"persona_name":"Ada","apiKey":"` + secret + `"}},
			"platformPersonas":{"blog":{"api_keys":["` + secret + `"]}}}}`},
		{http.MethodPost, stepPath(1, "/complete"), `{"data":` + secret},
		{http.MethodGet, pathKeys, ""},
		{http.MethodGet, pathKeys + "/onboarding", ""},
		{http.MethodPost, pathCheck, ""},
		{http.MethodGet, pathCheck, ""},
		{http.MethodGet, base + "/init", ""},
		{http.MethodGet, base + "/progress", ""},
		{http.MethodGet, base + "/summary", ""},
		{http.MethodGet, stepPath(1, ""), ""},
		{http.MethodGet, stepPath(5, ""), ""},
		{http.MethodDelete, pathKeys + "/" + secret, ""},
	} {
		r := f.as("ada", request[0], request[1], request[2])
		require.Less(t, r.status, 500, "%s", r.body)
		answers.Write(r.body)
		_, _ = fmt.Fprint(&answers, r.header)
	}
	f.requireNowhere(secret, answers.String(), f.log.String(), metricsText(t, f))
}

// requireNowhere searches texts and every table for a secret.
func (f *fixture) requireNowhere(secret string, texts ...string) {
	f.t.Helper()
	for _, text := range texts {
		require.NotContains(f.t, text, secret)
	}
	owner, err := pgx.Connect(f.t.Context(), f.db.URL)
	require.NoError(f.t, err)
	defer func() { _ = owner.Close(context.Background()) }()
	var stored int
	require.NoError(f.t, owner.QueryRow(f.t.Context(), "select count(*) from api_keys").Scan(&stored))
	require.NotZero(f.t, stored, "the owner sees every row")
	rows, err := owner.Query(f.t.Context(), "select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'")
	require.NoError(f.t, err)
	var tables []string
	for rows.Next() {
		var name string
		require.NoError(f.t, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(f.t, rows.Err())
	require.Greater(f.t, len(tables), 15)
	for _, table := range tables {
		var found int
		query := fmt.Sprintf("select count(*) from %q x where x::text like $1 or encode(convert_to(x::text, 'UTF8'), 'escape') like $1", table)
		require.NoError(f.t, owner.QueryRow(f.t.Context(), query, "%"+secret+"%").Scan(&found))
		require.Zero(f.t, found, "the key stands in %s", table)
		hexed := fmt.Sprintf("%%%x%%", secret)
		require.NoError(f.t, owner.QueryRow(f.t.Context(), query, hexed).Scan(&found))
		require.Zero(f.t, found, "the key stands in %s, in bytes", table)
	}
}
