package wizard_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// usersTables returns the tables that say whose their rows are.
func usersTables(f *apitest.Fixture) (tables []string) {
	f.T.Helper()
	require.NoError(f.T, f.DB.System.QueryRow(f.T.Context(),
		`select array_agg(c.relname::text) from pg_class c join pg_attribute a on a.attrelid = c.oid
		where a.attname = 'user_id' and c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace`).Scan(&tables))
	require.Greater(f.T, len(tables), 15)
	return tables
}

// storeEverything stores a row of ada in every table that can have one.
func storeEverything(f *apitest.Fixture) {
	f.T.Helper()
	require.Equal(f.T, 200, f.SaveKey("openai", apitest.AModelKey).Status)
	require.Equal(f.T, 200, f.SubmitStep(3, `{}`).Status)
	require.Equal(f.T, 200,
		f.As("ada", http.MethodPost, apitest.Base+"/business-info", `{"business_description":"We repair bicycles."}`).Status)
	require.Equal(f.T, 200, f.As("ada", http.MethodPost, apitest.Base+"/start", "", "Idempotency-Key", "once").Status)
	const mine = "from submissions s where s.user_id = 'ada' and s.step = 2"
	f.Exec("insert into page_digests (submission_id, position, user_id, page) select s.id, 1, 'ada', '{}' " + mine)
	f.Exec("insert into checkpoints (submission_id, name, user_id, document) select s.id, 'core', 'ada', '{}' " + mine)
	f.Exec("insert into website_analyses (session_id, user_id, website_url, submission_id, analysis) select " +
		"s.session_id, 'ada', 'https://a.example', s.id, '{}' " + mine)
	f.Exec("insert into persona_data (session_id, user_id, submission_id, core_persona, platform_personas, " +
		"quality_metrics, selected_platforms, engine) select s.session_id, 'ada', s.id, '{}', '{}', '{}', '{}', 'local' " +
		mine)
	f.Exec("insert into document_versions (session_id, user_id, version, state, origin, edited, provider, " +
		"submission_id, content, bytes, made_at) select s.session_id, 'ada', 1, 'past', 'edited', true, 'client', s.id, " +
		"'{}', 2, now() " + mine)
	f.Exec("insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, " +
		"cached_tokens, output_tokens) select s.session_id, 'ada', s.id, 'openai', 'm', 'p', 1, 0, 1 " + mine)
	f.ExecAs("ada",
		"insert into dead_jobs (submission_id, session_id, user_id, job_id, kind, code, attempts, recoveries) select s.id, "+
			"s.session_id, 'ada', 1, s.kind, 'internal_error', 4, 0 "+mine)
	f.Exec("insert into outbox_events (kind, user_id, session_id, version) select 'step.completed', 'ada', s.session_id, 1 " + mine)
	f.Exec("insert into stream_tickets values (sha256('a'), 'ada', now(), now())")
	f.Exec("insert into bulk_operations (id, kind, actor, total) values ('0197c1d2-0000-7000-8000-000000000000', " +
		"'reset', 'ops', 1)")
	f.Exec("insert into bulk_items (operation_id, position, user_id, status) values " +
		"('0197c1d2-0000-7000-8000-000000000000', 1, 'ada', 'done')")
}

// Whatever table says whose its rows are is in the export, with the caller's rows and
// no others.
func TestExportHoldsEverything(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	storeEverything(f)
	require.Equal(t, 200, f.As("bob", http.MethodPost, apitest.Base+"/start", "").Status)
	r := f.As("ada", http.MethodGet, apitest.Base+"/export", "")
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	assert.Contains(t, r.Header.Get("Content-Disposition"), "attachment")
	body := r.Object(t)
	assert.Equal(t, "ada", body["user_id"])
	data, ok := body["data"].(map[string]any)
	require.True(t, ok)
	for _, table := range usersTables(f) {
		if table == "rollup_sessions" || table == "webhook_lanes" { // how far the user is counted or told of
			continue
		}
		stored := f.Count("select count(*) from " + table + " where user_id = 'ada'")
		assert.Positive(t, stored, "the test stores nothing in %s", table)
		assert.Len(t, data[table], stored, table)
	}
	assert.Len(t, data["jobs"], f.Count("select count(*) from river_job j join submissions s on s.job_id = j.id where s.user_id = 'ada'"))
	assert.NotEmpty(t, data["jobs"])
	assert.NotContains(t, string(r.Body), "bob")

	assert.NotContains(t, string(r.Body), apitest.AModelKey)
	key := apitest.List(t, data, "api_keys")[0]
	assert.Equal(t, "****"+apitest.AModelKey[len(apitest.AModelKey)-4:], key["key"])
	for _, secret := range []string{"sealed", "fingerprint"} {
		assert.NotContains(t, key, secret)
	}
	assert.NotContains(t, apitest.List(t, data, "stream_tickets")[0], "hash")
	assert.Contains(t, apitest.List(t, data, "idempotency_keys")[0]["body"], "Your onboarding is ready.")
	assert.Equal(t, 1,
		f.Count("select count(*) from audit_log where actor = 'ada' and action = 'account.export' and user_id = 'ada'"))

	empty := f.As("carol", http.MethodGet, apitest.Base+"/export", "").Object(t)
	assert.Len(t, apitest.List(t, empty["data"].(map[string]any), "onboarding_steps"),
		6) //nolint:forcetypeassert // fails the test
}

// Nothing that says whose it is stays but the audit log, and the user may start again.
func TestDeleteAccount(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	storeEverything(f)
	require.Equal(t, 200, f.As("bob", http.MethodPost, apitest.Base+"/start", "").Status)
	session := f.As("ada", http.MethodPost, apitest.Base+"/start", "").Object(t)["id"]
	r := f.As("ada", http.MethodDelete, apitest.Base+"/account", "")
	assert.Equal(t, 204, r.Status, "%s", r.Body)
	assert.Empty(t, r.Body)
	for _, table := range usersTables(f) {
		if table == "audit_log" {
			continue
		}
		assert.Zero(t, f.Count("select count(*) from "+table+" where user_id = 'ada'"), table)
	}
	assert.Zero(t, f.Count("select count(*) from river_job where strpos(to_jsonb(river_job)::text, '\"ada\"') > 0"))
	assert.Equal(t, 1, f.Count("select count(*) from onboarding_sessions"), "bob's stays")
	assert.Equal(t, 1,
		f.Count("select count(*) from audit_log where actor = 'ada' and action = 'account.delete' and user_id = 'ada'"))

	assert.Equal(t, 204, f.As("ada", http.MethodDelete, apitest.Base+"/account", "").Status, "a second time")
	anew := f.As("ada", http.MethodPost, apitest.Base+"/start", "").Object(t)
	assert.NotEqual(t, session, anew["id"])
	assert.InDelta(t, 0, anew["completion_percentage"], 0)
	assert.NotEqual(t, true, f.As("ada", http.MethodGet, apitest.PathKeys, "").Object(t)["has_keys"])
}

// The developer's file of keys is cleared as well.
func TestDeleteAccountClearsTheEnvFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), ".env")
	f := apitest.NewOn(t, pgtest.New(t).App, func(c *httpapi.Config) { c.Wizard.EnvFile = file })
	require.Equal(t, 200, f.SaveKey("openai", apitest.AModelKey).Status)
	require.Equal(t, 204, f.As("ada", http.MethodDelete, apitest.Base+"/account", "").Status)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Empty(t, content)
}

// Services read the inputs of a user by the scope of their token.
func TestInputsForServices(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	require.Equal(t, 200, f.As("auth0|ada", http.MethodPost, apitest.Base+"/start", "").Status)
	const path = apitest.Base + "/users/auth0%7Cada/personalization-inputs"
	service := []string{"Authorization", "Bearer " + f.TokenOf(auth.User{ID: "writer", Scopes: []string{"inputs:read"}})}
	audited := func(action, about string) int {
		return f.Count("select coalesce(sum(count), 0)::int from audit_log where actor = 'writer' and action = $1 and user_id = $2",
			action, about)
	}
	r := f.Send(http.MethodGet, path, "", service...)
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.JSONEq(t, string(f.As("auth0|ada", http.MethodGet, apitest.Base+"/personalization-inputs", "").Body),
		string(r.Body))
	assert.Equal(t, 1, audited("inputs.read", "auth0|ada"))
	same := f.Send(http.MethodGet, path, "", append(service, "If-None-Match", r.Header.Get("ETag"))...)
	assert.Equal(t, 304, same.Status)
	assert.Equal(t, 2, audited("inputs.read", "auth0|ada"))

	apitest.RequireProblem(t, f.Send(http.MethodGet, apitest.Base+"/users/nobody/personalization-inputs", "", service...),
		404, "not_found")
	assert.Zero(t, f.Count("select count(*) from onboarding_sessions where user_id in ('nobody', 'writer')"),
		"looking makes no user")
	for _, other := range []auth.User{
		{ID: "writer"},
		{ID: "writer", Role: "admin"},
		{ID: "writer", Scopes: []string{"inputs", "inputs:write"}},
	} {
		apitest.RequireProblem(t, f.Send(http.MethodGet, path, "", "Authorization", "Bearer "+f.TokenOf(other)), 403,
			"scope_required")
	}
	assert.Equal(t, 3, audited("inputs.refused", "writer"), "in the caller's history")
	assert.Zero(t, audited("inputs.refused", "auth0|ada"))
	assert.Equal(t, 2, audited("inputs.read", "auth0|ada"))
}

// What others try, and are refused, is not in a user's history; what is done again and again has one
// row a day; and nobody else's id is in an export.
func TestAuditOfHostileCalls(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	require.Equal(t, 200, f.As("ada", http.MethodPost, apitest.Base+"/start", "").Status)
	const inputs = apitest.Base + "/users/ada/personalization-inputs"
	for _, caller := range []auth.User{
		{ID: "mallory"},
		{ID: "mallory", Role: "user"},
		{ID: "trudy"},
		{ID: "svc-writer", Scopes: []string{"inputs:read"}},
		{ID: "svc-reader", Scopes: []string{"inputs:read"}},
	} {
		want := 403
		if caller.Scopes != nil {
			want = 200
		}
		for range 5 {
			r := f.Send(http.MethodGet, inputs, "", "Authorization", "Bearer "+f.TokenOf(caller))
			assert.Equal(t, want, r.Status, "%s", r.Body)
			f.Send(http.MethodGet, apitest.Base+"/admin/users/ada", "", "Authorization", "Bearer "+f.TokenOf(caller))
		}
	}
	require.Equal(t, 200, f.AsAdmin(http.MethodGet, apitest.Base+"/admin/users/ada", "").Status)
	// Rows of the release before.
	f.Exec("insert into audit_log (actor, action, user_id, detail) values ('eve', 'inputs.refused', 'ada', '{}'), " +
		"('eve', 'admin.getUserState', 'ada', '{\"allowed\": false}')")
	var exported apitest.Response
	for range 4 {
		exported = f.As("ada", http.MethodGet, apitest.Base+"/export", "")
		require.Equal(t, 200, exported.Status, "%s", exported.Body)
	}
	for _, other := range []string{"mallory", "trudy", "svc-", "ops", "eve"} {
		assert.NotContains(t, string(exported.Body), `"`+other)
	}
	shown := map[string]float64{}
	data, ok := exported.Object(t)["data"].(map[string]any)
	require.True(t, ok)
	for _, row := range apitest.List(t, data, "audit_log") {
		count, ok := row["count"].(float64)
		require.True(t, ok)
		shown[fmt.Sprint(row["actor"], " ", row["action"])] += count
	}
	assert.Equal(t, map[string]float64{
		"service inputs.read": 10, "operator admin.getUserState": 1, "ada account.export": 4,
	}, shown)
	assert.Equal(t, 4, f.Count("select count(*) from audit_log where user_id = 'ada' and action not like '%refused' and actor <> 'eve'"),
		"two services, one operator, and the user's exports")
	assert.Equal(t, 15, f.Count("select sum(count)::int from audit_log where action = 'inputs.refused' and actor = user_id"))
	assert.Equal(t, 2, f.Count("select count(*) from audit_log where action = 'inputs.refused' and actor = user_id"))

	for range 3 {
		require.Equal(t, 200, f.As("bob", http.MethodPost, apitest.Base+"/start", "").Status)
		require.Equal(t, 204, f.As("bob", http.MethodDelete, apitest.Base+"/account", "").Status)
	}
	assert.Equal(t, 1, f.Count("select count(*) from audit_log where user_id = 'bob'"), "repeated deletions have one row")
}
