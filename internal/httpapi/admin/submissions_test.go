package admin_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const (
	pathFailed      = adminPath + "/failed-submissions"
	pathSubmissions = adminPath + "/submissions/"
)

// found returns a field of each element of a list, in its order.
func found(t *testing.T, page map[string]any, list, field string) string {
	t.Helper()
	var values []string
	for _, one := range apitest.List(t, page, list) {
		values = append(values, fmt.Sprint(one[field]))
	}
	return strings.Join(values, " ")
}

func TestFailedSubmissions(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	people(f, "u", 3)
	failWebsite(f, "timeout", "u00001")
	failWebsite(f, "host_not_found", "u00002")
	last := failWebsite(f, "internal_error", "u00003")
	for query, want := range map[string]string{
		"": "u00003 u00002 u00001", "code=timeout": "u00001", "ours=true": "u00003 u00001", "ours=true&code=host_not_found": "",
		"kind=persona_generation": "", "step=2": "u00003 u00002 u00001", "step=4": "",
		"since=" + url.QueryEscape(time.Now().Add(time.Hour).Format(time.RFC3339)): "",
		"after=" + last: "u00002 u00001",
	} {
		page := operate(f, 200, http.MethodGet, pathFailed+"?"+query, "")
		assert.Equal(t, want, found(t, page, "submissions", "user_id"), query)
	}
	page := operate(f, 200, http.MethodGet, pathFailed+"?limit=1", "")
	assert.Equal(t, last, page["next_after"])
	for _, query := range []string{"after=nonsense", "after=0197c1d2-0000-7000-8000-000000000000", "code=%07", "limit=0"} {
		apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathFailed+"?"+query, ""), 400, "invalid_field")
	}
}

// An operator sees what happened to a submission, when, and nothing of its content.
func TestASubmissionHasATimeline(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	id := apitest.SubmitWebsite(t, f, "secret-website.example")
	f.Eventually(1, "select count(*) from submissions where id = $1 and status = 'completed'", id)
	r := f.AsAdmin(http.MethodGet, pathSubmissions+id, "")
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.NotContains(t, string(r.Body), "secret-website")
	one := r.Object(t)
	assert.Equal(t, "ada", one["user_id"])
	assert.Equal(t, true, one["newest"])
	assert.InDelta(t, 1, one["attempts"], 0)
	assert.NotNil(t, one["worker"])
	assert.Nil(t, one["dead_job"])
	assert.Regexp(t, "^queued started (phase )*completed$", found(t, one, "timeline", "what"))

	f.Exec("delete from river_job")
	one = operate(f, 200, http.MethodGet, pathSubmissions+id, "")
	assert.Nil(t, one["job_state"])
	assert.Regexp(t, "^queued (phase )*completed$", found(t, one, "timeline", "what"), "what the job knew is gone")
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathSubmissions+"0197c1d2-0000-7000-8000-000000000000", ""), 404, "not_found")
}

func TestADeadSubmissionNamesItsRecord(t *testing.T) {
	t.Parallel()
	f, _ := newBrokenFixture(t)
	id := dies(f, "ada")
	one := operate(f, 200, http.MethodGet, pathSubmissions+id, "")
	assert.Equal(t, true, one["ours"])
	assert.Equal(t, "internal_error", apitest.At(t, one, "dead_job", "code"))
	assert.Equal(t, "internal_error", apitest.List(t, one, "timeline")[len(apitest.List(t, one, "timeline"))-1]["detail"])
}

func TestActionsOnOneUser(t *testing.T) {
	t.Parallel()
	f := apitest.New(t) // nothing works
	id := apitest.SubmitWebsite(t, f, "example.com")
	act := func(body string) any {
		t.Helper()
		return operate(f, 200, http.MethodPost, pathUsers+"/ada/actions", body)["outcome"]
	}
	assert.Equal(t, "done", act(`{"kind":"cancel"}`))
	assert.Equal(t, 1, f.Count("select count(*) from submissions where id = $1 and status = 'cancelled'", id))
	assert.Equal(t, "pending", f.StepStatus(2))
	assert.Equal(t, "unchanged", act(`{"kind":"cancel"}`))
	assert.Equal(t, 1, f.Count("select count(*) from audit_log where actor = 'ops' and action = 'onboarding.cancel' and user_id = 'ada'"))
	assert.Equal(t, "unchanged", act(`{"kind":"retry_failed"}`))
	failWebsite(f, "timeout", "ada")
	assert.Equal(t, "done", act(`{"kind":"retry_failed"}`))
	assert.Equal(t, "in_progress", f.StepStatus(2))
	assert.Equal(t, "done", act(`{"kind":"reset"}`))
	apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, pathUsers+"/ada/actions", `{"kind":"delete"}`), 400, "invalid_field")
	apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, pathUsers+"/ada/actions", `{"kind":"promote"}`), 400, "invalid_field")
	assert.Equal(t, "done", act(`{"kind":"delete","confirm":true}`))
	apitest.RequireProblem(t, f.AsAdmin(http.MethodPost, pathUsers+"/ada/actions", `{"kind":"cancel"}`), 404, "not_found")
	assert.Zero(t, f.Count("select count(*) from onboarding_sessions"))
}

func TestOperatorsExportAUser(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	apitest.SubmitWebsite(t, f, "example.com")
	r := f.AsAdmin(http.MethodGet, pathUsers+"/ada/export", "")
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.Equal(t, "ada", r.Object(t)["user_id"])
	assert.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	assert.Contains(t, string(r.Body), "example.com")
	assert.Equal(t, 1, f.Count("select count(*) from audit_log where actor = 'ops' and action = 'admin.exportUser' and user_id = 'ada'"))
	apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, pathUsers+"/nobody/export", ""), 404, "not_found")
}
