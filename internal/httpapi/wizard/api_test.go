package wizard_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

func TestANewUser(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	start := f.As("ada", http.MethodPost, apitest.Base+"/start", "")
	require.Equal(t, 200, start.Status)
	body := start.Object(t)
	assert.Equal(t, "ada", body["user_id"])
	assert.InDelta(t, 1, body["current_step"], 0)
	assert.InDelta(t, 1, body["next_step"], 0)
	assert.InDelta(t, 0, body["progress"], 0)
	assert.Equal(t, body["id"], f.As("ada", http.MethodPost, apitest.Base+"/start", "").Object(t)["id"],
		"starting again resumes")

	status := f.As("ada", http.MethodGet, apitest.PathStatus, "").Object(t)
	assert.Equal(t, false, status["is_completed"])
	assert.Equal(t, false, status["can_proceed_to_final"])
	assert.Nil(t, status["completed_at"])
	assert.InDelta(t, 0, status["completion_percentage"], 0)

	steps, ok := f.As("ada", http.MethodGet, apitest.Base+"/progress", "").Object(t)["steps"].([]any)
	require.True(t, ok)
	require.Len(t, steps, 6)
	for i, title := range []string{
		"AI LLM Providers", "Website Analysis", "AI Research", "Personalization",
		"Integrations", "Complete Setup",
	} {
		step, ok := steps[i].(map[string]any)
		require.True(t, ok)
		assert.InDelta(t, i+1, step["step_number"], 0)
		assert.Equal(t, title, step["title"])
		assert.Equal(t, "pending", step["status"])
		assert.Equal(t, []any{}, step["validation_errors"])
	}
	assert.Nil(t, f.As("ada", http.MethodGet, apitest.Base+"/step/1", "").Object(t)["data"])
	assert.Equal(t, map[string]any{}, f.As("ada", http.MethodGet, apitest.Base+"/step/3", "").Object(t)["data"])

	analysis := f.As("ada", http.MethodGet, apitest.Base+"/website-analysis", "").Object(t)
	assert.Equal(t, map[string]any{"status": "no_data", "website_url": nil, "warnings": []any{}}, analysis)
}

// Names are stored in ASCII, and shown as people write them.
func TestNamesOfOtherScripts(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	r := f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website":"BÜCHER.example"}}`)
	require.Equal(t, 202, r.Status, "%s", r.Body)
	assert.Equal(t, map[string]any{"website": "https://bücher.example"}, r.Object(t)["data"])
	data := f.As("ada", http.MethodGet, apitest.Base+"/step/2", "").Object(t)["data"]
	assert.Equal(t, map[string]any{"website": "https://bücher.example", "website_url": "https://bücher.example"}, data)
	joined := apitest.SubmitWebsite(t, f, "https://xn--bcher-kva.example")
	assert.Equal(t, r.Object(t)["submission_id"], joined)
}

func TestSubmittingAWebsite(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	r := f.As("ada", http.MethodPost, apitest.PathSubmit,
		`{"data":{"website":" Example.COM/ ","analysis":{},"other":true},"validation_errors":[]}`)
	require.Equal(t, 202, r.Status, "%s", r.Body)
	assert.Equal(t, apitest.Base+"/step/2", r.Header.Get("Location"))
	assert.Equal(t, "2", r.Header.Get("Retry-After"))
	body := r.Object(t)
	assert.Equal(t, "in_progress", body["status"])
	assert.InDelta(t, 2, body["step_number"], 0)
	assert.Equal(t, map[string]any{"website": "https://example.com"}, body["data"])
	assert.Equal(t, []any{}, body["warnings"])
	assert.NotEmpty(t, body["message"])

	step := f.As("ada", http.MethodGet, apitest.Base+"/step/2", "").Object(t)
	assert.Equal(t, "in_progress", step["status"])
	assert.Equal(t, body["submission_id"], step["submission_id"])
	assert.Equal(t, "queued", step["phase"])
	assert.Equal(t, map[string]any{"website": "https://example.com", "website_url": "https://example.com"}, step["data"])

	assert.Equal(t, body["submission_id"], apitest.SubmitWebsite(t, f, "https://EXAMPLE.com"), "identical work is joined")
	other := f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website_url":"https://other.example"}}`)
	assert.NotEqual(t, body["submission_id"], other.Object(t)["submission_id"], "other work takes its place")
	assert.Empty(t, other.Object(t)["warnings"])
}

func TestAddressesThatCantBeOne(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for website, code := range map[string]string{
		"file:///etc/passwd": "unsupported_scheme", "javascript:alert(1)": "unsupported_scheme",
		"https://user:" + apitest.Canary + "@example.com": "userinfo_in_url", "https://exa mple.com": "invalid_url",
		"https://": "invalid_url",
		"https://example.com/" + strings.Repeat("x", 3000): "too_long",
	} {
		body, err := json.Marshal(map[string]any{"data": map[string]any{"website_url": website}})
		require.NoError(t, err)
		r := f.As("ada", http.MethodPost, apitest.PathSubmit, string(body))
		problem := apitest.RequireProblem(t, r, 400, code)
		assert.NotContains(t, string(r.Body), apitest.Canary)
		assert.Equal(t, []any{map[string]any{"field": "data.website_url", "reason": problem["detail"]}}, problem["errors"])
	}
	assert.Equal(t, "pending", f.As("ada", http.MethodGet, apitest.Base+"/step/2", "").Object(t)["status"])
}

func TestACompletedWebsite(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	apitest.Complete(t, f, apitest.SubmitWebsite(t, f, "example.com"))

	status := f.As("ada", http.MethodGet, apitest.PathStatus, "").Object(t)
	assert.InDelta(t, 2, status["current_step"], 0)
	assert.InDelta(t, 1, status["next_step"], 0)
	assert.InDelta(t, 17, status["completion_percentage"], 0)

	r := f.As("ada", http.MethodGet, apitest.Base+"/website-analysis", "")
	analysis := r.Object(t)
	assert.Equal(t, "completed", analysis["status"])
	assert.Equal(t, "https://example.com", analysis["website_url"])
	assert.Equal(t, "warm", apitest.At(t, analysis, "style_analysis", "writing_style", "tone"))
	assert.Nil(t, apitest.At(t, analysis, "style_analysis", "writing_style", "voice"))
	assert.Equal(t, []any{}, apitest.At(t, analysis, "style_analysis", "target_audience", "pain_points"))
	assert.Equal(t, []any{"Two pages were too slow."}, analysis["warnings"])
	assert.NotContains(t, string(r.Body), "[]null")

	step := f.As("ada", http.MethodGet, apitest.Base+"/step/2", "").Object(t)
	assert.Equal(t, "completed", step["status"])
	assert.Equal(t, true, step["has_data"])
	assert.InDelta(t, 100, step["progress"], 0)
	assert.NotNil(t, step["completed_at"])
	assert.Equal(t, "warm", apitest.At(t, step, "data", "analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Say what you mean."}, apitest.At(t, step, "data", "analysis", "best_practices"))
	assert.Equal(t, analysis["id"], apitest.At(t, step, "data", "analysis_id"))

	assert.Equal(t, "no_data", f.As("bob", http.MethodGet, apitest.Base+"/website-analysis", "").Object(t)["status"],
		"nobody sees another's")
}

func TestAFailedWebsite(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	apitest.SubmitWebsite(t, f, "gone.example")
	code, sentence := "host_not_found", "There is no website at gone.example. Check the spelling of the address."
	apitest.Change(t, f, func(q *postgres.Queries, s onboarding.Session) error {
		return q.EndStep(t.Context(), app.EndStepParams{
			SessionID: s.ID, Step: onboarding.StepWebsite, Status: onboarding.StepFailed, FailureCode: &code,
			FailureMessage: &sentence,
		})
	})
	step := f.As("ada", http.MethodGet, apitest.Base+"/step/2", "").Object(t)
	assert.Equal(t, "failed", step["status"])
	assert.Equal(t, []any{sentence}, step["validation_errors"])
	assert.Equal(t, map[string]any{"code": code, "detail": sentence, "retryable": false}, step["error"])
	assert.InDelta(t, 0, f.As("ada", http.MethodGet, apitest.PathStatus, "").Object(t)["completion_percentage"], 0)
}

func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	paths := []string{apitest.PathStatus, apitest.Base + "/progress", apitest.Base + "/step/2", apitest.Base +
		"/website-analysis"}
	tags := map[string]string{}
	for _, path := range paths {
		r := f.As("ada", http.MethodGet, path, "")
		tags[path] = r.Header.Get("ETag")
		require.Regexp(t, `^W/"[\w-]{22}"$`, tags[path])
		assert.Equal(t, "private, no-cache", r.Header.Get("Cache-Control"))
		assert.Contains(t, r.Header.Get("Vary"), "Authorization")

		same := f.As("ada", http.MethodGet, path, "", "If-None-Match", `"other", `+tags[path])
		assert.Equal(t, 304, same.Status)
		assert.Empty(t, same.Body)
		assert.Equal(t, tags[path], same.Header.Get("ETag"))
	}
	apitest.SubmitWebsite(t, f, "example.com")
	for _, path := range paths[:3] {
		assert.Equal(t, 200, f.As("ada", http.MethodGet, path, "", "If-None-Match", tags[path]).Status,
			"%s has changed", path)
	}
}

func TestHeadAnswersLikeGet(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	apitest.Complete(t, f, apitest.SubmitWebsite(t, f, "example.com"))
	for _, path := range []string{
		apitest.PathStatus, apitest.Base + "/progress", apitest.Base + "/step/2", apitest.Base +
			"/website-analysis", "/openapi.json", "/healthz", "/readyz",
		apitest.Base + "/step/7", "/nothing",
	} {
		plain := []string{"X-Request-ID", "same", "Accept-Encoding", "identity"} // a client's own would differ
		get := f.As("ada", http.MethodGet, path, "", plain...)
		head := f.As("ada", http.MethodHead, path, "", plain...)
		assert.Equal(t, get.Status, head.Status, path)
		assert.Empty(t, head.Body, path)
		get.Header.Del("Date")
		head.Header.Del("Date")
		assert.Equal(t, get.Header, head.Header, path)
		assert.NotEqual(t, "0", head.Header.Get("Content-Length"), path)

		tag := get.Header.Get("ETag")
		if tag == "" {
			continue
		}
		same := f.As("ada", http.MethodHead, path, "", append(plain, "If-None-Match", tag)...)
		assert.Equal(t, 304, same.Status, path)
		assert.Equal(t, tag, same.Header.Get("ETag"))
	}
	requireHead(t, f.Send(http.MethodHead, apitest.PathStatus, ""), 401)
	assert.Equal(t, "POST", requireHead(t, f.As("ada", http.MethodHead, apitest.PathSubmit, ""), 405).Get("Allow"))
}

// requireHead checks that an answer has the status and no body.
func requireHead(t *testing.T, r apitest.Response, status int) http.Header {
	t.Helper()
	require.Equal(t, status, r.Status)
	require.Empty(t, r.Body)
	return r.Header
}

func TestProgressGrowsFromPollToPoll(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	apitest.SubmitWebsite(t, f, "example.com")
	var last float64
	tag := ""
	for range 3 {
		_, err := f.DB.System.Exec(t.Context(), "update submissions set phase_at = phase_at - interval '1 second'")
		require.NoError(t, err)
		r := f.As("ada", http.MethodGet, apitest.Base+"/step/2", "", "If-None-Match", tag)
		require.Equal(t, 200, r.Status, "the answer shows another progress")
		progress, ok := r.Object(t)["progress"].(float64)
		require.True(t, ok)
		assert.Greater(t, progress, last)
		last, tag = progress, r.Header.Get("ETag")
	}
}

func TestUsersAreNotMixedUp(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			user := fmt.Sprintf("user-%d-%s", i, strings.Repeat("x", i*20))
			for range 10 {
				assert.Equal(t, user, f.As(user, http.MethodPost, apitest.Base+"/start", "").Object(t)["user_id"])
			}
		})
	}
	group.Wait()
}
