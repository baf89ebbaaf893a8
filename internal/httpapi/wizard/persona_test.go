package wizard_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	step4   = apitest.Base + "/step4"
	aPerson = `"core_persona":{"identity":{"persona_name":"Nell"},"mine":{"kept":true}},"platform_personas":{"blog":{"platform_type":"blog"}}`
)

// ended polls a task of ada until it has ended, and returns the last answer. Whatever
// it answers on the way must be right.
func ended(f *apitest.Fixture, task any) map[string]any {
	f.T.Helper()
	path, ok := task.(string)
	require.True(f.T, ok)
	var body map[string]any
	last := -1.0
	require.Eventually(f.T, func() bool {
		body = f.OK(http.MethodGet, step4+"/persona-task/"+path, "")
		progress, _ := body["progress"].(float64)
		if body["status"] == "failed" {
			return true
		}
		assert.GreaterOrEqual(f.T, progress, last)
		last = progress
		return body["status"] == "completed"
	}, waitLong, tick)
	return body
}

func TestAPersonaTask(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	apitest.RequireProblem(t, f.As("ada", http.MethodPost, step4+
		"/generate-personas-async", `{"onboarding_data":{"websiteAnalysis":null}}`), 409, "analysis_missing")
	f.OK(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)

	started := f.OK(http.MethodPost, step4+"/generate-personas-async", `{
		"onboarding_data":{"websiteAnalysis":{},"competitorResearch":{"competitors":[],"researchSummary":null,"socialMediaAccounts":{}},
			"sitemapAnalysis":null,"businessData":{},"researchPreferences":[],"deepCompetitorAnalysis":null},
		"selected_platforms":["substack","twitter","blog","twitter"],"user_preferences":null}`)
	assert.Equal(t, "pending", started["status"])
	assert.NotEmpty(t, started["message"])
	body := ended(f, started["task_id"])
	assert.Equal(t, "completed", body["status"])
	assert.InDelta(t, 100, body["progress"], 0)
	assert.Nil(t, body["error"])
	messages, ok := body["progress_messages"].([]any)
	require.True(t, ok)
	words := []string{"Initializing", "core persona", "platform", "quality", "completed"}
	require.Len(t, messages, len(words), "one for each phase, also of those that were over at once: %v", messages)
	for i, word := range words { // the front end tells the phases apart by them
		assert.Contains(t, apitest.At(t, messages[i], "message"), word)
		if i > 0 {
			assert.GreaterOrEqual(t, apitest.At(t, messages[i], "timestamp"), apitest.At(t, messages[i-1], "timestamp"))
		}
	}
	assert.Equal(t, true, apitest.At(t, body, "result", "success"))
	assert.Equal(t, "https://one.example warm", apitest.At(t, body, "result", "core_persona", "identity", "persona_name"))
	assert.Equal(t, "blog", apitest.At(t, body, "result", "platform_personas", "blog", "platform_type"))
	assert.InDelta(t, 80, apitest.At(t, body, "result", "quality_metrics", "overall_score"), 0)
	assert.Equal(t, []any{"twitter", "blog", "substack"}, apitest.At(t, body, "result", "selected_platforms"), "each once")
	assert.Len(t, apitest.At(t, body, "result", "warnings"), 1, "a platform that could not be made")

	latest := f.OK(http.MethodGet, step4+"/persona-latest", "")
	assert.Equal(t, true, latest["success"])
	assert.Equal(t, apitest.At(t, body, "result", "core_persona"), apitest.At(t, latest, "persona", "core_persona"))
	assert.Equal(t, "local", apitest.At(t, latest, "persona", "engine"))

	again := f.OK(http.MethodPost, step4+"/generate-personas-async", `{}`)
	assert.NotEqual(t, started["task_id"], again["task_id"], "what has ended is done again")
	assert.Equal(t, []any{"linkedin", "blog"}, apitest.At(t, ended(f, again["task_id"]), "result", "selected_platforms"),
		"the default")

	replaced := ended(f, started["task_id"])
	assert.Equal(t, "completed", replaced["status"])
	assert.Equal(t, false, apitest.At(t, replaced, "result", "success"), "other personas are not answered as its result")
	assert.Nil(t, apitest.At(t, replaced, "result", "core_persona"))
	assert.NotEmpty(t, apitest.At(t, replaced, "result", "error"))
}

func TestPersonasFromSentParts(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	for _, path := range []string{"/generate-personas", "/regenerate-persona"} {
		body := f.OK(http.MethodPost, step4+path, `{
			"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"},"unknown":"`+"\\u0000"+`"},
				"competitorResearch":{"competitors":[{"url":"https://rival.example","domain":"rival.example"}]},
				"sitemapAnalysis":{"analysis_data":{}},
				"businessData":{"business_description":"We repair bicycles.","user_id":1,"industry":null}},
			"selected_platforms":["linkedin"]}`)
		assert.Equal(t, true, body["success"], "%v", body)
		assert.Equal(t, " dry We repair bicycles.", apitest.At(t, body, "core_persona", "identity", "persona_name"))
		assert.Equal(t, []any{"rival.example"},
			apitest.At(t, body, "core_persona", "linguistic_fingerprint", "lexical_features", "avoid_words"))
		assert.Nil(t, body["error"])
		assert.NotNil(t, body["quality_metrics"])
	}
	apitest.RequireProblem(t, f.As("ada", http.MethodPost, step4+"/generate-personas", `{}`), 409, "analysis_missing")
	apitest.RequireProblem(t, f.As("ada", http.MethodGet, apitest.Base+"/business-info/user/1", ""), 404, "not_found")
}

func TestTasksAreTheirOwners(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	website := f.As("ada", http.MethodPost, "/onboarding/business-info", aBusiness).Object(t)["submission_id"]
	task := f.OK(http.MethodPost, step4+
		"/generate-personas-async", `{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)["task_id"]
	path, ok := task.(string)
	require.True(t, ok)
	requireNoTask := func(user, id string) {
		t.Helper()
		r := f.As(user, http.MethodGet, step4+"/persona-task/"+id, "")
		require.Equal(t, 404, r.Status)
		assert.Equal(t, "Task not found", r.Object(t)["detail"], "clients look for these words")
		assert.Equal(t, "task_not_found", r.Object(t)["code"])
	}
	requireNoTask("bob", path)
	for _, id := range []string{"1", "x", "%00", uuid.NewString(), website.(string)} {
		requireNoTask("ada", id)
	}

	body := f.OK(http.MethodGet, step4+"/persona-task/"+path, "")
	assert.Equal(t, "pending", body["status"])
	assert.Nil(t, body["result"])
	assert.Contains(t, body["current_step"], "Initializing")
	same := f.OK(http.MethodPost, step4+"/generate-personas-async",
		`{"selected_platforms":["blog","linkedin"],"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)
	assert.Equal(t, task, same["task_id"], "identical work is joined")

	other := f.OK(http.MethodPost, step4+"/generate-personas-async",
		`{"selected_platforms":["youtube"],"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)
	assert.NotEqual(t, task, other["task_id"])
	body = f.OK(http.MethodGet, step4+"/persona-task/"+path, "")
	assert.Equal(t, "failed", body["status"], "superseded")
	assert.Contains(t, body["error"], "replaced by a newer request")
	assert.Equal(t, body["error"], body["current_step"])
}

func TestTheProgressOfATask(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	task := f.OK(http.MethodPost, step4+"/generate-personas-async",
		`{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`)["task_id"].(string)
	_, err := f.DB.System.Exec(t.Context(),
		`update submissions set phase = 'core_persona', message = 'Generating the core persona.', progress = 20, progress_ceiling = 40`)
	require.NoError(t, err)
	last, tag := 20.0, ""
	for range 3 {
		_, err := f.DB.System.Exec(t.Context(), "update submissions set phase_at = phase_at - interval '1 second'")
		require.NoError(t, err)
		r := f.As("ada", http.MethodGet, step4+"/persona-task/"+task, "", "If-None-Match", tag)
		require.Equal(t, 200, r.Status, "the answer shows another progress")
		body := r.Object(t)
		assert.Equal(t, "running", body["status"])
		assert.Equal(t, "Generating the core persona.", body["current_step"])
		require.Len(t, body["progress_messages"], 2)
		assert.Greater(t, body["progress"], last)
		last, tag = body["progress"].(float64), r.Header.Get("ETag")
	}
	// Phases that were reached stay, the one that was over at once too; each once.
	_, err = f.DB.System.Exec(t.Context(), `
		insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message)
		select s.id, s.version + e.n, now(), s.user_id, 4, 'in_progress', u.id, e.progress, e.phase, e.phase
		from onboarding_sessions s join submissions u on u.session_id = s.id, (values
			(1, 'retrying', 25), (2, 'platform_personas', 40), (3, 'platform_personas', 60)) e (n, phase, progress)`)
	require.NoError(t, err)
	messages := f.OK(http.MethodGet, step4+"/persona-task/"+task, "")["progress_messages"].([]any)
	var said []any
	for _, message := range messages {
		said = append(said, apitest.At(t, message, "message"))
	}
	assert.Equal(t, []any{"retrying", "Generating the core persona.", "platform_personas", "Generating the core persona."}, said[1:],
		"the last is what is being done")
	_, err = f.DB.System.Exec(t.Context(),
		`update submissions set status = 'failed', finished_at = now(), failure_code = 'key_refused', failure_message = 'OpenAI refused your API key.'`)
	require.NoError(t, err)
	failed := f.As("ada", http.MethodGet, step4+"/persona-task/"+task, "")
	assert.Equal(t, "failed", failed.Object(t)["status"])
	assert.Equal(t, "OpenAI refused your API key.", failed.Object(t)["error"])
	assert.Equal(t, 304,
		f.As("ada", http.MethodGet, step4+"/persona-task/"+task, "", "If-None-Match", failed.Header.Get("ETag")).Status)
}

func TestSavingPersonas(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	none := f.OK(http.MethodGet, step4+"/persona-latest", "")
	assert.Equal(t, false, none["success"])
	assert.Nil(t, none["persona"])
	assert.InDelta(t, 404, none["status_code"], 0)
	assert.NotEmpty(t, none["message"])

	saved := f.OK(http.MethodPost, step4+"/persona-save", `{`+aPerson+
		`,"quality_metrics":null,"selected_platforms":["blog","medium"]}`)
	assert.Equal(t, true, saved["success"])
	assert.Equal(t, "completed", saved["status"])
	first := f.As("ada", http.MethodGet, step4+"/persona-latest", "")
	latest := first.Object(t)
	assert.Equal(t, "client", apitest.At(t, latest, "persona", "engine"))
	assert.Equal(t, map[string]any{"kept": true}, apitest.At(t, latest, "persona", "core_persona", "mine"))
	assert.Equal(t, []any{"blog", "medium"}, apitest.At(t, latest, "persona", "selected_platforms"))
	assert.Nil(t, apitest.At(t, latest, "persona", "quality_metrics"))
	assert.Equal(t, 304,
		f.As("ada", http.MethodGet, step4+"/persona-latest", "", "If-None-Match", first.Header.Get("ETag")).Status)
	assert.Equal(t, "completed", f.OK(http.MethodGet, apitest.Base+"/step/4", "")["status"])
	assert.Equal(t, true, apitest.At(t, ended(f, saved["task_id"]), "result", "success"), "an import is a task too")
	assert.Equal(t, false, f.As("bob", http.MethodGet, step4+"/persona-latest", "").Object(t)["success"],
		"nobody sees another's")
}

func TestPersonaOptions(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	platforms, ok := f.OK(http.MethodGet, step4+"/persona-options", "")["available_platforms"].([]any)
	require.True(t, ok)
	require.Len(t, platforms, len(onboarding.Platforms()))
	for i, platform := range onboarding.Platforms() {
		assert.Equal(t, string(platform), apitest.At(t, platforms[i], "id"))
		assert.NotEmpty(t, apitest.At(t, platforms[i], "name"))
		assert.NotEmpty(t, apitest.At(t, platforms[i], "description"))
	}
}

// Work that does not end in time, or ends without a result, is told in a sentence.
func TestWorkThatDoesNotEndInTime(t *testing.T) {
	t.Parallel()
	for status, words := range map[onboarding.SubmissionStatus]string{
		onboarding.SubmissionInProgress: "goes on in the background",
		onboarding.SubmissionSuperseded: "replaced by a newer request",
		onboarding.SubmissionCancelled:  "cancelled",
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			f := apitest.New(t, func(c *httpapi.Config) {
				if status == onboarding.SubmissionInProgress {
					c.Wizard.Patience = time.Millisecond
				}
			})
			for path, body := range map[string]string{
				detection + "/complete": `{"url":"one.example"}`, detection + "/crawl": `{"url":"one.example"}`,
				apitest.Base + "/step3/analyze-sitemap": `{"user_url":"one.example"}`,
				detection +
					"/analyze": `{"content":{"main_content":"We repair bicycles and we teach our customers to do it."}}`,
				step4 + "/generate-personas": aGeneration, step4 + "/regenerate-persona": aGeneration,
			} {
				answer := endedAs(t, f, status, path, body).Object(t)
				assert.Equal(t, false, answer["success"], path)
				assert.Contains(t, answer["error"], words, path)
				for _, word := range []string{"website", "crawl", "API key", "configure"} {
					assert.NotContains(t, answer["error"], word, "clients take it for another problem")
				}
			}
			saved := endedAs(t, f, status, step4+"/persona-save", `{`+aPerson+`}`)
			if status == onboarding.SubmissionInProgress {
				assert.Equal(t, 202, saved.Status)
				assert.Equal(t, "2", saved.Header.Get("Retry-After"))
				assert.Contains(t, saved.Header.Get("Location"), step4+"/persona-task/")
				assert.Equal(t, true, saved.Object(t)["success"])
				return
			}
			assert.Equal(t, 200, saved.Status)
			assert.Empty(t, saved.Header.Get("Location"))
			assert.Equal(t, false, saved.Object(t)["success"])
			assert.Contains(t, saved.Object(t)["error"], words)
		})
	}
}

const aGeneration = `{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`

// endedAs posts and gives the work that the call waits for a status. There is no worker.
func endedAs(t *testing.T, f *apitest.Fixture, status onboarding.SubmissionStatus, path, body string) apitest.Response {
	t.Helper()
	if status == onboarding.SubmissionInProgress {
		return f.As("ada", http.MethodPost, path, body)
	}
	answered := make(chan apitest.Response, 1)
	go func() { answered <- f.As("ada", http.MethodPost, path, body) }()
	f.Eventually(1, "select count(*) from submissions where status = 'in_progress'")
	f.Exec("update submissions set status = $1, finished_at = now() where status = 'in_progress'", status)
	select {
	case r := <-answered:
		return r
	case <-time.After(waitLong):
		t.Fatalf("%s is not answered", path)
		return apitest.Response{}
	}
}

func TestAssessQuality(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	const path, personas = apitest.Base +
		"/step4/assess-quality", `{"core_persona":{"identity":{"persona_name":"Ada"}},"platform_personas":{"blog":{}},"user_feedback":null}`
	body := f.OK(http.MethodPost, path, personas)
	assert.Equal(t, false, body["success"])
	assert.Equal(t, "There is no website analysis to compare the personas with. Complete step 2 first.", body["error"])
	assert.Equal(t, []any{}, body["recommendations"])

	f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"example.com"}`)
	body = f.OK(http.MethodPost, path, personas)
	assert.Equal(t, true, body["success"])
	assert.InDelta(t, 80, apitest.At(t, body, "quality_metrics", "overall_score"), 0)
	assert.Equal(t, "pending", f.OK(http.MethodGet, apitest.Base+"/step/4", "")["status"], "nothing is completed by it")

	r := f.As("ada", http.MethodPost, path, `{"core_persona":{},"platform_personas":{"blog":{}}}`)
	assert.Equal(t, http.StatusBadRequest, r.Status, "%s", r.Body)
}
