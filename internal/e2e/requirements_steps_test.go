package e2e_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var stepRequirements = map[string]requirement{
	"P1": func(t *testing.T, s *system) {
		status := s.as(t).get("/status")
		assert.Equal(t, "false", status.text("is_completed"))
		assert.Equal(t, "1", status.text("current_step"))
		assert.Equal(t, "1", status.text("next_step"))
		assert.Equal(t, "0", status.text("completion_percentage"))
	},
	"P2": func(t *testing.T, s *system) {
		c := s.as(t)
		c.complete(3, map[string]any{"research_depth": "Basic"})
		assert.Equal(t, "3", c.get("/status").text("current_step"), "derived from what is done")
		c.post("/step/3/reset", nil)
		assert.Equal(t, "1", c.get("/status").text("current_step"))
	},
	"P3": percentage, "P6": percentage,
	"P4": func(t *testing.T, s *system) {
		c := s.as(t)
		missing := c.call(http.MethodPost, root+"/complete", nil)
		assert.Equal(t, http.StatusBadRequest, missing.status)
		assert.Contains(t, missing.text("detail"), "Step 2")
		c.personified(s)
		c.post("/step/3/skip", nil)
		first, second := c.post("/complete", nil), c.post("/complete", nil)
		assert.Equal(t, "100", first.text("completion_percentage"))
		assert.Equal(t, first.text("completed_at"), second.text("completed_at"), "a second call changes nothing")
		assert.Equal(t, "true", c.get("/status").text("is_completed"))
	},
	"P5": func(t *testing.T, s *system) {
		c := s.as(t)
		assert.Equal(t, "false", c.get("/step/4/validate").text("can_proceed"), "there is no analysis to write from")
		assert.Equal(t, http.StatusBadRequest, c.call(http.MethodPost, root+
			"/step/3/complete", map[string]any{"data": map[string]any{"research_depth": "none"}}).status)
		assert.Equal(t, http.StatusConflict, c.call(http.MethodPost, root+
			"/step/4/complete", map[string]any{"data": map[string]any{"selected_platforms": []string{"blog"}}}).status)
	},
	"P7": elsewhere, "K1": elsewhere,
	"B1": func(t *testing.T, s *system) {
		elsewhere(t, s)
		c := s.as(t)
		c.analysed(s)
		task := c.post("/step4/generate-personas-async",
			map[string]any{"selected_platforms": []string{"blog"}}).text("task_id")
		require.NotEmpty(t, task)
		done := s.elsewhere(c).await("/step4/persona-task/"+task, is("status", "completed"))
		assert.Equal(t, "true", done.text("result.success"), "any process answers for the task")
	},
	"K2": func(t *testing.T, s *system) {
		c := s.as(t)
		done := c.complete(1, map[string]any{"api_keys": map[string]string{"openai": openAIKey}})
		assert.Equal(t, "completed", done.text("status"))
		assert.NotContains(t, fmt.Sprint(done.body), openAIKey)
		assert.Equal(t, "completed", c.get("/step/1").text("status"))
		c.post("/step/5/skip", nil)
		assert.Equal(t, "skipped", c.get("/step/5").text("status"))
		assert.Equal(t, http.StatusConflict, c.call(http.MethodPost, root+"/step/2/cancel", nil).status, "nothing runs")
		c.post("/step/1/reset", nil)
		assert.Equal(t, "pending", c.get("/step/1").text("status"))
	},
	"K3": func(t *testing.T, s *system) {
		c := s.as(t)
		c.post("/step/1/skip", nil)
		c.complete(3, map[string]any{"research_depth": "Deep"})
		assert.Equal(t, "33", c.get("/progress").text("completion_percentage"))
		assert.Equal(t, "Deep", c.get("/summary").text("research_preferences.research_depth"))
	},
	"K4": func(t *testing.T, s *system) {
		c := s.as(t)
		c.keyed()
		assert.Equal(t, "[openai]", c.get("/api-keys").text("configured_providers"))
		c.ok(http.MethodDelete, "/api-keys/openai", nil)
		assert.Equal(t, "[]", c.get("/api-keys").text("configured_providers"))
		assert.Equal(t, "true", c.get("/api-keys/validate").text("all_valid"), "no stored key was refused")
	},
	"K5": func(t *testing.T, s *system) {
		step := s.as(t).get("/step/2")
		for _, field := range []string{"step_number", "title", "description", "status"} {
			assert.NotEmpty(t, step.text(field), field)
		}
		for _, field := range []string{"completed_at", "data", "validation_errors"} {
			assert.Contains(t, step.body, field)
		}
	},
	"K6": func(t *testing.T, s *system) {
		c := s.as(t)
		assert.Equal(t, "pending", c.get("/step/5").text("status"))
		c.post("/step/5/skip", nil)
		assert.Equal(t, "skipped", c.get("/step/5").text("status"))
		c.complete(5, map[string]any{})
		assert.Equal(t, "completed", c.get("/step/5").text("status"))
		c.complete(2, map[string]any{"website": s.shop.url + "/robots.txt"})
		c.await("/step/2", is("status", "failed"))
		c.complete(2, map[string]any{"website": s.shop.url})
		assert.Contains(t, []string{"in_progress", "completed"}, c.get("/step/2").text("status"))
		c.await("/step/2", is("status", "completed"))
	},
	"F4": func(t *testing.T, s *system) {
		config := s.as(t).get("/config")
		assert.Equal(t, "6", config.text("total_steps"))
		steps, _ := config.body["steps"].([]any)
		require.Len(t, steps, 6)
		for i, least := range []int{1, 7, 4, 3, 0, 0} {
			step, _ := steps[i].(map[string]any)
			rules, _ := step["validation"].([]any)
			assert.GreaterOrEqual(t, len(rules), least, "rules of step %d", i+1)
			for _, rule := range rules {
				field, _ := rule.(map[string]any)
				assert.NotEmpty(t, field["field"])
				assert.NotEmpty(t, field["type"], field["field"])
			}
		}
		assert.Equal(t, "[in_progress completed skipped pending]", config.text("status_machine.pending"))
	},
	"F5": func(t *testing.T, s *system) {
		c := s.as(t)
		c.complete(3, map[string]any{"research_depth": "Basic"})
		resume := c.get("/resume")
		assert.Equal(t, "true", resume.text("can_resume"))
		assert.Equal(t, "1", resume.text("resume_step"))
		c.complete(2, map[string]any{"website": s.shop.url + "/robots.txt"})
		c.await("/step/2", is("status", "failed"))
		c.post("/step/2/retry", nil)
		c.await("/step/2", is("status", "failed"))
		healthy, err := s.env.run("worker", "doctor")
		require.NoError(t, err, healthy)
		assert.Contains(t, healthy, "findings=0")
	},
}

// percentage checks that progress is derived from the completed steps.
func percentage(t *testing.T, s *system) {
	c := s.as(t)
	for i, want := range []string{"17", "33", "50"} {
		switch i {
		case 0:
			c.post("/step/5/skip", nil)
		case 1:
			c.complete(3, map[string]any{"research_depth": "Basic"})
		case 2:
			c.post("/step/1/skip", nil)
		}
		assert.Equal(t, want, c.get("/status").text("completion_percentage"))
	}
	c.complete(3, map[string]any{"research_depth": "Deep"})
	assert.Equal(t, "50", c.get("/status").text("completion_percentage"), "a step counts once")
}

// elsewhere checks that another process answers the same: state is in the database.
func elsewhere(t *testing.T, s *system) {
	c := s.as(t)
	c.complete(3, map[string]any{"research_depth": "Deep"})
	c.post("/step/1/skip", nil)
	assert.Equal(t, c.get("/progress").body, s.elsewhere(c).get("/progress").body)
	assert.Equal(t, "Deep", s.elsewhere(c).get("/research-preferences").text("research_depth"))
}
