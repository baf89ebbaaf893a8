package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	aModelKey  = "sk-0123456789abcdefWXYZ"
	somePerson = `"corePersona":{"identity":{"persona_name":"Ada"},"mine":1},"platformPersonas":{"blog":{"platform_type":"blog"}},"qualityMetrics":{"overall_score":80}`
)

func stepPath(n int, rest string) string { return fmt.Sprintf("%s/step/%d%s", base, n, rest) }

// submitStep submits a step of ada.
func (f *fixture) submitStep(n int, data string) response {
	f.t.Helper()
	return f.as("ada", http.MethodPost, stepPath(n, "/complete"), `{"data":`+data+`,"validation_errors":["x"]}`)
}

// stepStatus returns the status of a step of ada.
func (f *fixture) stepStatus(n int) any { return f.ok(http.MethodGet, stepPath(n, ""), "")["status"] }

func TestTheWholeOnboarding(t *testing.T) {
	t.Parallel()
	f := newStaffedFixture(t)
	missing := requireProblem(t, f.as("ada", http.MethodPost, base+"/complete", ""), 400, "steps_missing")
	assert.Contains(t, missing["detail"], "Step 2 (Website Analysis), Step 3 (AI Research), Step 4 (Personalization)")

	one := f.submitStep(1, `{"api_keys":{"openai":"`+aModelKey+`","exa":"","copilotkit":null}}`)
	require.Equal(t, 200, one.status, "%s", one.body)
	assert.Equal(t, map[string]any{"api_keys": map[string]any{"openai": "****WXYZ"}}, one.object(t)["data"])

	two := f.submitStep(2, `{"website":"Example.com","analysis":{"writing_style":{"tone":"dry"},"evil":"\u0000"}}`)
	require.Equal(t, 200, two.status, "%s", two.body)
	assert.Equal(t, map[string]any{"website": "https://example.com"}, two.object(t)["data"])
	assert.Equal(t, "dry", at(t, f.ok(http.MethodGet, stepPath(2, ""), ""), "data", "analysis", "writing_style", "tone"))

	three := f.submitStep(3, `{"research_depth":"Deep","competitors":[{"url":"https://a.example"}],"researchSummary":{"market_insights":"Growing."},"other":{"x":1}}`)
	require.Equal(t, 200, three.status, "%s", three.body)
	assert.Len(t, three.object(t)["warnings"], 3, "three defaults were taken")
	data := at(t, f.ok(http.MethodGet, stepPath(3, ""), ""), "data")
	assert.Equal(t, map[string]any{
		"research_depth": "Deep", "content_types": []any{"Blog Posts"}, "auto_research": true, "factual_content": true,
		"competitors": []any{map[string]any{"url": "https://a.example"}}, "researchSummary": map[string]any{"market_insights": "Growing."},
	}, data)

	four := f.submitStep(4, `{`+somePerson+`,"selectedPlatforms":["blog"]}`)
	require.Equal(t, 200, four.status, "%s", four.body)
	data = at(t, f.ok(http.MethodGet, stepPath(4, ""), ""), "data")
	assert.Equal(t, "Ada", at(t, data, "corePersona", "identity", "persona_name"))
	assert.Equal(t, []any{"blog"}, at(t, data, "selectedPlatforms"))

	five := f.submitStep(5, `{"integrations":{"primaryWebsite":"wix"},"api_keys":{"openai":"`+canary+`"}}`)
	require.Equal(t, 200, five.status, "%s", five.body)
	assert.Len(t, five.object(t)["warnings"], 1)
	assert.Equal(t, map[string]any{"integrations": map[string]any{"primaryWebsite": "wix"}}, at(t, f.ok(http.MethodGet, stepPath(5, ""), ""), "data"))

	six := f.submitStep(6, `{}`)
	require.Equal(t, 200, six.status, "%s", six.body)
	assert.Equal(t, "pending", six.object(t)["status"], "only the finish completes it")
	assert.Equal(t, true, f.ok(http.MethodGet, base+"/status", "")["can_proceed_to_final"])

	first := f.ok(http.MethodPost, base+"/complete", "")
	assert.InDelta(t, 100, first["completion_percentage"], 0)
	assert.Equal(t, true, first["persona_generated"])
	assert.Equal(t, first, f.ok(http.MethodPost, base+"/complete", "{}"), "a second call answers the same")
	assert.Equal(t, "completed", f.submitStep(6, `{}`).object(t)["status"])
	resume := f.ok(http.MethodGet, base+"/resume", "")
	assert.Equal(t, false, resume["can_resume"])
	assert.Nil(t, resume["resume_step"])
	f.requireSummary()
}

// requireSummary checks the summary of the whole onboarding.
func (f *fixture) requireSummary() {
	f.t.Helper()
	summary := f.ok(http.MethodGet, base+"/summary", "")
	assert.Equal(f.t, map[string]any{"configured": true, "value": "****WXYZ"}, at(f.t, summary, "api_keys", "openai"))
	assert.Equal(f.t, map[string]any{"configured": false, "value": nil}, at(f.t, summary, "api_keys", "gemini"))
	assert.Equal(f.t, "https://example.com", summary["website_url"])
	assert.Equal(f.t, "dry", at(f.t, summary, "personalization_settings", "writing_style"))
	assert.Equal(f.t, "Deep", at(f.t, summary, "research_preferences", "research_depth"))
	assert.Equal(f.t, "dry", at(f.t, summary, "research_preferences", "writing_style", "tone"))
	assert.Equal(f.t, map[string]any{"primaryWebsite": "wix"}, summary["integrations"])
	assert.Equal(f.t, []any{1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, summary["completed_steps"])
	for _, capability := range []string{"ai_content", "style_analysis", "research_tools", "personalization", "integrations"} {
		assert.Equal(f.t, true, at(f.t, summary, "capabilities", capability), capability)
	}

	start := f.ok(http.MethodGet, base+"/init", "")
	assert.Equal(f.t, "ada", at(f.t, start, "user", "clerk_user_id"))
	steps, ok := at(f.t, start, "onboarding", "steps").([]any)
	require.True(f.t, ok)
	assert.Equal(f.t, "AI LLM Providers", at(f.t, steps[0], "title"))
	assert.Nil(f.t, at(f.t, steps[0], "data"))
	assert.Equal(f.t, "https://example.com", at(f.t, steps[1], "data", "website_url"))
	assert.Equal(f.t, "Deep", at(f.t, steps[2], "data", "research_depth"))
	assert.InDelta(f.t, 80, at(f.t, steps[3], "data", "qualityMetrics", "overall_score"), 0)
	progress := f.ok(http.MethodGet, base+"/progress", "")
	assert.Equal(f.t, at(f.t, start, "onboarding"), progress, "the same data")
}

func TestAnEmptySummary(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	summary := f.ok(http.MethodGet, base+"/summary", "")
	for _, name := range []string{"website_url", "style_analysis", "research_preferences", "personalization_settings"} {
		assert.Nil(t, summary[name], name)
	}
	assert.Equal(t, map[string]any{}, summary["integrations"])
	assert.Equal(t, []any{"website_analysis"}, at(t, summary, "persona_readiness", "missing_data"))
	assert.Equal(t, 200, f.as("ada", http.MethodGet, base+"/init", "").status)
	resume := f.ok(http.MethodGet, base+"/resume", "")
	assert.Equal(t, true, resume["can_resume"])
	assert.InDelta(t, 1, resume["resume_step"], 0)
}

func TestStepTwoWithoutAWebsite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	text := strings.Repeat("We repair bicycles. ", 5)
	for data, field := range map[string]string{
		`{"business_description":" "}`:                              "data.business_description",
		`{"businessData":{"industry":"Repair"}}`:                    "data.businessData.business_description",
		`{"businessData":{"business_description":"Too short"}}`:     "data.businessData.business_description",
		`{"businessData":[]}`:                                       "data.businessData",
		`{"website":"","text_sample":"Too short"}`:                  "data.text_sample",
		`{"website":"example.com","businessData":{"industry":[1]}}`: "data.businessData.industry",
	} {
		r := f.submitStep(2, data)
		require.Equal(t, 400, r.status, "%s: %s", data, r.body)
		assert.Equal(t, field, r.object(t)["errors"].([]any)[0].(map[string]any)["field"], data)
	}
	for data, want := range map[string]map[string]any{
		`{"website":null,"businessData":{"business_description":" We repair bicycles. ","industry":"Repair"}}`: {"business_description": "We repair bicycles.", "industry": "Repair"},
		`{"website":"example.com","businessData":{"industry":"Repair"}}`:                                       {"website": "https://example.com"},
		`{"business_description":"We repair bicycles."}`:                                                       {"business_description": "We repair bicycles."},
		`{"text_sample":"` + text + `","industry":"Repair"}`:                                                   {"text_sample": strings.TrimSpace(text), "industry": "Repair"},
	} {
		r := f.submitStep(2, data)
		require.Equal(t, 202, r.status, "%s", r.body)
		assert.Equal(t, want, r.object(t)["data"])
		assert.Equal(t, stepPath(2, ""), r.header.Get("Location"))
	}
}

func TestPersonasNeedAnAnalysis(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	requireProblem(t, f.submitStep(4, `{"selectedPlatforms":[]}`), 409, "analysis_missing")
	locked := f.ok(http.MethodGet, stepPath(4, "/validate"), "")
	assert.Equal(t, "locked", locked["step_status"])
	assert.Equal(t, []any{"Complete step 2 (Website Analysis) first."}, locked["validation_errors"])

	submitWebsite(t, f, "example.com")
	running := requireProblem(t, f.submitStep(4, `{"selected_platforms":["blog"]}`), 409, "step_in_progress")
	assert.InDelta(t, 2, running["retry_after"], 0)

	f.work()
	require.Eventually(t, func() bool { return f.stepStatus(2) == "completed" }, waitLong, tick)
	assert.Equal(t, "available", f.ok(http.MethodGet, stepPath(4, "/validate"), "")["step_status"])
	r := f.submitStep(4, `{"selectedPlatforms":[]}`)
	require.Equal(t, 202, r.status, "%s", r.body)
	assert.Equal(t, map[string]any{"selectedPlatforms": []any{"linkedin", "blog"}}, r.object(t)["data"])
	require.Eventually(t, func() bool { return f.stepStatus(4) == "completed" }, waitLong, tick)
	assert.Equal(t, 200, f.submitStep(4, `{"core_persona":{"identity":{}},"platform_personas":{"blog":{}}}`).status, "both spellings are taken")
}

func TestStepsAreSkippedCancelledRetriedAndReset(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	post := func(n int, action string) response { return f.as("ada", http.MethodPost, stepPath(n, "/"+action), "") }

	for n := 1; n <= 6; n++ {
		r := post(n, "skip")
		if n == 1 || n == 3 || n == 5 {
			require.Equal(t, 200, r.status, "%s", r.body)
			assert.Equal(t, "skipped", r.object(t)["status"])
			continue
		}
		requireProblem(t, r, 409, "step_not_skippable")
	}
	requireProblem(t, post(2, "cancel"), 409, "step_not_running")
	requireProblem(t, post(2, "retry"), 409, "nothing_to_retry")

	first := submitWebsite(t, f, "example.com")
	running := requireProblem(t, f.as("ada", http.MethodPost, base+"/complete", ""), 400, "steps_missing")
	assert.NotContains(t, running["detail"], "Step 3", "skipped counts")
	cancelled := post(2, "cancel")
	require.Equal(t, 200, cancelled.status, "%s", cancelled.body)
	assert.Equal(t, "pending", cancelled.object(t)["status"])

	again := post(2, "retry")
	require.Equal(t, 202, again.status, "%s", again.body)
	assert.NotEqual(t, first, again.object(t)["submission_id"])
	assert.Equal(t, stepPath(2, ""), again.header.Get("Location"))
	assert.Equal(t, "https://example.com", at(t, f.ok(http.MethodGet, stepPath(2, ""), ""), "data", "website"))

	reset := post(2, "reset")
	assert.Equal(t, "pending", reset.object(t)["status"])
	for _, action := range []string{"skip", "cancel", "retry", "reset"} {
		requireProblem(t, post(7, action), 404, "step_not_found")
	}
	requireProblem(t, f.as("ada", http.MethodGet, stepPath(0, "/validate"), ""), 404, "step_not_found")
}

func TestStartingOver(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.submitStep(1, `{"api_keys":{"openai":"`+aModelKey+`"}}`)
	f.submitStep(3, `{"auto_research":false}`)
	for body, kept := range map[string]bool{"": true, `{"delete_data":true}`: false} {
		if !kept {
			f.submitStep(3, `{"auto_research":false}`)
		}
		over := f.ok(http.MethodPost, base+"/reset", body)
		assert.InDelta(t, 0, over["completion_percentage"], 0)
		assert.InDelta(t, 1, over["current_step"], 0)
		if !kept {
			assert.Equal(t, map[string]any{}, at(t, f.ok(http.MethodGet, stepPath(3, ""), ""), "data"))
		}
		assert.Equal(t, []any{"openai"}, f.ok(http.MethodGet, base+"/api-keys", "")["configured_providers"], "keys are kept")
	}
}

func TestTheConfigurationIsTheCodes(t *testing.T) {
	t.Parallel()
	f := works(t)
	r := f.send(http.MethodGet, base+"/config", "")
	require.Equal(t, 200, r.status)
	config := r.object(t)
	assert.InDelta(t, 6, config["total_steps"], 0)
	steps, ok := config["steps"].([]any)
	require.True(t, ok)
	for i, want := range []struct{ required, skippable bool }{{false, true}, {true, false}, {true, true}, {true, false}, {false, true}, {false, false}} {
		assert.Equal(t, want.required, at(t, steps[i], "required"), i)
		assert.Equal(t, want.skippable, at(t, steps[i], "skippable"), i)
	}
	assert.Equal(t, []any{"completed", "failed", "in_progress", "pending"}, at(t, config, "status_machine", "in_progress"))
	assert.Contains(t, at(t, steps[0], "providers"), "anthropic")
	assert.Len(t, config["providers"], 12)
	assert.Len(t, config["platforms"], 8)
}
