package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// canary is part of every key of this test.
const canary = "CaNaRyCaNaRy"

// canaryKeys are keys of all kinds of providers.
var canaryKeys = map[string]string{
	"openai": "sk-" + canary + "-0123456789", "anthropic": "sk-ant-" + canary + "-0123456789",
	"gemini": "AIza" + canary + strings.Repeat("x", 26), "mistral": canary + "-mistral-0123456789",
	"tavily": canary + "-tavily-0123456789", "copilotkit": "ck_pub_" + canary,
}

// A key goes through every endpoint and every job that may touch it, with providers
// that refuse it, fail and answer. No response, log, metric, table or job contains it.
func TestKeysAreFoundNowhere(t *testing.T) {
	t.Parallel()
	e := setup(t)
	e.logs = &lockedBuffer{}
	openAI := modelServer(t, llmtest.OpenAI, llmtest.KeyInvalid, llmtest.ServerError, llmtest.BrokenJSON,
		llmtest.RateLimited)
	anthropic := modelServer(t, llmtest.Anthropic)
	worker, api := freeAddress(t), freeAddress(t)
	e.settings = map[string]string{
		"MODEL_OPENAI_URL": openAI.URL(), "MODEL_ANTHROPIC_URL": anthropic.URL(), "LOG_LEVEL": "debug",
	}
	e.start(map[string]string{"METRICS_ADDR": worker}, "worker", "run")
	e.settings["METRICS_ADDR"] = api
	shop, c := newSite(t, ""), e.api()
	answers := &strings.Builder{}
	say := func(method, path string, body any) answer {
		a := c.call(method, root+path, body)
		fmt.Fprintln(answers, method, a.status, a.body, a.header)
		return a
	}
	sendKeysEverywhere(say)
	require.Equal(t, "completed", say(http.MethodPost, "/step/1/complete",
		map[string]any{"data": map[string]any{"api_keys": canaryKeys}}).text("status"))
	say(http.MethodGet, "/api-keys/validate", nil)
	// Older clients send the keys of step 1 with every step.
	with := func(data map[string]any) map[string]any {
		data["api_keys"], data["apiKeys"] = canaryKeys, canaryKeys
		return map[string]any{"data": data}
	}
	competitors := []any{map[string]any{"title": "A", "api_key": canaryKeys["openai"]}}
	require.Equal(t, 200, say(http.MethodPost, "/step/3/complete",
		with(map[string]any{"research_depth": "Deep", "competitors": competitors})).status)
	integrations := map[string]any{"wordpress": map[string]any{"apiKey": canaryKeys["openai"]}}
	require.Equal(t, 200,
		say(http.MethodPost, "/step/5/complete", with(map[string]any{"integrations": integrations})).status)
	say(http.MethodPost, "/step/2/complete", with(map[string]any{"website": shop.url}))
	c.await("/step/2", is("status", "failed")) // OpenAI refuses the key
	say(http.MethodPost, "/step/2/retry", nil) // then fails, asks to wait, and answers
	c.await("/step/2", is("status", "completed"))
	say(http.MethodPost, "/step/4/complete", with(map[string]any{"selected_platforms": []string{"blog", "linkedin"}}))
	c.await("/step/4", is("status", "completed"))
	assert.NotEmpty(t, openAI.Calls(), "the key was used")
	for _, path := range getPaths(t, c) {
		fmt.Fprintln(answers, path, raw(t, c, c.base+path))
	}
	hits := 0
	for what, text := range map[string]string{
		"answers": answers.String(), "logs": e.logs.String(), "tables": tables(t, e),
		"metrics of the worker": raw(t, c, "http://"+worker+"/metrics"),
		"metrics of the API":    raw(t, c, "http://"+api+"/metrics"),
	} {
		assert.Greater(t, len(text), 1000, "%s are there", what)
		at := strings.Index(text, canary)
		hits += strings.Count(text, canary)
		assert.Negative(t, at, "a key is in the %s: %s", what, text[max(at-200, 0):max(at, 0)])
	}
	t.Logf("security-count: canary_hits=%d", hits)
}

// modelServer starts a server that answers after the given faults.
func modelServer(t *testing.T, family llmtest.Family, faults ...llmtest.Fault) *llmtest.Server {
	t.Helper()
	server, err := llmtest.Start(llmtest.Config{Family: family, Script: func(
		n int, request llmtest.Request,
	) llmtest.Fault {
		if request.List || n > len(faults) {
			return llmtest.None
		}
		return faults[n-1]
	}})
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

// sendKeysEverywhere sends keys in every field that might take one.
func sendKeysEverywhere(say func(method, path string, body any) answer) {
	key := canaryKeys["openai"]
	for provider, key := range canaryKeys {
		say(http.MethodPost, "/api-keys", map[string]any{"provider": provider, "api_key": key})
	}
	for _, body := range []any{
		map[string]any{"provider": "openai", "api_key": canary},
		map[string]any{"provider": canary, "api_key": key},
		map[string]any{"provider": "openai", "api_key": key, "base_url": "http://" + canary},
		map[string]any{canary: key},
		map[string]any{"provider": "openai", "api_key": []string{key}},
		key,
	} {
		say(http.MethodPost, "/api-keys", body)
	}
	for step := range 7 {
		data := map[string]any{"api_keys": map[string]any{"exa": key, "nobody": key}, "apiKeys": map[string]any{"exa": key}}
		if step != 5 { // it stores unknown fields
			data["website"], data["research_depth"], data["selected_platforms"] = "ftp://"+key, key, []string{key}
		}
		say(http.MethodPost, fmt.Sprintf("/step/%d/complete", step), map[string]any{"data": data})
	}
	say(http.MethodGet, "/api-keys", nil)
	say(http.MethodGet, "/api-keys/onboarding", nil)
	say(http.MethodDelete, "/api-keys/"+key, nil)
}

// getPaths are the paths of GET operations without parameters.
func getPaths(t *testing.T, c *client) []string {
	t.Helper()
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	require.NoError(t, json.Unmarshal([]byte(raw(t, c, c.base+"/openapi.json")), &document))
	var paths []string
	for path, methods := range document.Paths {
		if _, ok := methods["get"]; ok && !strings.ContainsAny(path, "{*") && !strings.HasSuffix(path, "/events") &&
			!strings.HasSuffix(path, "/ws") {
			paths = append(paths, path)
		}
	}
	for n := 1; n <= 6; n++ {
		paths = append(paths, fmt.Sprintf("%s/step/%d", root, n))
	}
	sort.Strings(paths)
	require.Greater(t, len(paths), 15)
	return paths
}

// raw returns a body undecoded.
func raw(t *testing.T, c *client, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

// tables returns every row of every table as text, the queue's included.
func tables(t *testing.T, e environment) string {
	t.Helper()
	db := openAll(t, e.databaseURL)
	rows, err := db.Query(t.Context(),
		`select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
		and has_table_privilege(oid, 'select')`)
	require.NoError(t, err)
	var names []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	require.Contains(t, names, "api_keys")
	require.Contains(t, names, "river_job")
	all := &strings.Builder{}
	for _, name := range names {
		fmt.Fprintln(all, name, value[string](t, db, `select coalesce(string_agg(r::text, chr(10)), '') from "`+name+`" r`))
		// bytea is shown in hexadecimal otherwise.
	}
	sealed := value[string](t, db, `select coalesce(string_agg(encode(sealed, 'escape'), chr(10)), '') from api_keys`)
	return all.String() + sealed
}
