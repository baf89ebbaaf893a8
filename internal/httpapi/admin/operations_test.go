package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const (
	pathUsers      = adminPath + "/users"
	pathOperations = adminPath + "/bulk-operations"
	pathQueues     = adminPath + "/queues"
)

// people makes users by SQL: the numbers from 1 after the prefix, with leading zeros.
func people(f *apitest.Fixture, prefix string, n int) {
	f.T.Helper()
	f.Exec("insert into onboarding_sessions (id, user_id) select gen_random_uuid(), $1 || lpad(i::text, 5, '0') from "+
		"generate_series(1, $2::int) i", prefix, n)
	f.Exec(`insert into onboarding_steps (session_id, user_id, step) select s.id, s.user_id, n from onboarding_sessions s, generate_series(1, 6) n
		where starts_with(s.user_id, $1) on conflict do nothing`, prefix)
}

// failWebsite has step 2 of users fail with a code, and returns the submission of the last of them.
func failWebsite(f *apitest.Fixture, code string, users ...string) (id string) {
	f.T.Helper()
	for _, user := range users {
		id = uuid.NewString()
		f.Exec(`insert into submissions (id, session_id, user_id, kind, step, status, input, job_id, phase, message, failure_code,
			failure_message, finished_at) select $1, id, user_id, 'website_analysis', 2, 'failed', '{"website": "https://secret.example"}',
			nextval('river_job_id_seq'), 'failed', '', $2, 'x', now() from onboarding_sessions where user_id = $3`, id, code, user)
		f.Exec("update onboarding_steps set status = 'failed', failure_code = $1, failure_message = 'x', submission_id = $2 "+
			"where step = 2 and user_id = $3", code, id, user)
	}
	return id
}

// operate sends a request of an operator that must be answered with the status.
func operate(f *apitest.Fixture, status int, method, path, body string) map[string]any {
	f.T.Helper()
	r := f.AsAdmin(method, path, body)
	require.Equal(f.T, status, r.Status, "%s", r.Body)
	return r.Object(f.T)
}

func TestFindUsers(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	people(f, "a_", 3)
	people(f, "b%", 2)
	failWebsite(f, "host_not_found", "a_00002", "b%00001")
	f.Exec("update onboarding_steps set status = 'completed' where step = 1 and user_id = 'a_00001'")
	for query, want := range map[string]string{
		"":                        "a_00001 a_00002 a_00003 b%00001 b%00002",
		"prefix=a_":               "a_00001 a_00002 a_00003",
		"prefix=b%25":             "b%00001 b%00002",
		"prefix=_":                "",
		"prefix=a_00003":          "a_00003",
		"status=failed":           "a_00002 b%00001",
		"status=failed&prefix=b":  "b%00001",
		"status=completed":        "a_00001",
		"step=2&status=completed": "",
		"failure_code=no_such":    "",
		"step=3&status=failed":    "",
		"step=2&failure_code=host_not_found&limit=5":   "a_00002 b%00001",
		"status=completed&failure_code=host_not_found": "",
		"status=in_progress":                           "",
		"failure_code=host_not_found&after=a_00002":    "b%00001",
		"after=a_00003":                                "b%00001 b%00002",
	} {
		var found []string
		page := operate(f, 200, http.MethodGet, pathUsers+"?"+query, "")
		for _, user := range apitest.List(t, page, "users") {
			found = append(found, fmt.Sprint(user["user_id"]))
		}
		assert.Equal(t, want, strings.Join(found, " "), query)
		assert.Nil(t, page["next_after"], query)
	}
	page := operate(f, 200, http.MethodGet, pathUsers+"?limit=2", "")
	assert.Equal(t, "a_00002", page["next_after"])
	assert.Equal(t, map[string]any{"step": 2.0, "status": "failed", "failure_code": "host_not_found"},
		apitest.List(t, apitest.List(t, page, "users")[1], "steps")[1])
	for _, query := range []string{
		"limit=0", "limit=501", "step=7", "status=lost", "prefix=%00", "after=%ff",
		"failure_code=%07",
	} {
		apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathUsers+"?"+query, ""), 400, "invalid_field")
	}
}

// A dry run counts, and starts nothing.
func TestOperationsAreCounted(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	people(f, "c", 5)
	failWebsite(f, "timeout", "c00001", "c00002")
	for body, want := range map[string]float64{
		`{"kind":"reset","filter":{"prefix":"c"}}`: 5, `{"kind":"retry_failed","filter":{"failure_code":"timeout"}}`: 2,
		`{"kind":"delete","user_ids":["c00001","nobody"]}`: 2, `{"kind":"rebuild_inputs","filter":{"step":1,"status":"pending"}}`: 5,
	} {
		counted := operate(f, 200, http.MethodPost, pathOperations+"/count", body)
		assert.InDelta(t, want, counted["total"], 0, body)
		assert.Nil(t, counted["next_after"], body)
	}
	assert.Zero(t, f.Count("select count(*) from bulk_operations"))
}

// Support sees where a user stands, and nothing that the user entered.
func TestUserState(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	id := apitest.SubmitWebsite(t, f, "secret-website.example")
	require.Equal(t, 200, f.SaveKey("openai", apitest.AModelKey).Status)
	require.Equal(t, 200, f.SubmitStep(3, `{}`).Status)
	r := f.AsAdmin(http.MethodGet, pathUsers+"/ada", "")
	require.Equal(t, 200, r.Status, "%s", r.Body)
	state := r.Object(t)
	steps, submissions, events := apitest.List(t, state, "steps"), apitest.List(t, state, "submissions"), apitest.List(t,
		state, "events")
	require.Len(t, steps, 6)
	assert.Equal(t, "in_progress", steps[1]["status"])
	assert.Equal(t, id, steps[1]["submission_id"])
	assert.Equal(t, "completed", steps[2]["status"])
	require.NotEmpty(t, submissions)
	assert.Equal(t, id, submissions[len(submissions)-1]["id"])
	assert.Equal(t, "available", submissions[len(submissions)-1]["job_state"])
	require.NotEmpty(t, events)
	assert.Equal(t, state["version"], events[0]["version"])
	assert.NotContains(t, string(r.Body), "secret-website")
	assert.NotContains(t, string(r.Body), apitest.AModelKey[len(apitest.AModelKey)-4:])
	assert.Equal(t, 1,
		f.Count("select count(*) from audit_log where actor = 'ops' and action = 'admin.getUserState' and user_id = 'ada'"))

	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathUsers+"/nobody", ""), 404, "not_found")
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathUsers+"/%00", ""), 404, "not_found")
	assert.Equal(t, 1, f.Count("select count(*) from onboarding_sessions"), "looking makes no user")
}

func TestOperations(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	require.Equal(t, 200, f.SubmitStep(3, `{}`).Status)
	r := f.AsAdmin(http.MethodPost, pathOperations, `{"kind":"reset","user_ids":["ada","nobody"]}`)
	require.Equal(t, 202, r.Status, "%s", r.Body)
	at, created := r.Header.Get("Location"), r.Object(t)
	assert.Equal(t, "ops", created["actor"])
	assert.InDelta(t, 2, created["total"], 0)
	assert.Nil(t, created["next_after"])
	var operation map[string]any
	require.Eventually(t, func() bool {
		operation = operate(f, 200, http.MethodGet, at, "")
		return operation["status"] == "completed"
	}, 20*time.Second, 20*time.Millisecond)
	assert.InDelta(t, 1, operation["done"], 0)
	assert.InDelta(t, 1, operation["missing"], 0)
	assert.Equal(t, "pending", f.StepStatus(3))
	assert.Equal(t, 1,
		f.Count("select count(*) from audit_log where actor = 'ops' and action = 'onboarding.reset' and user_id = 'ada'"))

	items := apitest.List(t, operate(f, 200, http.MethodGet, at+"/items", ""), "items")
	require.Len(t, items, 2)
	assert.Equal(t, "ada", items[0]["user_id"])
	assert.Equal(t, "done", items[0]["status"])
	page := operate(f, 200, http.MethodGet, at+"/items?limit=1", "")
	assert.InDelta(t, 1, page["next_after"], 0)
	assert.Equal(t, "nobody",
		apitest.List(t, operate(f, 200, http.MethodGet, at+"/items?after=1&status=missing", ""), "items")[0]["user_id"])
	assert.Len(t, apitest.List(t, operate(f, 200, http.MethodGet, pathOperations+"?limit=1", ""), "operations"), 1)
	assert.Equal(t, "completed", operate(f, 200, http.MethodPost, at+"/cancel", "")["status"], "it has ended")

	require.Equal(t, 204, f.As("ada", http.MethodDelete, apitest.Base+"/account", "").Status)
	operation = operate(f, 200, http.MethodGet, at, "")
	assert.InDelta(t, 1, operation["deleted_since"], 0)
	assert.Len(t, apitest.List(t, operate(f, 200, http.MethodGet, at+"/items", ""), "items"), 1)
}

// A filter takes the users that it finds, 10,000 at a time.
func TestOperationsByFilter(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	people(f, "p", 10_001)
	first := operate(f, 202, http.MethodPost, pathOperations,
		`{"kind":"rebuild_inputs","filter":{"prefix":"p","status":"pending"}}`)
	assert.InDelta(t, 10_000, first["total"], 0)
	assert.Equal(t, "p10000", first["next_after"])
	second := operate(f, 202, http.MethodPost, pathOperations,
		`{"kind":"rebuild_inputs","filter":{"prefix":"p","after":"p10000"}}`)
	assert.InDelta(t, 1, second["total"], 0)
	assert.Nil(t, second["next_after"])
	cancelled := operate(f, 200, http.MethodPost, pathOperations+"/"+fmt.Sprint(first["id"])+"/cancel", "")
	assert.Equal(t, "cancelled", cancelled["status"])
	assert.InDelta(t, 10_000, cancelled["cancelled"], 0)
}

func TestOperationsThatAreRefused(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	people(f, "p", 1)
	many := `"` + strings.Join(strings.Split(strings.Repeat("u", 10_001), ""), `","`) + `"`
	for body, code := range map[string]string{
		`{"kind":"delete","user_ids":["p00001"]}`:                 "invalid_field",
		`{"kind":"delete","user_ids":["p00001"],"confirm":false}`: "invalid_field",
		`{"kind":"reset"}`:                                   "invalid_field",
		`{"kind":"reset","user_ids":[]}`:                     "invalid_field",
		`{"kind":"reset","user_ids":["p00001"],"filter":{}}`: "invalid_field",
		`{"kind":"reset","user_ids":["p00001","p00001"]}`:    "invalid_field",
		`{"kind":"reset","user_ids":[""]}`:                   "invalid_field",
		`{"kind":"reset","user_ids":["\u0000"]}`:             "invalid_field",
		`{"kind":"reset","user_ids":[` + many + `]}`:         "invalid_field",
		`{"kind":"reset","filter":{"prefix":"nobody"}}`:      "invalid_field",
		`{"kind":"reset","filter":{"prefix":"\u0000"}}`:      "invalid_field",
		`{"kind":"reset","filter":{"status":"lost"}}`:        "invalid_field",
		`{"kind":"vanish","user_ids":["p00001"]}`:            "invalid_field",
		`{"user_ids":["p00001"]}`:                            "required",
	} {
		apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, pathOperations, body), 400, code)
	}
	assert.Zero(t, f.Count("select count(*) from bulk_operations"))
	const unknown = pathOperations + "/0197c1d2-0000-7000-8000-00000000dead"
	for method, path := range map[string]string{
		http.MethodGet: unknown, http.MethodPost: unknown + "/cancel",
	} {
		apitest.RequireProblem(t, f.AsAdmin(method, path, ""), 404, "not_found")
	}
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, unknown+"/items", ""), 404, "not_found")
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathOperations+"/first", ""), 404, "not_found")
}

func TestQueues(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	var queues []map[string]any
	require.Eventually(t, func() bool {
		queues = apitest.List(t, operate(f, 200, http.MethodGet, pathQueues, ""), "queues")
		return len(queues) == 3
	}, 10*time.Second, 20*time.Millisecond)
	assert.Equal(t, "bulk", queues[0]["name"])
	assert.Equal(t, "interactive", queues[1]["name"])
	assert.Equal(t, "network", queues[2]["name"])
	assert.Equal(t, false, queues[2]["paused"])

	paused := operate(f, 200, http.MethodPost, pathQueues+"/network/pause", "")
	assert.Equal(t, true, paused["paused"])
	time.Sleep(time.Second) // nothing tells that a worker has heard of it
	apitest.SubmitWebsite(t, f, "example.com")
	assert.Equal(t, "in_progress", f.StepStatus(2))
	waiting := apitest.List(t, operate(f, 200, http.MethodGet, pathQueues, ""), "queues")[2]
	assert.Equal(t, map[string]any{"available": 1.0}, waiting["jobs"])
	assert.Equal(t, true, operate(f, 200, http.MethodPost, pathQueues+"/network/pause", "")["paused"], "again")

	assert.Equal(t, false, operate(f, 200, http.MethodPost, pathQueues+"/network/resume", "")["paused"])
	require.Eventually(t, func() bool { return f.StepStatus(2) == "completed" }, 20*time.Second, 20*time.Millisecond)
	for _, name := range []string{"nothing", "*", "%00"} {
		apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, pathQueues+"/"+name+"/pause", ""), 404, "not_found")
		apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, pathQueues+"/"+name+"/resume", ""), 404, "not_found")
	}
}
