package httpapi_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// usersTables returns the tables that say whose their rows are.
func (f *fixture) usersTables() (tables []string) {
	f.t.Helper()
	require.NoError(f.t, f.db.System.QueryRow(f.t.Context(), `select array_agg(c.relname::text) from pg_class c join pg_attribute a on a.attrelid = c.oid
		where a.attname = 'user_id' and c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`).Scan(&tables))
	require.Greater(f.t, len(tables), 15)
	return tables
}

func (f *fixture) exec(sql string, args ...any) {
	f.t.Helper()
	_, err := f.db.System.Exec(f.t.Context(), sql, args...)
	require.NoError(f.t, err)
}

// storeEverything stores a row of ada in every table that can have one.
func (f *fixture) storeEverything() {
	f.t.Helper()
	require.Equal(f.t, 200, f.saveKey("openai", aModelKey).status)
	require.Equal(f.t, 200, f.submitStep(3, `{}`).status)
	require.Equal(f.t, 200, f.as("ada", http.MethodPost, base+"/business-info", `{"business_description":"We repair bicycles."}`).status)
	require.Equal(f.t, 200, f.as("ada", http.MethodPost, base+"/start", "", "Idempotency-Key", "once").status)
	const mine = "from submissions s where s.user_id = 'ada' and s.step = 2"
	f.exec("insert into page_digests (submission_id, position, user_id, page) select s.id, 1, 'ada', '{}' " + mine)
	f.exec("insert into checkpoints (submission_id, name, user_id, document) select s.id, 'core', 'ada', '{}' " + mine)
	f.exec("insert into website_analyses (session_id, user_id, website_url, submission_id, analysis) select s.session_id, 'ada', 'https://a.example', s.id, '{}' " + mine)
	f.exec("insert into persona_data (session_id, user_id, submission_id, core_persona, platform_personas, quality_metrics, selected_platforms, engine) select s.session_id, 'ada', s.id, '{}', '{}', '{}', '{}', 'local' " + mine)
	f.exec("insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, cached_tokens, output_tokens) select s.session_id, 'ada', s.id, 'openai', 'm', 'p', 1, 0, 1 " + mine)
	f.execAs("ada", "insert into dead_jobs (submission_id, session_id, user_id, job_id, kind, code, attempts, recoveries) select s.id, s.session_id, 'ada', 1, s.kind, 'internal_error', 4, 0 "+mine)
	f.exec("insert into stream_tickets values (sha256('a'), 'ada', now(), now())")
	f.exec("insert into bulk_operations (id, kind, actor, total) values ('0197c1d2-0000-7000-8000-000000000000', 'reset', 'ops', 1)")
	f.exec("insert into bulk_items (operation_id, position, user_id, status) values ('0197c1d2-0000-7000-8000-000000000000', 1, 'ada', 'done')")
}

// Whatever table says whose its rows are is in the export, with the caller's rows and
// no others.
func TestExportHoldsEverything(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.storeEverything()
	require.Equal(t, 200, f.as("bob", http.MethodPost, base+"/start", "").status)
	r := f.as("ada", http.MethodGet, base+"/export", "")
	require.Equal(t, 200, r.status, "%s", r.body)
	assert.Equal(t, "no-store", r.header.Get("Cache-Control"))
	assert.Contains(t, r.header.Get("Content-Disposition"), "attachment")
	body := r.object(t)
	assert.Equal(t, "ada", body["user_id"])
	data, ok := body["data"].(map[string]any)
	require.True(t, ok)
	for _, table := range f.usersTables() {
		if table == "rollup_sessions" { // how far the session is counted: nothing about the user
			continue
		}
		stored := f.count("select count(*) from " + table + " where user_id = 'ada'")
		assert.Positive(t, stored, "the test stores nothing in %s", table)
		assert.Len(t, data[table], stored, table)
	}
	assert.Len(t, data["jobs"], f.count("select count(*) from river_job where args ->> 'user_id' = 'ada'"))
	assert.NotEmpty(t, data["jobs"])
	assert.NotContains(t, string(r.body), "bob")

	assert.NotContains(t, string(r.body), aModelKey)
	key := list(t, data, "api_keys")[0]
	assert.Equal(t, "****"+aModelKey[len(aModelKey)-4:], key["key"])
	for _, secret := range []string{"sealed", "fingerprint"} {
		assert.NotContains(t, key, secret)
	}
	assert.NotContains(t, list(t, data, "stream_tickets")[0], "hash")
	assert.Contains(t, list(t, data, "idempotency_keys")[0]["body"], "Your onboarding is ready.")
	assert.Equal(t, 1, f.count("select count(*) from audit_log where actor = 'ada' and action = 'account.export' and user_id = 'ada'"))

	empty := f.as("carol", http.MethodGet, base+"/export", "").object(t)
	assert.Len(t, list(t, empty["data"].(map[string]any), "onboarding_steps"), 6) //nolint:forcetypeassert // fails the test
}

// What goes wrong before the first row is a problem; later the answer breaks off.
func TestExportThatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	f := newFixture(t)
	f.storeEverything()
	late := newFixtureOn(t, f.db.App, func(c *httpapi.Config) {
		export := c.State.Export
		c.State.Export = func(ctx context.Context, userID string, emit func(string, json.RawMessage) error) error {
			if userID == "bob" {
				return broken
			}
			rows := 0
			return export(ctx, userID, func(table string, row json.RawMessage) error {
				if rows++; rows > 3 {
					return broken
				}
				return emit(table, row)
			})
		}
	})
	requireProblem(t, late.as("bob", http.MethodGet, base+"/export", ""), 500, "internal_error")
	for range 4 { // each gives its place back
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, late.url+base+"/export", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+late.token("ada"))
		answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
		if err == nil {
			_, err = io.ReadAll(answer.Body)
			require.NoError(t, answer.Body.Close())
		}
		require.Error(t, err, "half an export must not look whole")
	}
}

// Nothing that says whose it is stays but the audit log, and the user may begin anew.
func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.storeEverything()
	require.Equal(t, 200, f.as("bob", http.MethodPost, base+"/start", "").status)
	session := f.as("ada", http.MethodPost, base+"/start", "").object(t)["id"]
	r := f.as("ada", http.MethodDelete, base+"/account", "")
	assert.Equal(t, 204, r.status, "%s", r.body)
	assert.Empty(t, r.body)
	for _, table := range f.usersTables() {
		if table == "audit_log" {
			continue
		}
		assert.Zero(t, f.count("select count(*) from "+table+" where user_id = 'ada'"), table)
	}
	assert.Zero(t, f.count("select count(*) from river_job where strpos(to_jsonb(river_job)::text, '\"ada\"') > 0"))
	assert.Equal(t, 1, f.count("select count(*) from onboarding_sessions"), "bob's stays")
	assert.Equal(t, 1, f.count("select count(*) from audit_log where actor = 'ada' and action = 'account.delete' and user_id = 'ada'"))

	assert.Equal(t, 204, f.as("ada", http.MethodDelete, base+"/account", "").status, "a second time")
	anew := f.as("ada", http.MethodPost, base+"/start", "").object(t)
	assert.NotEqual(t, session, anew["id"])
	assert.InDelta(t, 0, anew["completion_percentage"], 0)
	assert.Equal(t, false, f.as("ada", http.MethodGet, pathKeys, "").object(t)["has_keys"] == true)
}

// The developer's file of keys is cleared as well.
func TestDeleteAccountClearsTheEnvFile(t *testing.T) {
	t.Parallel()
	var removed []string
	db := pgtest.New(t)
	f := newFixtureOn(t, db.App, func(c *httpapi.Config) {
		c.WriteEnv = func(string, string) error { return nil }
		c.RemoveEnv = func(name string) error { removed = append(removed, name); return nil }
	})
	require.Equal(t, 200, f.saveKey("openai", aModelKey).status)
	require.Equal(t, 204, f.as("ada", http.MethodDelete, base+"/account", "").status)
	assert.Equal(t, []string{"OPENAI_API_KEY"}, removed)
}

// Services read the inputs of a user by the scope of their token.
func TestInputsForServices(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	require.Equal(t, 200, f.as("auth0|ada", http.MethodPost, base+"/start", "").status)
	const path = base + "/users/auth0%7Cada/personalization-inputs"
	service := []string{"Authorization", "Bearer " + f.tokenOf(auth.User{ID: "writer", Scopes: []string{"inputs:read"}})}
	audited := func(action string) int {
		return f.count("select count(*) from audit_log where actor = 'writer' and action = $1 and user_id = 'auth0|ada'", action)
	}
	r := f.send(http.MethodGet, path, "", service...)
	require.Equal(t, 200, r.status, "%s", r.body)
	assert.JSONEq(t, string(f.as("auth0|ada", http.MethodGet, base+"/personalization-inputs", "").body), string(r.body))
	assert.Equal(t, 1, audited("inputs.read"))
	same := f.send(http.MethodGet, path, "", append(service, "If-None-Match", r.header.Get("ETag"))...)
	assert.Equal(t, 304, same.status)
	assert.Equal(t, 2, audited("inputs.read"))

	requireProblem(t, f.send(http.MethodGet, base+"/users/nobody/personalization-inputs", "", service...), 404, "not_found")
	assert.Zero(t, f.count("select count(*) from onboarding_sessions where user_id in ('nobody', 'writer')"), "looking makes no user")
	for _, other := range []auth.User{{ID: "writer"}, {ID: "writer", Role: "admin"}, {ID: "writer", Scopes: []string{"inputs", "inputs:write"}}} {
		requireProblem(t, f.send(http.MethodGet, path, "", "Authorization", "Bearer "+f.tokenOf(other)), 403, "scope_required")
	}
	assert.Equal(t, 3, audited("inputs.refused"))
	assert.Equal(t, 2, audited("inputs.read"))
}
