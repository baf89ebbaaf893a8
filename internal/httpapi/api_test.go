package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

func TestANewUser(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	start := f.as("ada", http.MethodPost, base+"/start", "")
	require.Equal(t, 200, start.status)
	body := start.object(t)
	assert.Equal(t, "ada", body["user_id"])
	assert.InDelta(t, 1, body["current_step"], 0)
	assert.InDelta(t, 1, body["next_step"], 0)
	assert.InDelta(t, 0, body["progress"], 0)
	assert.Equal(t, body["id"], f.as("ada", http.MethodPost, base+"/start", "").object(t)["id"], "starting again resumes")

	status := f.as("ada", http.MethodGet, pathStat, "").object(t)
	assert.Equal(t, false, status["is_completed"])
	assert.Equal(t, false, status["can_proceed_to_final"])
	assert.Nil(t, status["completed_at"])
	assert.InDelta(t, 0, status["completion_percentage"], 0)

	steps, ok := f.as("ada", http.MethodGet, base+"/progress", "").object(t)["steps"].([]any)
	require.True(t, ok)
	require.Len(t, steps, 6)
	for i, title := range []string{"AI LLM Providers", "Website Analysis", "AI Research", "Personalization", "Integrations", "Complete Setup"} {
		step, ok := steps[i].(map[string]any)
		require.True(t, ok)
		assert.InDelta(t, i+1, step["step_number"], 0)
		assert.Equal(t, title, step["title"])
		assert.Equal(t, "pending", step["status"])
		assert.Equal(t, []any{}, step["validation_errors"])
	}
	assert.Nil(t, f.as("ada", http.MethodGet, base+"/step/1", "").object(t)["data"])
	assert.Equal(t, map[string]any{}, f.as("ada", http.MethodGet, base+"/step/3", "").object(t)["data"])

	analysis := f.as("ada", http.MethodGet, base+"/website-analysis", "").object(t)
	assert.Equal(t, map[string]any{"status": "no_data", "website_url": nil, "warnings": []any{}}, analysis)
}

// submitWebsite submits step 2 of ada and returns the submission's id.
func submitWebsite(t *testing.T, f *fixture, website string) string {
	t.Helper()
	r := f.as("ada", http.MethodPost, submit, fmt.Sprintf(`{"data":{"website":%q}}`, website))
	require.Equal(t, 202, r.status, "%s", r.body)
	id, ok := r.object(t)["submission_id"].(string)
	require.True(t, ok)
	return id
}

func TestSubmittingAWebsite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := f.as("ada", http.MethodPost, submit, `{"data":{"website":" Example.COM/ ","analysis":{},"other":true},"validation_errors":[]}`)
	require.Equal(t, 202, r.status, "%s", r.body)
	assert.Equal(t, base+"/step/2", r.header.Get("Location"))
	assert.Equal(t, "2", r.header.Get("Retry-After"))
	body := r.object(t)
	assert.Equal(t, "in_progress", body["status"])
	assert.InDelta(t, 2, body["step_number"], 0)
	assert.Equal(t, map[string]any{"website": "https://example.com"}, body["data"])
	assert.Equal(t, []any{}, body["warnings"])
	assert.NotEmpty(t, body["message"])

	step := f.as("ada", http.MethodGet, base+"/step/2", "").object(t)
	assert.Equal(t, "in_progress", step["status"])
	assert.Equal(t, body["submission_id"], step["submission_id"])
	assert.Equal(t, "queued", step["phase"])
	assert.Equal(t, map[string]any{"website": "https://example.com", "website_url": "https://example.com"}, step["data"])

	assert.Equal(t, body["submission_id"], submitWebsite(t, f, "https://EXAMPLE.com"), "identical work is joined")
	other := f.as("ada", http.MethodPost, submit, `{"data":{"website_url":"https://other.example"}}`)
	assert.NotEqual(t, body["submission_id"], other.object(t)["submission_id"], "other work takes its place")
	assert.Empty(t, other.object(t)["warnings"])
}

func TestAddressesThatCantBeOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for website, code := range map[string]string{
		"file:///etc/passwd": "unsupported_scheme", "javascript:alert(1)": "unsupported_scheme",
		"https://user:" + canary + "@example.com": "userinfo_in_url", "https://exa mple.com": "invalid_url", "https://": "invalid_url",
		"https://example.com/" + strings.Repeat("x", 3000): "too_long",
	} {
		body, err := json.Marshal(map[string]any{"data": map[string]any{"website_url": website}})
		require.NoError(t, err)
		r := f.as("ada", http.MethodPost, submit, string(body))
		problem := requireProblem(t, r, 400, code)
		assert.NotContains(t, string(r.body), canary)
		assert.Equal(t, []any{map[string]any{"field": "data.website_url", "reason": problem["detail"]}}, problem["errors"])
	}
	assert.Equal(t, "pending", f.as("ada", http.MethodGet, base+"/step/2", "").object(t)["status"])
}

// change runs statements as the worker does, and records the step's event.
func change(t *testing.T, f *fixture, do func(*postgres.Queries, onboarding.Session) error) {
	t.Helper()
	session, err := postgres.Session(t.Context(), f.db.App, "ada")
	require.NoError(t, err)
	require.NoError(t, postgres.InTx(t.Context(), f.db.App, "ada", func(_ pgx.Tx, q *postgres.Queries) error {
		if err := do(q, session); err != nil {
			return err
		}
		_, err := q.RecordStep(t.Context(), postgres.RecordStepParams{SessionID: session.ID, Step: onboarding.StepWebsite})
		return err
	}))
}

func someAnalysis() onboarding.Analysis {
	tone := "warm"
	a := onboarding.Analysis{}
	a.Style.WritingStyle.Tone = &tone
	a.Style.Meta.Engine = "local"
	a.Guidelines.BestPractices = onboarding.List{"Say what you mean."}
	a.Crawl.URL = "https://example.com"
	a.Crawl.Warnings = []onboarding.Warning{{Code: "slow", Message: "Two pages were too slow."}}
	return a
}

func complete(t *testing.T, f *fixture, submission string) {
	t.Helper()
	encoded, err := json.Marshal(someAnalysis())
	require.NoError(t, err)
	change(t, f, func(q *postgres.Queries, s onboarding.Session) error {
		err := q.SaveWebsiteAnalysis(t.Context(), postgres.SaveWebsiteAnalysisParams{
			SessionID: s.ID, UserID: "ada", WebsiteUrl: "https://example.com", SubmissionID: uuid.MustParse(submission), Analysis: encoded,
		})
		if err != nil {
			return err
		}
		return q.EndStep(t.Context(), postgres.EndStepParams{
			SessionID: s.ID, Step: onboarding.StepWebsite, Status: onboarding.StepCompleted,
		})
	})
}

func TestACompletedWebsite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	complete(t, f, submitWebsite(t, f, "example.com"))

	status := f.as("ada", http.MethodGet, pathStat, "").object(t)
	assert.InDelta(t, 2, status["current_step"], 0)
	assert.InDelta(t, 1, status["next_step"], 0)
	assert.InDelta(t, 17, status["completion_percentage"], 0)

	r := f.as("ada", http.MethodGet, base+"/website-analysis", "")
	analysis := r.object(t)
	assert.Equal(t, "completed", analysis["status"])
	assert.Equal(t, "https://example.com", analysis["website_url"])
	assert.Equal(t, "warm", at(t, analysis, "style_analysis", "writing_style", "tone"))
	assert.Nil(t, at(t, analysis, "style_analysis", "writing_style", "voice"))
	assert.Equal(t, []any{}, at(t, analysis, "style_analysis", "target_audience", "pain_points"))
	assert.Equal(t, []any{"Two pages were too slow."}, analysis["warnings"])
	assert.NotContains(t, string(r.body), "[]null")

	step := f.as("ada", http.MethodGet, base+"/step/2", "").object(t)
	assert.Equal(t, "completed", step["status"])
	assert.Equal(t, true, step["has_data"])
	assert.InDelta(t, 100, step["progress"], 0)
	assert.NotNil(t, step["completed_at"])
	assert.Equal(t, "warm", at(t, step, "data", "analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Say what you mean."}, at(t, step, "data", "analysis", "best_practices"))
	assert.Equal(t, analysis["id"], at(t, step, "data", "analysis_id"))

	assert.Equal(t, "no_data", f.as("bob", http.MethodGet, base+"/website-analysis", "").object(t)["status"], "nobody sees another's")
}

// at walks into nested objects.
func at(t *testing.T, value any, names ...string) any {
	t.Helper()
	for _, name := range names {
		object, ok := value.(map[string]any)
		require.True(t, ok, "%s", name)
		require.Contains(t, object, name)
		value = object[name]
	}
	return value
}

func TestAFailedWebsite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	submitWebsite(t, f, "gone.example")
	code, sentence := "host_not_found", "There is no website at gone.example. Check the spelling of the address."
	change(t, f, func(q *postgres.Queries, s onboarding.Session) error {
		return q.EndStep(t.Context(), postgres.EndStepParams{
			SessionID: s.ID, Step: onboarding.StepWebsite, Status: onboarding.StepFailed, FailureCode: &code, FailureMessage: &sentence,
		})
	})
	step := f.as("ada", http.MethodGet, base+"/step/2", "").object(t)
	assert.Equal(t, "failed", step["status"])
	assert.Equal(t, []any{sentence}, step["validation_errors"])
	assert.Equal(t, map[string]any{"code": code, "detail": sentence}, step["error"])
	assert.InDelta(t, 0, f.as("ada", http.MethodGet, pathStat, "").object(t)["completion_percentage"], 0)
}

func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	paths := []string{pathStat, base + "/progress", base + "/step/2", base + "/website-analysis"}
	tags := map[string]string{}
	for _, path := range paths {
		r := f.as("ada", http.MethodGet, path, "")
		tags[path] = r.header.Get("ETag")
		require.Regexp(t, `^W/"1\.[0-9a-f-]{36}\.\d+"$`, tags[path])
		assert.Equal(t, "private, no-cache", r.header.Get("Cache-Control"))
		assert.Contains(t, r.header.Get("Vary"), "Authorization")

		same := f.as("ada", http.MethodGet, path, "", "If-None-Match", `"other", `+tags[path])
		assert.Equal(t, 304, same.status)
		assert.Empty(t, same.body)
		assert.Equal(t, tags[path], same.header.Get("ETag"))
		assert.Equal(t, 200, f.as("bob", http.MethodGet, path, "", "If-None-Match", tags[path]).status, "another user's state is another")
	}
	submitWebsite(t, f, "example.com")
	for _, path := range paths {
		assert.Equal(t, 200, f.as("ada", http.MethodGet, path, "", "If-None-Match", tags[path]).status, "%s has changed", path)
	}
}

func TestHeadAnswersLikeGet(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	complete(t, f, submitWebsite(t, f, "example.com"))
	for _, path := range []string{
		pathStat, base + "/progress", base + "/step/2", base + "/website-analysis", "/openapi.json", "/healthz", "/readyz",
		base + "/step/7", "/nothing",
	} {
		get := f.as("ada", http.MethodGet, path, "", "X-Request-ID", "same")
		head := f.as("ada", http.MethodHead, path, "", "X-Request-ID", "same")
		assert.Equal(t, get.status, head.status, path)
		assert.Empty(t, head.body, path)
		get.header.Del("Date")
		head.header.Del("Date")
		assert.Equal(t, get.header, head.header, path)
		assert.NotEqual(t, "0", head.header.Get("Content-Length"), path)

		tag := get.header.Get("ETag")
		if tag == "" {
			continue
		}
		same := f.as("ada", http.MethodHead, path, "", "If-None-Match", tag)
		assert.Equal(t, 304, same.status, path)
		assert.Equal(t, tag, same.header.Get("ETag"))
	}
	requireHead(t, f.send(http.MethodHead, pathStat, ""), 401)
	assert.Equal(t, "POST", requireHead(t, f.as("ada", http.MethodHead, submit, ""), 405).Get("Allow"))
}

// requireHead checks that an answer has the status and no body.
func requireHead(t *testing.T, r response, status int) http.Header {
	t.Helper()
	require.Equal(t, status, r.status)
	require.Empty(t, r.body)
	return r.header
}

func TestProgressGrowsFromPollToPoll(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	submitWebsite(t, f, "example.com")
	var last float64
	tag := ""
	for range 3 {
		_, err := f.db.System.Exec(t.Context(), "update submissions set phase_at = phase_at - interval '1 second'")
		require.NoError(t, err)
		r := f.as("ada", http.MethodGet, base+"/step/2", "", "If-None-Match", tag)
		require.Equal(t, 200, r.status, "the answer shows another progress")
		progress, ok := r.object(t)["progress"].(float64)
		require.True(t, ok)
		assert.Greater(t, progress, last)
		last, tag = progress, r.header.Get("ETag")
		assert.Contains(t, tag, fmt.Sprintf(".%.2f\"", progress))
	}
}

func TestUsersAreNotMixedUp(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			user := fmt.Sprintf("user-%d-%s", i, strings.Repeat("x", i*20))
			for range 10 {
				assert.Equal(t, user, f.as(user, http.MethodPost, base+"/start", "").object(t)["user_id"])
			}
		})
	}
	group.Wait()
}
