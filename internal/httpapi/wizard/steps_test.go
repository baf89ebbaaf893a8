package wizard_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	somePerson = `"corePersona":{"identity":{"persona_name":"Ada"},"mine":1},"platformPersonas":{"blog":{"platform_type":"blog"}},"qualityMetrics":{"overall_score":80}`
)

func TestTheWholeOnboarding(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	missing := apitest.RequireProblem(t, f.As("ada", http.MethodPost, apitest.Base+"/complete", ""), 400, "steps_missing")
	assert.Contains(t, missing["detail"], "Step 2 (Website Analysis), Step 3 (AI Research), Step 4 (Personalization)")

	one := f.SubmitStep(1, `{"api_keys":{"openai":"`+apitest.AModelKey+`","exa":"","copilotkit":null}}`)
	require.Equal(t, 200, one.Status, "%s", one.Body)
	assert.Equal(t, map[string]any{"api_keys": map[string]any{"openai": "****WXYZ"}}, one.Object(t)["data"])

	two := f.SubmitStep(2, `{"website":"Example.com","analysis":{"writing_style":{"tone":"dry"},"evil":"\u0000"}}`)
	require.Equal(t, 200, two.Status, "%s", two.Body)
	assert.Equal(t, map[string]any{"website": "https://example.com"}, two.Object(t)["data"])
	assert.Equal(t, "dry",
		apitest.At(t, f.OK(http.MethodGet, apitest.StepPath(2, ""), ""), "data", "analysis", "writing_style", "tone"))

	three := f.SubmitStep(3,
		`{"research_depth":"Deep","competitors":[{"url":"https://a.example"}],"researchSummary":{"market_insights":"Growing."},"other":{"x":1}}`)
	require.Equal(t, 200, three.Status, "%s", three.Body)
	assert.Len(t, three.Object(t)["warnings"], 3, "three defaults were taken")
	data := apitest.At(t, f.OK(http.MethodGet, apitest.StepPath(3, ""), ""), "data")
	assert.Equal(t, map[string]any{
		"research_depth": "Deep", "content_types": []any{"Blog Posts"}, "auto_research": true, "factual_content": true,
		"competitors":     []any{map[string]any{"url": "https://a.example"}},
		"researchSummary": map[string]any{"market_insights": "Growing."},
	}, data)

	four := f.SubmitStep(4, `{`+somePerson+`,"selectedPlatforms":["blog"]}`)
	require.Equal(t, 200, four.Status, "%s", four.Body)
	data = apitest.At(t, f.OK(http.MethodGet, apitest.StepPath(4, ""), ""), "data")
	assert.Equal(t, "Ada", apitest.At(t, data, "corePersona", "identity", "persona_name"))
	assert.Equal(t, []any{"blog"}, apitest.At(t, data, "selectedPlatforms"))

	five := f.SubmitStep(5, `{"integrations":{"primaryWebsite":"wix"},"api_keys":{"openai":"`+apitest.Canary+`"}}`)
	require.Equal(t, 200, five.Status, "%s", five.Body)
	assert.Len(t, five.Object(t)["warnings"], 1)
	assert.Equal(t, map[string]any{"integrations": map[string]any{"primaryWebsite": "wix"}},
		apitest.At(t, f.OK(http.MethodGet, apitest.StepPath(5, ""), ""), "data"))

	six := f.SubmitStep(6, `{}`)
	require.Equal(t, 200, six.Status, "%s", six.Body)
	assert.Equal(t, "pending", six.Object(t)["status"], "only the finish completes it")
	assert.Equal(t, true, f.OK(http.MethodGet, apitest.Base+"/status", "")["can_proceed_to_final"])

	first := f.OK(http.MethodPost, apitest.Base+"/complete", "")
	assert.InDelta(t, 100, first["completion_percentage"], 0)
	assert.Equal(t, true, first["persona_generated"])
	assert.Equal(t, first, f.OK(http.MethodPost, apitest.Base+"/complete", "{}"), "a second call answers the same")
	assert.Equal(t, "completed", f.SubmitStep(6, `{}`).Object(t)["status"])
	resume := f.OK(http.MethodGet, apitest.Base+"/resume", "")
	assert.Equal(t, false, resume["can_resume"])
	assert.Nil(t, resume["resume_step"])
	requireSummary(f)
}

// requireSummary checks the summary of the whole onboarding.
func requireSummary(f *apitest.Fixture) {
	f.T.Helper()
	summary := f.OK(http.MethodGet, apitest.Base+"/summary", "")
	assert.Equal(f.T, map[string]any{"configured": true, "value": "****WXYZ"},
		apitest.At(f.T, summary, "api_keys", "openai"))
	assert.Equal(f.T, map[string]any{"configured": false, "value": nil}, apitest.At(f.T, summary, "api_keys", "gemini"))
	assert.Equal(f.T, "https://example.com", summary["website_url"])
	for _, name := range []string{"writing_style", "tone"} {
		assert.Equal(f.T, "dry", apitest.At(f.T, summary, "personalization_settings", name))
	}
	assert.Equal(f.T, []any{}, apitest.At(f.T, summary, "canonical_profile", "business_goals"))
	assert.Equal(f.T, "Deep", apitest.At(f.T, summary, "research_preferences", "research_depth"))
	assert.Equal(f.T, "dry", apitest.At(f.T, summary, "research_preferences", "writing_style", "tone"))
	assert.Equal(f.T, map[string]any{"primaryWebsite": "wix"}, summary["integrations"])
	assert.Equal(f.T, []any{1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, summary["completed_steps"])
	for _, capability := range []string{
		"ai_content", "style_analysis", "research_tools", "personalization",
		"integrations",
	} {
		assert.Equal(f.T, true, apitest.At(f.T, summary, "capabilities", capability), capability)
	}

	start := f.OK(http.MethodGet, apitest.Base+"/init", "")
	assert.Equal(f.T, "ada", apitest.At(f.T, start, "user", "clerk_user_id"))
	steps, ok := apitest.At(f.T, start, "onboarding", "steps").([]any)
	require.True(f.T, ok)
	assert.Equal(f.T, "AI LLM Providers", apitest.At(f.T, steps[0], "title"))
	assert.Nil(f.T, apitest.At(f.T, steps[0], "data"))
	assert.Equal(f.T, "https://example.com", apitest.At(f.T, steps[1], "data", "website_url"))
	assert.Equal(f.T, "Deep", apitest.At(f.T, steps[2], "data", "research_depth"))
	assert.InDelta(f.T, 80, apitest.At(f.T, steps[3], "data", "qualityMetrics", "overall_score"), 0)
	progress := f.OK(http.MethodGet, apitest.Base+"/progress", "")
	assert.Equal(f.T, apitest.At(f.T, start, "onboarding"), progress, "the same data")
}

func TestAnEmptySummary(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	summary := f.OK(http.MethodGet, apitest.Base+"/summary", "")
	for _, name := range []string{"website_url", "style_analysis", "research_preferences", "personalization_settings"} {
		assert.Nil(t, summary[name], name)
	}
	assert.Equal(t, map[string]any{}, summary["integrations"])
	assert.Equal(t, []any{"website_analysis"}, apitest.At(t, summary, "persona_readiness", "missing_data"))
	assert.Equal(t, 200, f.As("ada", http.MethodGet, apitest.Base+"/init", "").Status)
	resume := f.OK(http.MethodGet, apitest.Base+"/resume", "")
	assert.Equal(t, true, resume["can_resume"])
	assert.InDelta(t, 1, resume["resume_step"], 0)
}

func TestStepTwoWithoutAWebsite(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	text := strings.Repeat("We repair bicycles. ", 5)
	for data, field := range map[string]string{
		`{"business_description":" "}`:                              "data.business_description",
		`{"businessData":{"industry":"Repair"}}`:                    "data.businessData.business_description",
		`{"businessData":{"business_description":"Too short"}}`:     "data.businessData.business_description",
		`{"businessData":[]}`:                                       "data.businessData",
		`{"website":"","text_sample":"Too short"}`:                  "data.text_sample",
		`{"website":"example.com","businessData":{"industry":[1]}}`: "data.businessData.industry",
	} {
		r := f.SubmitStep(2, data)
		require.Equal(t, 400, r.Status, "%s: %s", data, r.Body)
		assert.Equal(t, field, r.Object(t)["errors"].([]any)[0].(map[string]any)["field"], data)
	}
	for data, want := range map[string]map[string]any{
		`{"website":null,"businessData":{"business_description":" We repair bicycles. ","industry":"Repair"}}`: {
			"business_description": "We repair bicycles.", "industry": "Repair",
		},
		`{"website":"example.com","businessData":{"industry":"Repair"}}`: {"website": "https://example.com"},
		`{"business_description":"We repair bicycles."}`:                 {"business_description": "We repair bicycles."},
		`{"text_sample":"` + text +
			`","industry":"Repair"}`: {"text_sample": strings.TrimSpace(text), "industry": "Repair"},
	} {
		r := f.SubmitStep(2, data)
		require.Equal(t, 202, r.Status, "%s", r.Body)
		assert.Equal(t, want, r.Object(t)["data"])
		assert.Equal(t, apitest.StepPath(2, ""), r.Header.Get("Location"))
	}
}

func TestPersonasNeedAnAnalysis(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	apitest.RequireProblem(t, f.SubmitStep(4, `{"selectedPlatforms":[]}`), 409, "analysis_missing")
	locked := f.OK(http.MethodGet, apitest.StepPath(4, "/validate"), "")
	assert.Equal(t, "locked", locked["step_status"])
	assert.Equal(t, []any{"Complete step 2 (Website Analysis) first."}, locked["validation_errors"])

	apitest.SubmitWebsite(t, f, "example.com")
	running := apitest.RequireProblem(t, f.SubmitStep(4, `{"selected_platforms":["blog"]}`), 409, "step_in_progress")
	assert.InDelta(t, 2, running["retry_after"], 0)

	f.Work()
	require.Eventually(t, func() bool { return f.StepStatus(2) == "completed" }, waitLong, tick)
	assert.Equal(t, "available", f.OK(http.MethodGet, apitest.StepPath(4, "/validate"), "")["step_status"])
	r := f.SubmitStep(4, `{"selectedPlatforms":[]}`)
	require.Equal(t, 202, r.Status, "%s", r.Body)
	assert.Equal(t, map[string]any{"selectedPlatforms": []any{"linkedin", "blog"}}, r.Object(t)["data"])
	require.Eventually(t, func() bool { return f.StepStatus(4) == "completed" }, waitLong, tick)
	assert.Equal(t, 200, f.SubmitStep(4, `{"core_persona":{"identity":{}},"platform_personas":{"blog":{}}}`).Status,
		"both spellings are taken")
}

func TestStepsAreSkippedCancelledRetriedAndReset(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	post := func(n int, action string) apitest.Response {
		return f.As("ada", http.MethodPost, apitest.StepPath(n, "/"+action), "")
	}

	for n := 1; n <= 6; n++ {
		r := post(n, "skip")
		if n == 1 || n == 3 || n == 5 {
			require.Equal(t, 200, r.Status, "%s", r.Body)
			assert.Equal(t, "skipped", r.Object(t)["status"])
			continue
		}
		apitest.RequireProblem(t, r, 409, "step_not_skippable")
	}
	apitest.RequireProblem(t, post(2, "cancel"), 409, "step_not_running")
	apitest.RequireProblem(t, post(2, "retry"), 409, "nothing_to_retry")

	first := apitest.SubmitWebsite(t, f, "example.com")
	begin := time.Now()
	running := apitest.RequireProblem(t, f.As("ada", http.MethodPost, apitest.Base+"/complete", ""), 400, "steps_missing")
	assert.NotContains(t, running["detail"], "Step 3", "skipped counts")
	assert.Equal(t, []any{
		map[string]any{"field": "steps.2", "reason": "Step 2 (Website Analysis) is in progress."},
		map[string]any{"field": "steps.4", "reason": "Step 4 (Personalization) is pending."},
	}, running["errors"])
	assert.Less(t, time.Since(begin), 3*time.Second, "it does not wait for step 2, which would not help")
	cancelled := post(2, "cancel")
	require.Equal(t, 200, cancelled.Status, "%s", cancelled.Body)
	assert.Equal(t, "pending", cancelled.Object(t)["status"])

	again := post(2, "retry")
	require.Equal(t, 202, again.Status, "%s", again.Body)
	assert.NotEqual(t, first, again.Object(t)["submission_id"])
	assert.Equal(t, apitest.StepPath(2, ""), again.Header.Get("Location"))
	assert.Equal(t, "https://example.com",
		apitest.At(t, f.OK(http.MethodGet, apitest.StepPath(2, ""), ""), "data", "website"))

	reset := post(2, "reset")
	assert.Equal(t, "pending", reset.Object(t)["status"])
	for _, action := range []string{"skip", "cancel", "retry", "reset"} {
		apitest.RequireProblem(t, post(7, action), 404, "step_not_found")
	}
	apitest.RequireProblem(t, f.As("ada", http.MethodGet, apitest.StepPath(0, "/validate"), ""), 404, "step_not_found")
}

func TestStartingOver(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	f.SubmitStep(1, `{"api_keys":{"openai":"`+apitest.AModelKey+`"}}`)
	f.SubmitStep(3, `{"auto_research":false}`)
	for body, kept := range map[string]bool{"": true, `{"delete_data":true}`: false} {
		if !kept {
			f.SubmitStep(3, `{"auto_research":false}`)
		}
		over := f.OK(http.MethodPost, apitest.Base+"/reset", body)
		assert.InDelta(t, 0, over["completion_percentage"], 0)
		assert.InDelta(t, 1, over["current_step"], 0)
		if !kept {
			assert.Equal(t, map[string]any{}, apitest.At(t, f.OK(http.MethodGet, apitest.StepPath(3, ""), ""), "data"))
		}
		assert.Equal(t, []any{"openai"}, f.OK(http.MethodGet, apitest.Base+"/api-keys", "")["configured_providers"],
			"keys are kept")
	}
}

func TestTheConfigurationIsTheCodes(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	r := f.Send(http.MethodGet, apitest.Base+"/config", "")
	require.Equal(t, 200, r.Status)
	config := r.Object(t)
	assert.InDelta(t, 6, config["total_steps"], 0)
	steps, ok := config["steps"].([]any)
	require.True(t, ok)
	for i, want := range []struct{ required, skippable bool }{
		{false, true},
		{true, false},
		{true, true},
		{true, false},
		{false, true},
		{false, false},
	} {
		assert.Equal(t, want.required, apitest.At(t, steps[i], "required"), i)
		assert.Equal(t, want.skippable, apitest.At(t, steps[i], "skippable"), i)
	}
	assert.Equal(t, []any{"completed", "failed", "in_progress", "pending"},
		apitest.At(t, config, "status_machine", "in_progress"))
	assert.Contains(t, apitest.At(t, steps[0], "providers"), "anthropic")
	assert.Len(t, config["providers"], len(onboarding.Providers()))
	assert.Len(t, config["platforms"], len(onboarding.Platforms()))
	assert.Len(t, config["platform_limits"], len(onboarding.Platforms()))
	assert.Subset(t, config["platform_limits"].([]any)[2], map[string]any{"platform": "twitter", "characters": 280.0})
}

// The picture, the voice and the video of a brand stay beside its personas, whatever becomes of those.
func TestMediaOfAPersonaAreKept(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	const avatar, voice = `{"set":true,"url":"https://a.example/a.png","style":"flat"}`, `{"set":true,"url":"https://a.example/v.mp3"}`
	media := func() map[string]any {
		data := f.OK(http.MethodGet, apitest.Base+"/step/4", "")["data"].(map[string]any)
		inInit := apitest.List(t, f.OK(http.MethodGet, apitest.Base+"/init", "")["onboarding"].(map[string]any), "steps")[3]
		assert.Equal(t, data, inInit["data"])
		return map[string]any{"brandAvatar": data["brandAvatar"], "voiceClone": data["voiceClone"], "introVideo": data["introVideo"]}
	}
	done := f.OK(http.MethodPost, apitest.StepPath(4, "/complete"),
		`{"data":{`+somePerson+`,"brandAvatar":`+avatar+`,"voiceClone":`+voice+`}}`)
	assert.Empty(t, done["warnings"])
	assert.Equal(t, "https://a.example/a.png", apitest.At(t, done, "data", "brandAvatar", "url"))
	want := map[string]any{
		"brandAvatar": map[string]any{"set": true, "url": "https://a.example/a.png", "style": "flat"},
		"voiceClone":  map[string]any{"set": true, "url": "https://a.example/v.mp3"}, "introVideo": nil,
	}
	assert.Equal(t, want, media())

	f.OK(http.MethodPost, apitest.StepPath(4, "/complete"), `{"data":{`+somePerson+`}}`)
	assert.Equal(t, want, media(), "personas without media leave them")
	f.OK(http.MethodPost, apitest.StepPath(4, "/complete"),
		`{"data":{`+strings.Replace(somePerson, "Ada", "Eve", 1)+`,"introVideo":{"set":false,"url":""}}}`)
	want["introVideo"] = map[string]any{"set": false, "url": ""}
	assert.Equal(t, want, media(), "one replaces only itself")

	f.OK(http.MethodPost, detection+"/complete", `{"url":"https://example.com"}`)
	f.OK(http.MethodPost, apitest.Base+"/step4/generate-personas", `{"selected_platforms":["blog"]}`)
	assert.Equal(t, want, media(), "so do personas that are generated")

	whole := f.OK(http.MethodPost, apitest.StepPath(4, "/complete"),
		`{"data":{`+somePerson+`,"brandAvatar":{"set":true,"url":"data:image/png;base64,`+strings.Repeat("A", 100_000)+`"}}}`)
	assert.Contains(t, apitest.JSONOf(t, whole["warnings"]), "brandAvatar")
	assert.Equal(t, map[string]any{"set": true, "url": ""}, media()["brandAvatar"])
}

func TestTheProfileForAgentsIsWhatIsStored(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	f.OK(http.MethodPost, detection+"/complete", `{"url":"https://example.com"}`)
	f.OK(http.MethodPost, apitest.StepPath(3, "/complete"), `{"data":{"competitors":[{"url":"https://rival.example"}]}}`)
	f.OK(http.MethodPost, apitest.Base+"/business-info",
		`{"business_description":"We repair bicycles and teach it.","business_goals":"More classes"}`)
	profile := f.OK(http.MethodGet, apitest.Base+"/summary", "")["canonical_profile"].(map[string]any)
	assert.Equal(t, []any{map[string]any{"url": "https://rival.example"}}, profile["competitors"])
	assert.Equal(t, []any{"More classes"}, profile["business_goals"])
	assert.NotNil(t, profile["content_pillars"])
	assert.NotNil(t, profile["target_audience"])
}
