package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

var operationRequirements = map[string]requirement{
	"M2": func(t *testing.T, s *system) {
		elsewhere(t, s)
		envFile(t, s)
	},
	"M3": func(t *testing.T, s *system) {
		c := s.as(t)
		for _, path := range []string{
			"/init", "/status", "/progress", "/step/1", "/step/6", "/resume", "/config", "/summary", "/api-keys",
			"/api-keys/onboarding",
			"/api-keys/validate", "/website-analysis", "/research-preferences", "/style-detection/session-analyses",
			"/style-detection/configuration-options", "/style-detection/check-existing/https%3A%2F%2Fexample.com",
			"/ai-research/configuration-options", "/step4/persona-latest", "/step4/persona-options", "/personalization-inputs",
		} {
			c.get(path)
		}
	},
	"E1": func(t *testing.T, s *system) {
		out, err := s.env.runWith(map[string]string{"DATABASE_URL": ""}, "api", "run")
		require.Error(t, err)
		assert.Contains(t, out, "DATABASE_URL")
	},
	"E2": func(t *testing.T, s *system) {
		stranger := &client{t: t, base: s.api.base, token: "not.a.token"}
		refused := stranger.call(http.MethodGet, root+"/status", nil)
		assert.Equal(t, http.StatusUnauthorized, refused.status)
		assert.Equal(t, "Bearer", refused.header.Get("WWW-Authenticate"))
	},
	"X1": func(t *testing.T, _ *system) {
		e := environment{t: t, databaseURL: pgtest.NewURL(t), dataDir: t.TempDir()}
		away := e
		away.databaseURL = "postgres://nobody@127.0.0.1:1/none"
		answer := away.api().call(http.MethodGet, root+"/status", nil)
		assert.Equal(t, http.StatusServiceUnavailable, answer.status)
		assert.Equal(t, "database_unavailable", answer.text("code"))
		assert.NotEmpty(t, answer.header.Get("Retry-After"))
	},
	"X2": func(t *testing.T, s *system) {
		assert.Equal(t, "1", s.as(t).get("/status").text("current_step"), "a new user is a user")
		missing := s.as(t).call(http.MethodGet, root+"/step4/persona-task/0197c1d2-0000-7000-8000-000000000000", nil)
		assert.Equal(t, http.StatusNotFound, missing.status)
		assert.Equal(t, "Task not found", missing.text("detail"))
	},
	"X3": func(t *testing.T, s *system) {
		refused := s.as(t).call(http.MethodPost, root+
			"/step/2/complete", map[string]any{"data": map[string]any{"website": 7}})
		assert.Equal(t, http.StatusBadRequest, refused.status)
		assert.Contains(t, refused.body["errors"].([]any)[0].(map[string]any)["field"], "website")
	},
	"Q1": func(t *testing.T, s *system) {
		assert.Zero(t, value[int](t, s.db, `select count(*) from (`+userTables+`) u where not exists (
			select from pg_index i where i.indrelid = u.oid)`), "tables without an index")
	},
	"Q2": func(t *testing.T, s *system) {
		c := s.as(t)
		tag := c.get("/status").header.Get("ETag")
		require.NotEmpty(t, tag)
		assert.Equal(t, http.StatusNotModified, c.conditional(t, "/status", tag))
		c.post("/step/1/skip", nil)
		assert.Equal(t, http.StatusOK, c.conditional(t, "/status", tag))
	},
	"Q3": func(t *testing.T, s *system) {
		c := s.as(t)
		c.get("/status")
		began := time.Now()
		for range 20 {
			c.get("/status")
		}
		assert.Less(t, time.Since(began), 10*time.Second) // TestOneRoundTrip of httpapi counts them
	},
	"Q4": func(t *testing.T, s *system) {
		assert.Positive(t, value[int](t, s.db, `select count(*) from pg_stat_activity where application_name like '%api%'`))
	},
	"Z1": func(t *testing.T, _ *system) { assert.Greater(t, countFiles(t, "_test.go"), 50) },
	"Z2": func(t *testing.T, s *system) { assert.Contains(t, s.env.databaseURL, "test_") },
	"Z3": func(t *testing.T, _ *system) {
		mod, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
		require.NoError(t, err)
		assert.NotRegexp(t, `sqlmock|pgxmock|gomock|mockery`, string(mod))
	},
	"U1": example("Basic progress tracking"),
	"U2": example("Database operations"),
	"U3": example("Progress service"),
	"F1": func(t *testing.T, s *system) {
		c := s.as(t)
		ticket := c.post("/stream-ticket", nil).text("ticket")
		require.NotEmpty(t, ticket)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+root+"/events?ticket="+
			ticket, http.NoBody)
		require.NoError(t, err)
		response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
		require.NoError(t, err)
		defer response.Body.Close()
		assert.Equal(t, "text/event-stream", strings.Split(response.Header.Get("Content-Type"), ";")[0])
		first := make([]byte, 512)
		n, err := response.Body.Read(first)
		require.NoError(t, err)
		assert.Contains(t, string(first[:n]), "event: ")
	},
	"F2": func(t *testing.T, s *system) {
		s.as(t).get("/status")
		report, err := s.env.run("worker", "report")
		require.NoError(t, err, report)
		assert.Regexp(t, `(?m)^report: sessions=\d+ started=\d+ finished=\d+$`, report)
	},
	"F3": func(t *testing.T, s *system) {
		c := s.as(t)
		c.post("/step/1/skip", nil)
		out, err := s.env.run("worker", "bulk", "reset", "user_F3")
		require.NoError(t, err, out)
		assert.Contains(t, out, "operation=reset status=completed users=1 done=1")
		assert.Equal(t, "pending", c.get("/step/1").text("status"))
	},
}

// conditional returns the status of a request that names an ETag.
func (c *client) conditional(t *testing.T, path, tag string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.base+root+path, http.NoBody)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("If-None-Match", tag)
	response, err := (&http.Client{Timeout: 20 * time.Second}).Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}

func countFiles(t *testing.T, suffix string) int {
	t.Helper()
	n := 0
	require.NoError(t, filepath.WalkDir(filepath.Join("..", ".."), func(path string, entry os.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, suffix) {
			n++
		}
		return err
	}))
	return n
}

// curlBlock is a shell example under its heading.
func curlBlock(t *testing.T, heading string) string {
	t.Helper()
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	require.NoError(t, err)
	_, section, found := strings.Cut(string(document), "### "+heading+"\n")
	require.True(t, found, "docs/api.md has no heading %q", heading)
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatch(section)
	require.NotNil(t, block, "there is no example under %q", heading)
	return block[1]
}
