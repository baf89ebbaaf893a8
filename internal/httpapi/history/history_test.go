package history_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const (
	step4    = apitest.Base + "/step4"
	personas = step4 + "/persona-versions"
	mine     = `"core_persona":{"identity":{"persona_name":"Nell"}},"platform_personas":{"blog":{"platform_type":"blog"}}`
)

// versions lists the versions at a path as "number status".
func versions(f *apitest.Fixture, path string) (lines []string) {
	f.T.Helper()
	for _, v := range apitest.List(f.T, f.OK(http.MethodGet, path, ""), "versions") {
		lines = append(lines, fmt.Sprintf("%v %v", v["version"], v["status"]))
	}
	return lines
}

func name(f *apitest.Fixture, body any, path ...string) any {
	f.T.Helper()
	return apitest.At(f.T, body, append(path, "core_persona", "identity", "persona_name")...)
}

// A generation after an edit is the task's result and waits; persona-save and step 4 accept it.
func TestProposedPersonas(t *testing.T) {
	t.Parallel()
	for accept, body := range map[string]string{
		step4 + "/persona-save":          `{"core_persona":%[1]s,"platform_personas":%[2]s}`,
		apitest.StepPath(4, "/complete"): `{"data":{"corePersona":%[1]s,"platformPersonas":%[2]s}}`,
	} {
		t.Run(accept, func(t *testing.T) {
			t.Parallel()
			f := apitest.NewWithWorker(t)
			assert.Empty(t, versions(f, personas))
			f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"one.example"}`)
			first := f.OK(http.MethodPost, step4+"/generate-personas", `{"selected_platforms":["blog"]}`)
			assert.Equal(t, false, first["proposal"])
			assert.InDelta(t, 1, first["version"], 0)
			assert.Equal(t, "https://one.example", apitest.At(t, first, "based_on", "website_url"))
			f.OK(http.MethodPost, step4+"/persona-save", "{"+mine+"}")
			latest := f.OK(http.MethodGet, step4+"/persona-latest", "")
			assert.Equal(t, true, apitest.At(t, latest, "persona", "edited"))
			assert.InDelta(t, 2, apitest.At(t, latest, "persona", "version"), 0)

			proposed := f.OK(http.MethodPost, step4+"/generate-personas", `{"selected_platforms":["blog"]}`)
			assert.Equal(t, true, proposed["success"])
			assert.Equal(t, true, proposed["proposal"])
			assert.Equal(t, "https://one.example warm", name(f, proposed))
			assert.Equal(t, []any{"blog"}, proposed["selected_platforms"])
			task := f.OK(http.MethodGet, fmt.Sprintf("%s/persona-task/%v", step4, proposed["task_id"]), "")
			assert.Equal(t, "completed", task["status"])
			assert.Equal(t, true, apitest.At(t, task, "result", "proposal"))
			assert.Equal(t, "Nell", name(f, f.OK(http.MethodGet, step4+"/persona-latest", ""), "persona"), "what the user wrote")
			step := f.OK(http.MethodGet, apitest.StepPath(4, ""), "")
			assert.Equal(t, "completed", step["status"])
			assert.Equal(t, "Nell", apitest.At(t, step, "data", "corePersona", "identity", "persona_name"))
			assert.Equal(t, []string{"3 proposed", "2 current", "1 past"}, versions(f, personas))

			f.OK(http.MethodPost, accept, fmt.Sprintf(body, apitest.JSONOf(t, proposed["core_persona"]),
				apitest.JSONOf(t, proposed["platform_personas"])))
			latest = f.OK(http.MethodGet, step4+"/persona-latest", "")
			assert.Equal(t, "https://one.example warm", name(f, latest, "persona"))
			assert.Equal(t, false, apitest.At(t, latest, "persona", "edited"))
			assert.Equal(t, "local", apitest.At(t, latest, "persona", "engine"))
			assert.Equal(t, []string{"3 current", "2 past", "1 past"}, versions(f, personas))
			task = f.OK(http.MethodGet, fmt.Sprintf("%s/persona-task/%v", step4, proposed["task_id"]), "")
			assert.Equal(t, false, apitest.At(t, task, "result", "success"), "as after every save")
		})
	}
}

func TestComparingAndRestoringPersonas(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"one.example"}`)
	f.OK(http.MethodPost, step4+"/generate-personas", `{"selected_platforms":["blog"]}`)
	f.OK(http.MethodPost, step4+"/persona-save", "{"+mine+"}")

	first := f.OK(http.MethodGet, personas+"/1", "")
	assert.Equal(t, "past", first["status"])
	assert.Equal(t, "generated", first["origin"])
	assert.Equal(t, "local", first["made_by"])
	assert.Equal(t, "https://one.example warm", name(f, first, "content"))
	assert.Equal(t, "Nell", name(f, f.OK(http.MethodGet, personas+"/2", ""), "content"), "the current one")
	comparison := f.OK(http.MethodGet, personas+"/1/compare/2", "")
	assert.InDelta(t, 1, apitest.At(t, comparison, "from", "version"), 0)
	assert.Contains(t, apitest.List(t, comparison, "changes"), map[string]any{
		"path": "core_persona.identity.persona_name", "kind": "changed", "before": "https://one.example warm", "after": "Nell",
	})
	assert.Empty(t, f.OK(http.MethodGet, personas+"/2/compare/2", "")["changes"])

	apitest.RequireProblem(t, f.Send(http.MethodGet, personas, ""), 401, "unauthenticated")
	listed := f.As("ada", http.MethodGet, personas, "")
	same := f.As("ada", http.MethodGet, personas, "", "If-None-Match", listed.Header.Get("ETag"))
	assert.Equal(t, 304, same.Status)
	version := f.Count("select version from onboarding_sessions where user_id = 'ada'")
	restored := f.OK(http.MethodPost, personas+"/1/restore", "")
	assert.InDelta(t, 3, restored["version"], 0)
	assert.InDelta(t, 1, restored["restored_from"], 0)
	assert.Equal(t, "https://one.example warm", name(f, f.OK(http.MethodGet, step4+"/persona-latest", ""), "persona"))
	assert.Equal(t, version+1, f.Count("select version from onboarding_sessions where user_id = 'ada'"))
	entry := apitest.List(t, f.OK(http.MethodGet, personas, ""), "versions")[0]
	assert.Equal(t, "restored", entry["origin"])
	assert.InDelta(t, 1, entry["restored_from"], 0)

	apitest.RequireProblem(t, f.As("ada", http.MethodPost, personas+"/3/restore", ""), 409, "version_is_current")
	for _, request := range []string{"GET /9", "GET /1/compare/9", "POST /9/restore", "GET /0", "POST /x/restore"} {
		var method, path string
		_, err := fmt.Sscan(request, &method, &path)
		require.NoError(t, err)
		apitest.RequireProblem(t, f.As("ada", method, personas+path, ""), 404, "not_found")
	}
	for _, path := range []string{"/1", "/1/compare/2"} {
		apitest.RequireProblem(t, f.As("bob", http.MethodGet, personas+path, ""), 404, "not_found")
	}
	apitest.RequireProblem(t, f.As("bob", http.MethodPost, personas+"/1/restore", ""), 404, "not_found")
}

func TestVersionsOfAnAnalysis(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	const detect = apitest.Base + "/style-detection"
	first := f.OK(http.MethodPost, detect+"/complete", `{"url":"one.example"}`)
	assert.Equal(t, false, first["proposal"])
	path := fmt.Sprintf("%s/analysis/%v", detect, first["analysis_id"])
	f.OK(http.MethodPut, path, `{"writing_style":{"tone":"mine"}}`)
	assert.Equal(t, true, apitest.At(t, f.OK(http.MethodGet, path, ""), "analysis", "edited"))

	again := f.OK(http.MethodPost, detect+"/complete", `{"url":"one.example"}`)
	assert.Equal(t, true, again["success"])
	assert.Equal(t, true, again["proposal"])
	assert.Equal(t, first["analysis_id"], again["analysis_id"])
	assert.Equal(t, "warm", apitest.At(t, again, "style_analysis", "writing_style", "tone"))
	analyses := apitest.List(t, f.OK(http.MethodGet, detect+"/session-analyses", ""), "analyses")
	require.Len(t, analyses, 1, "current ones only")
	assert.Equal(t, "mine", apitest.At(t, analyses[0], "style_analysis", "writing_style", "tone"))
	assert.Equal(t, []string{"3 proposed", "2 current", "1 past"}, versions(f, path+"/versions"))
	comparison := f.OK(http.MethodGet, path+"/versions/2/compare/3", "")
	assert.Contains(t, apitest.List(t, comparison, "changes"), map[string]any{
		"path": "style_analysis.writing_style.tone", "kind": "changed", "before": "mine", "after": "warm",
	})

	f.OK(http.MethodPost, apitest.PathSubmit, `{"data":{"website":"one.example","analysis":{"writing_style":{"tone":"warm"}}}}`)
	assert.Equal(t, []string{"3 current", "2 past", "1 past"}, versions(f, path+"/versions"))
	assert.Equal(t, "warm", apitest.At(t, f.OK(http.MethodGet, path, ""), "analysis", "writing_style", "tone"))
	assert.Equal(t, "mine", apitest.At(t, f.OK(http.MethodGet, path+"/versions/2", ""), "content", "style_analysis",
		"writing_style", "tone"))
	assert.InDelta(t, 4, f.OK(http.MethodPost, path+"/versions/2/restore", "")["version"], 0)
	assert.Equal(t, "mine", apitest.At(t, f.OK(http.MethodGet, path, ""), "analysis", "writing_style", "tone"))

	apitest.RequireProblem(t, f.As("ada", http.MethodPost, path+"/versions/4/restore", ""), 409, "version_is_current")
	for _, user := range []string{"ada", "bob"} {
		at := path
		if user == "ada" {
			at = detect + "/analysis/99999"
		}
		apitest.RequireProblem(t, f.As(user, http.MethodGet, at+"/versions", ""), 404, "not_found")
		apitest.RequireProblem(t, f.As(user, http.MethodGet, at+"/versions/1", ""), 404, "not_found")
		apitest.RequireProblem(t, f.As(user, http.MethodGet, at+"/versions/1/compare/2", ""), 404, "not_found")
		apitest.RequireProblem(t, f.As(user, http.MethodPost, at+"/versions/1/restore", ""), 404, "not_found")
	}
}

// Personas say when the analysis that they were made from counts no longer.
func TestPersonasOfAnotherWebsite(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"toys.example"}`)
	f.OK(http.MethodPost, step4+"/generate-personas", `{"selected_platforms":["blog"]}`)
	latest := f.OK(http.MethodGet, step4+"/persona-latest", "")
	assert.Nil(t, apitest.At(t, latest, "persona", "based_on", "warning"))
	warnings := apitest.At(t, latest, "persona", "warnings")

	f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"bikes.example"}`)
	latest = f.OK(http.MethodGet, step4+"/persona-latest", "")
	assert.Equal(t, "https://toys.example", apitest.At(t, latest, "persona", "based_on", "website_url"))
	assert.Equal(t, "personas_of_another_website", apitest.At(t, latest, "persona", "based_on", "warning", "code"))
	assert.Len(t, apitest.At(t, latest, "persona", "warnings"), len(warnings.([]any))+1) //nolint:forcetypeassert // fails the test
	step := f.OK(http.MethodGet, apitest.StepPath(4, ""), "")
	assert.Equal(t, "personas_of_another_website", apitest.At(t, step, "data", "basedOn", "warning", "code"))
	entry := apitest.List(t, f.OK(http.MethodGet, personas, ""), "versions")[0]
	assert.Equal(t, "personas_of_another_website", apitest.At(t, entry, "based_on", "warning", "code"))
}
