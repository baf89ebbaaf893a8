package httpapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	step4   = base + "/step4"
	aPerson = `"core_persona":{"identity":{"persona_name":"Nell"},"mine":{"kept":true}},"platform_personas":{"blog":{"platform_type":"blog"}}`
)

// ended polls a task of ada until it has ended, and returns the last answer. Whatever
// it answers on the way must be right.
func (f *fixture) ended(task any) map[string]any {
	f.t.Helper()
	path, ok := task.(string)
	require.True(f.t, ok)
	var body map[string]any
	last := -1.0
	require.Eventually(f.t, func() bool {
		body = f.ok(http.MethodGet, step4+"/persona-task/"+path, "")
		progress, _ := body["progress"].(float64)
		if body["status"] == "failed" {
			return true
		}
		assert.GreaterOrEqual(f.t, progress, last)
		last = progress
		return body["status"] == "completed"
	}, waitLong, tick)
	return body
}

func TestAPersonaTask(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	requireProblem(t, f.as("ada", http.MethodPost, step4+"/generate-personas-async", `{"onboarding_data":{"websiteAnalysis":null}}`), 409, "analysis_missing")
	f.ok(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)

	started := f.ok(http.MethodPost, step4+"/generate-personas-async", `{
		"onboarding_data":{"websiteAnalysis":{},"competitorResearch":{"competitors":[],"researchSummary":null,"socialMediaAccounts":{}},
			"sitemapAnalysis":null,"businessData":{},"researchPreferences":[],"deepCompetitorAnalysis":null},
		"selected_platforms":["substack","twitter","blog","twitter"],"user_preferences":null}`)
	assert.Equal(t, "pending", started["status"])
	assert.NotEmpty(t, started["message"])
	body := f.ended(started["task_id"])
	assert.Equal(t, "completed", body["status"])
	assert.InDelta(t, 100, body["progress"], 0)
	assert.Nil(t, body["error"])
	messages, ok := body["progress_messages"].([]any)
	require.True(t, ok)
	require.Len(t, messages, 2)
	assert.Contains(t, at(t, messages[0], "message"), "Initializing")
	assert.Contains(t, at(t, messages[1], "message"), "completed")
	assert.Equal(t, true, at(t, body, "result", "success"))
	assert.Equal(t, "https://one.example warm", at(t, body, "result", "core_persona", "identity", "persona_name"))
	assert.Equal(t, "blog", at(t, body, "result", "platform_personas", "blog", "platform_type"))
	assert.InDelta(t, 80, at(t, body, "result", "quality_metrics", "overall_score"), 0)
	assert.Equal(t, []any{"twitter", "blog", "substack"}, at(t, body, "result", "selected_platforms"), "each once")
	assert.Len(t, at(t, body, "result", "warnings"), 1, "a platform that could not be made")

	latest := f.ok(http.MethodGet, step4+"/persona-latest", "")
	assert.Equal(t, true, latest["success"])
	assert.Equal(t, at(t, body, "result", "core_persona"), at(t, latest, "persona", "core_persona"))
	assert.Equal(t, "local", at(t, latest, "persona", "engine"))

	again := f.ok(http.MethodPost, step4+"/generate-personas-async", `{}`)
	assert.NotEqual(t, started["task_id"], again["task_id"], "what has ended is done anew")
	assert.Equal(t, []any{"linkedin", "blog"}, at(t, f.ended(again["task_id"]), "result", "selected_platforms"), "the default")

	replaced := f.ended(started["task_id"])
	assert.Equal(t, "completed", replaced["status"])
	assert.Equal(t, false, at(t, replaced, "result", "success"), "other personas are not answered as its result")
	assert.Nil(t, at(t, replaced, "result", "core_persona"))
	assert.NotEmpty(t, at(t, replaced, "result", "error"))
}

func TestPersonasFromSentParts(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	for _, path := range []string{"/generate-personas", "/regenerate-persona"} {
		body := f.ok(http.MethodPost, step4+path, `{
			"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"},"unknown":"`+"\\u0000"+`"},
				"competitorResearch":{"competitors":[{"url":"https://rival.example","domain":"rival.example"}]},
				"sitemapAnalysis":{"analysis_data":{}},
				"businessData":{"business_description":"We repair bicycles.","user_id":1,"industry":null}},
			"selected_platforms":["linkedin"]}`)
		assert.Equal(t, true, body["success"], "%v", body)
		assert.Equal(t, " dry We repair bicycles.", at(t, body, "core_persona", "identity", "persona_name"))
		assert.Equal(t, []any{"rival.example"}, at(t, body, "core_persona", "linguistic_fingerprint", "lexical_features", "avoid_words"))
		assert.Nil(t, body["error"])
		assert.NotNil(t, body["quality_metrics"])
	}
	requireProblem(t, f.as("ada", http.MethodPost, step4+"/generate-personas", `{}`), 409, "analysis_missing")
	requireProblem(t, f.as("ada", http.MethodGet, base+"/business-info/user/1", ""), 404, "not_found")
}

func TestTasksAreTheirOwners(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	website := f.as("ada", http.MethodPost, "/onboarding/business-info", aBusiness).object(t)["submission_id"]
	task := f.ok(http.MethodPost, step4+"/generate-personas-async", `{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)["task_id"]
	path, ok := task.(string)
	require.True(t, ok)
	requireNoTask := func(user, id string) {
		t.Helper()
		r := f.as(user, http.MethodGet, step4+"/persona-task/"+id, "")
		require.Equal(t, 404, r.status)
		assert.Equal(t, "Task not found", r.object(t)["detail"], "clients look for these words")
		assert.Equal(t, "task_not_found", r.object(t)["code"])
	}
	requireNoTask("bob", path)
	for _, id := range []string{"1", "x", "%00", uuid.NewString(), website.(string)} {
		requireNoTask("ada", id)
	}

	body := f.ok(http.MethodGet, step4+"/persona-task/"+path, "")
	assert.Equal(t, "pending", body["status"])
	assert.Nil(t, body["result"])
	assert.Contains(t, body["current_step"], "Initializing")
	same := f.ok(http.MethodPost, step4+"/generate-personas-async", `{"selected_platforms":["blog","linkedin"],"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)
	assert.Equal(t, task, same["task_id"], "identical work is joined")

	other := f.ok(http.MethodPost, step4+"/generate-personas-async", `{"selected_platforms":["youtube"],"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)
	assert.NotEqual(t, task, other["task_id"])
	body = f.ok(http.MethodGet, step4+"/persona-task/"+path, "")
	assert.Equal(t, "failed", body["status"], "superseded")
	assert.Contains(t, body["error"], "replaced by a newer request")
	assert.Equal(t, body["error"], body["current_step"])
}

func TestTheProgressOfATask(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	task := f.ok(http.MethodPost, step4+"/generate-personas-async", `{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)["task_id"].(string)
	_, err := f.db.System.Exec(t.Context(), `update submissions set phase = 'core_persona', message = 'Generating the core persona.', progress = 20, progress_ceiling = 40`)
	require.NoError(t, err)
	last, tag := 20.0, ""
	for range 3 {
		_, err := f.db.System.Exec(t.Context(), "update submissions set phase_at = phase_at - interval '1 second'")
		require.NoError(t, err)
		r := f.as("ada", http.MethodGet, step4+"/persona-task/"+task, "", "If-None-Match", tag)
		require.Equal(t, 200, r.status, "the answer shows another progress")
		body := r.object(t)
		assert.Equal(t, "running", body["status"])
		assert.Equal(t, "Generating the core persona.", body["current_step"])
		require.Len(t, body["progress_messages"], 2)
		assert.Greater(t, body["progress"], last)
		last, tag = body["progress"].(float64), r.header.Get("ETag")
	}
	_, err = f.db.System.Exec(t.Context(), `update submissions set status = 'failed', finished_at = now(), failure_code = 'key_refused', failure_message = 'OpenAI refused your API key.'`)
	require.NoError(t, err)
	failed := f.as("ada", http.MethodGet, step4+"/persona-task/"+task, "")
	assert.Equal(t, "failed", failed.object(t)["status"])
	assert.Equal(t, "OpenAI refused your API key.", failed.object(t)["error"])
	assert.Equal(t, 304, f.as("ada", http.MethodGet, step4+"/persona-task/"+task, "", "If-None-Match", failed.header.Get("ETag")).status)
}

func TestSavingPersonas(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	none := f.ok(http.MethodGet, step4+"/persona-latest", "")
	assert.Equal(t, false, none["success"])
	assert.Nil(t, none["persona"])
	assert.InDelta(t, 404, none["status_code"], 0)
	assert.NotEmpty(t, none["message"])

	saved := f.ok(http.MethodPost, step4+"/persona-save", `{`+aPerson+`,"quality_metrics":null,"selected_platforms":["blog","medium"]}`)
	assert.Equal(t, true, saved["success"])
	assert.Equal(t, "completed", saved["status"])
	first := f.as("ada", http.MethodGet, step4+"/persona-latest", "")
	latest := first.object(t)
	assert.Equal(t, "client", at(t, latest, "persona", "engine"))
	assert.Equal(t, map[string]any{"kept": true}, at(t, latest, "persona", "core_persona", "mine"))
	assert.Equal(t, []any{"blog", "medium"}, at(t, latest, "persona", "selected_platforms"))
	assert.Nil(t, at(t, latest, "persona", "quality_metrics"))
	assert.Equal(t, 304, f.as("ada", http.MethodGet, step4+"/persona-latest", "", "If-None-Match", first.header.Get("ETag")).status)
	assert.Equal(t, "completed", f.ok(http.MethodGet, base+"/step/4", "")["status"])
	assert.Equal(t, true, at(t, f.ended(saved["task_id"]), "result", "success"), "an import is a task too")
	assert.Equal(t, false, f.as("bob", http.MethodGet, step4+"/persona-latest", "").object(t)["success"], "nobody sees another's")
}

func TestPersonaOptions(t *testing.T) {
	t.Parallel()
	f := serveBroken(t, func() error { return nil })
	platforms, ok := f.ok(http.MethodGet, step4+"/persona-options", "")["available_platforms"].([]any)
	require.True(t, ok)
	require.Len(t, platforms, len(onboarding.Platforms()))
	for i, platform := range onboarding.Platforms() {
		assert.Equal(t, string(platform), at(t, platforms[i], "id"))
		assert.NotEmpty(t, at(t, platforms[i], "name"))
		assert.NotEmpty(t, at(t, platforms[i], "description"))
	}
}

// stalled is a Submitter whose work never ends: it answers every submission and every
// wait with one of a status.
type stalled struct {
	httpapi.Submitter
	status onboarding.SubmissionStatus
}

func (s stalled) submission() (onboarding.Submission, error) {
	return onboarding.Submission{ID: uuid.UUID{1}, Status: s.status, Input: []byte(`{}`)}, nil
}

func (s stalled) SubmitWebsite(context.Context, string, onboarding.WebsiteInput) (onboarding.Submission, error) {
	return s.submission()
}

func (s stalled) PreviewWebsite(context.Context, string, onboarding.WebsiteInput) (onboarding.Submission, error) {
	return s.submission()
}

func (s stalled) AnalyzeSitemap(context.Context, string, onboarding.SitemapInput) (onboarding.Submission, error) {
	return s.submission()
}

func (s stalled) GeneratePersonas(context.Context, string, onboarding.PersonaInput) (onboarding.Submission, error) {
	return s.submission()
}

func (s stalled) ImportPersonas(context.Context, string, onboarding.Personas) (onboarding.Submission, error) {
	return s.submission()
}

func (s stalled) Wait(ctx context.Context, _ string, _ uuid.UUID, bound time.Duration) (onboarding.Submission, error) {
	if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) < bound {
		return onboarding.Submission{}, context.DeadlineExceeded
	}
	return s.submission()
}

func TestWorkThatDoesNotEndInTime(t *testing.T) {
	t.Parallel()
	for status, words := range map[onboarding.SubmissionStatus]string{
		onboarding.SubmissionInProgress: "goes on in the background", onboarding.SubmissionSuperseded: "replaced by a newer request",
		onboarding.SubmissionCancelled: "cancelled",
	} {
		f := serve(t, broken{do: func() error { return nil }}.state(), stalled{status: status})
		for path, body := range map[string]string{
			detection + "/complete": `{"url":"one.example"}`, detection + "/crawl": `{"url":"one.example"}`,
			base + "/step3/analyze-sitemap": `{"user_url":"one.example"}`,
			detection + "/analyze":          `{"content":{"main_content":"We repair bicycles and we teach our customers to do it."}}`,
			step4 + "/generate-personas":    `{}`, step4 + "/regenerate-persona": `{}`,
		} {
			answer := f.ok(http.MethodPost, path, body)
			assert.Equal(t, false, answer["success"], path)
			assert.Contains(t, answer["error"], words, path)
			for _, word := range []string{"website", "crawl", "API key", "configure"} {
				assert.NotContains(t, answer["error"], word, "clients take it for another problem")
			}
		}
		saved := f.as("ada", http.MethodPost, step4+"/persona-save", `{`+aPerson+`}`)
		if status == onboarding.SubmissionInProgress {
			assert.Equal(t, 202, saved.status)
			assert.Equal(t, "2", saved.header.Get("Retry-After"))
			assert.Equal(t, step4+"/persona-task/01000000-0000-0000-0000-000000000000", saved.header.Get("Location"))
			assert.Equal(t, true, saved.object(t)["success"])
			continue
		}
		assert.Equal(t, 200, saved.status)
		assert.Empty(t, saved.header.Get("Location"))
		assert.Equal(t, false, saved.object(t)["success"])
		assert.Contains(t, saved.object(t)["error"], words)
	}
}

func TestAssessQuality(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	const path, personas = base + "/step4/assess-quality", `{"core_persona":{"identity":{"persona_name":"Ada"}},"platform_personas":{"blog":{}},"user_feedback":null}`
	body := f.ok(http.MethodPost, path, personas)
	assert.Equal(t, false, body["success"])
	assert.Equal(t, "There is no website analysis to compare the personas with. Complete step 2 first.", body["error"])
	assert.Equal(t, []any{}, body["recommendations"])

	f.ok(http.MethodPost, base+"/style-detection/complete", `{"url":"example.com"}`)
	body = f.ok(http.MethodPost, path, personas)
	assert.Equal(t, true, body["success"])
	assert.InDelta(t, 80, at(t, body, "quality_metrics", "overall_score"), 0)
	assert.Equal(t, "pending", f.ok(http.MethodGet, base+"/step/4", "")["status"], "nothing is completed by it")

	r := f.as("ada", http.MethodPost, path, `{"core_persona":{},"platform_personas":{"blog":{}}}`)
	assert.Equal(t, http.StatusBadRequest, r.status, "%s", r.body)
}
