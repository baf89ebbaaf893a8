package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// requirement checks one item of docs/requirements.md against running processes.
type requirement func(t *testing.T, s *system)

// requirements is the table of all rows.
var requirements = merge(storageRequirements, stepRequirements, dataRequirements, operationRequirements)

func merge(tables ...map[string]requirement) map[string]requirement {
	all := map[string]requirement{}
	for _, table := range tables {
		for row, check := range table {
			if _, twice := all[row]; twice {
				panic("two checks for row " + row)
			}
			all[row] = check
		}
	}
	return all
}

// Every row of the document has a check, which passes.
func TestRequirements(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "requirements.md"))
	require.NoError(t, err)
	rows := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^- ([A-Z]\d+) \S`).FindAllSubmatch(document, -1) {
		row := string(match[1])
		require.False(t, rows[row], "row %s stands there twice", row)
		rows[row] = true
	}
	require.Greater(t, len(rows), 50)
	for row := range requirements {
		assert.True(t, rows[row], "the check %s has no row", row)
	}
	s := newSystem(t)
	for row := range rows {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			check, ok := requirements[row]
			require.True(t, ok, "row %s has no check", row)
			check(t, s)
		})
	}
}

// system is a running system: two API processes, a worker and a website.
type system struct {
	env     environment
	api     *client // one API process
	other   *client // the other one
	shop    *site
	db      *pgxpool.Pool
	envFile string
}

func newSystem(t *testing.T) *system {
	t.Helper()
	e := setup(t)
	openAI, err := llmtest.Start(llmtest.Config{Family: llmtest.OpenAI})
	require.NoError(t, err)
	t.Cleanup(openAI.Close)
	e.settings = map[string]string{"MODEL_OPENAI_URL": openAI.URL()}
	e.worker()
	return &system{
		env: e, api: e.api(), other: e.api(), shop: newSite(t, ""), db: openAll(t, e.databaseURL),
		envFile: filepath.Join(e.dataDir, ".env"),
	}
}

// as returns a client of the first API process for a user of the test's own.
func (s *system) as(t *testing.T) *client {
	t.Helper()
	return s.named(t, "user_"+filepath.Base(t.Name()))
}

func (s *system) named(t *testing.T, user string) *client {
	t.Helper()
	token, err := s.env.run("api", "token", "-user", user)
	require.NoError(t, err, token)
	return &client{t: t, base: s.api.base, token: regexp.MustCompile(`\S+`).FindString(token)}
}

// elsewhere returns the same user's client of the other API process.
func (s *system) elsewhere(c *client) *client {
	return &client{t: c.t, base: s.other.base, token: c.token}
}

const root = "/api/onboarding"

// ok calls and requires an answer of success.
func (c *client) ok(method, path string, body any) answer {
	c.t.Helper()
	a := c.call(method, root+path, body)
	require.Less(c.t, a.status, 300, "%s %s: %v", method, path, a.body)
	return a
}

func (c *client) get(path string) answer {
	c.t.Helper()
	return c.ok(http.MethodGet, path, nil)
}

func (c *client) post(path string, body any) answer {
	c.t.Helper()
	return c.ok(http.MethodPost, path, body)
}

// complete submits a step.
func (c *client) complete(step int, data any) answer {
	c.t.Helper()
	return c.post(fmt.Sprintf("/step/%d/complete", step), map[string]any{"data": data})
}

// await polls until a response is as wanted and returns it.
func (c *client) await(path string, wanted func(answer) bool) answer {
	c.t.Helper()
	var last answer
	require.Eventually(c.t, func() bool {
		var err error
		last, err = c.try(http.MethodGet, root+path, nil)
		return err == nil && last.status == http.StatusOK && wanted(last)
	}, 40*time.Second, 50*time.Millisecond, "%s does not become as wanted", path)
	return last
}

func is(path, value string) func(answer) bool {
	return func(a answer) bool { return a.text(path) == value }
}

// analysed submits the website and waits for the analysis.
func (c *client) analysed(s *system) {
	c.t.Helper()
	c.complete(2, map[string]any{"website": s.shop.url})
	c.await("/step/2", is("status", "completed"))
}

// personified submits step 4 and waits for the personas.
func (c *client) personified(s *system) {
	c.t.Helper()
	c.analysed(s)
	c.complete(4, map[string]any{"selected_platforms": []string{"linkedin", "blog"}})
	c.await("/step/4", is("status", "completed"))
}

const openAIKey = "sk-requirements-0123456789abcdef"

func (c *client) keyed() {
	c.t.Helper()
	c.post("/api-keys", map[string]string{"provider": "openai", "api_key": openAIKey})
}
