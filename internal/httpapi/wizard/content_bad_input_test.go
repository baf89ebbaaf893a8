package wizard_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// shape is what a field of a body may be.
type shape struct {
	// path is the field, with dots between the names.
	path string
	// texts, bools, objects and lists are taken; everything else is refused.
	texts, bools, objects, lists bool
	// required refuses null and absence, most longer texts, enum texts that are not
	// listed, least shorter texts.
	required    bool
	least, most int
	enum        bool
	// anything takes numbers too; ignored takes any text, as nobody reads it.
	anything, ignored bool
}

// contentOperation is an operation with a body that it accepts.
type contentOperation struct {
	method, path, body string
	fields             []shape
}

func textShape(path string, least, most int) shape {
	return shape{path: path, texts: true, least: least, most: most}
}

func analysisShapes(prefix string) []shape {
	return []shape{
		{path: prefix + "writing_style", objects: true},
		textShape(prefix+"writing_style.tone", 0, 2000),
		{path: prefix + "best_practices", lists: true},
		{path: prefix + "style_patterns", objects: true},
	}
}

func contentOperations(analysis, business string) []contentOperation {
	description := textShape("business_description", 10, 1000)
	description.required = true
	aboutBusiness := []shape{description, textShape("industry", 0, 100), textShape("target_audience",
		0, 500), textShape("business_goals", 0, 1000)}
	text := `"We repair bicycles and we teach our customers to do it."`
	mainContent := textShape("content.main_content", 50, 10_000)
	mainContent.required = true
	website := shape{path: "url", texts: true, most: 2048}
	bothBools := []shape{{path: "include_patterns", bools: true}, {path: "include_guidelines", bools: true}}
	identity := shape{path: "core_persona.identity", objects: true, required: true}
	personas := append([]shape{
		{path: "onboarding_data", objects: true},
		{path: "selected_platforms", lists: true},
		{path: "selected_platforms.0", texts: true, enum: true, required: true},
	}, personaShapes()...)
	const person = `{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}},"competitorResearch":{"competitors":[{"url":"x"}],"researchSummary":{"key_findings":[]}},
		"sitemapAnalysis":{"a":1},"deepCompetitorAnalysis":{"a":1},"researchPreferences":{"a":1},"businessData":{"business_description":"We repair bicycles."}},"selected_platforms":["blog"]}`
	return []contentOperation{
		{http.MethodPost, detection + "/complete", `{"url":"one.example"}`, append(bothBools, website)},
		{http.MethodPost, detection + "/complete", `{"text_sample":` + text +
			`}`, []shape{textShape("text_sample", 50, 10_000)}},
		{http.MethodPost, detection + "/crawl", `{"url":"one.example"}`, []shape{website}},
		{http.MethodPost, detection + "/crawl", `{"text_sample":` + text +
			`}`, []shape{textShape("text_sample", 50, 10_000)}},
		{http.MethodPost, detection + "/analyze", `{"content":{"main_content":` + text + `}}`, []shape{
			{path: "content", objects: true, required: true},
			mainContent,
			{path: "content.title", texts: true, ignored: true},
			{path: "analysis_type", texts: true, enum: true},
		}},
		{http.MethodPut, detection + "/analysis/" + analysis, `{"writing_style":{"voice":"calm"}}`, analysisShapes("")},
		{http.MethodPost, "/onboarding/business-info", aBusiness, aboutBusiness},
		{http.MethodPut, apitest.Base + "/business-info", aBusiness, aboutBusiness},
		{http.MethodPut, apitest.Base + "/business-info/" + business, aBusiness, aboutBusiness},
		{http.MethodPost, step4 + "/generate-personas-async", person, personas},
		{http.MethodPost, step4 + "/generate-personas", person, personas},
		{http.MethodPost, step4 + "/regenerate-persona", person, personas},
		{http.MethodPost, personalization + "/validate-style", aStyle, styleShapes("")},
		{http.MethodPost, personalization + "/configure-brand", aVoice, voiceShapes("")},
		{http.MethodPost, personalization + "/process-settings", someSettings, settingShapes()},
		{http.MethodPost, personalization + "/generate-guidelines", someSettings, settingShapes()},
		{http.MethodPost, step4 + "/persona-save", `{` + aPerson + `}`, []shape{
			{path: "core_persona", objects: true, required: true},
			identity, textShape("core_persona.identity.persona_name", 0, 5000),
			{path: "core_persona.mine.kept", texts: true, bools: true, objects: true, lists: true, anything: true, most: 5000},
			{path: "platform_personas", objects: true, required: true},
			{path: "platform_personas.blog", objects: true, required: true},
			{path: "platform_personas.myspace", enum: true},
			{path: "quality_metrics", objects: true},
			{path: "selected_platforms", lists: true},
			{path: "selected_platforms.0", texts: true, enum: true},
		}},
	}
}

func styleShapes(prefix string) []shape {
	var shapes []shape
	for _, name := range []string{"writing_style", "tone", "content_length"} {
		shapes = append(shapes, shape{path: prefix + name, texts: true, enum: true, required: true})
	}
	return shapes
}

func voiceShapes(prefix string) []shape {
	return []shape{
		{path: prefix + "personality_traits", lists: true, required: true},
		{path: prefix + "personality_traits.0", texts: true, enum: true, required: true},
		textShape(prefix+"voice_description", 10, 2000), textShape(prefix+"keywords", 0, 2000),
	}
}

func settingShapes() []shape {
	const advanced = "advanced_settings."
	shapes := append(styleShapes("content_style."), voiceShapes("brand_voice.")...)
	for _, part := range []string{"content_style", "brand_voice", "advanced_settings"} {
		shapes = append(shapes, shape{path: part, objects: true, required: true})
	}
	return append(shapes, shape{path: advanced + "seo_optimization", bools: true, required: true},
		shape{path: advanced + "readability_level", texts: true, enum: true, required: true},
		shape{path: advanced + "content_structure", lists: true, required: true},
		shape{path: advanced + "content_structure.0", texts: true, enum: true, required: true})
}

func personaShapes() []shape {
	const data = "onboarding_data."
	shapes := []shape{
		{path: data + "competitorResearch", objects: true},
		{path: data + "competitorResearch.competitors", lists: true},
		textShape(data+"competitorResearch.competitors.0.url", 0, 10_000),
		{path: data + "competitorResearch.researchSummary", objects: true},
		{path: data + "sitemapAnalysis", objects: true},
		{path: data + "deepCompetitorAnalysis", objects: true},
		{path: data + "researchPreferences", objects: true},
		{path: data + "businessData", objects: true},
		textShape(data+"businessData.business_description", 10, 1000),
		textShape(data+"businessData.industry", 0, 100), textShape(data+"businessData.target_audience", 0, 500),
		textShape(data+"businessData.business_goals", 0, 1000),
		{path: data + "websiteAnalysis", objects: true},
	}
	return append(shapes, analysisShapes(data+"websiteAnalysis.")...)
}

// wrong returns the values that a field refuses, as JSON, by what is wrong with them.
func (s shape) wrong() map[string]any {
	values := map[string]any{}
	for name, value := range map[string]struct {
		taken bool
		value any
	}{
		"text": {s.texts || s.lists || s.objects, apitest.Canary}, "number": {s.anything, 4711}, "bool": {s.bools, true},
		"object": {s.objects, map[string]any{apitest.Canary: apitest.Canary}}, "list": {s.lists, []any{apitest.Canary}},
	} {
		if !value.taken {
			values[name] = value.value
		}
	}
	if (s.lists || s.objects) && !s.texts {
		values["text"] = apitest.Canary
	}
	if s.required {
		values["null"] = nil
	}
	if s.required && s.texts {
		values["empty"], values["blank"] = "", " \t"
	}
	if s.most > 0 {
		values["too long"] = strings.Repeat("é", s.most+1)
	}
	if s.least > 0 {
		values["too short"] = strings.Repeat("é", s.least-1)
	}
	if s.enum {
		values["unknown"] = apitest.Canary
	}
	if s.texts && !s.ignored {
		values["NUL"] = strings.Repeat("x", s.least) + "\x00" + apitest.Canary
	}
	return values
}

// with returns the body with the field set.
func with(t *testing.T, body, path string, value any) string {
	t.Helper()
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &document))
	names := strings.Split(path, ".")
	var at any = document
	for i, name := range names {
		last := i == len(names)-1
		switch parent := at.(type) {
		case map[string]any:
			if _, ok := parent[name]; !ok && !last {
				if parent[name] = any(map[string]any{}); names[i+1] == "0" {
					parent[name] = []any{nil}
				}
			}
			if last {
				parent[name] = value
			}
			at = parent[name]
		case []any:
			if last {
				parent[0] = value
			}
			at = parent[0]
		}
		if list, ok := at.([]any); ok && len(list) == 0 && !last {
			t.Fatalf("%s has no element", name)
		}
	}
	changed, err := json.Marshal(document)
	require.NoError(t, err)
	return string(changed)
}

// named reports whether a problem names the field, as clients write lists, or a part above or below it.
func named(problem map[string]any, path string) bool {
	path = strings.ReplaceAll(path, ".0", "[0]")
	list, _ := problem["errors"].([]any)
	for _, e := range list {
		object, _ := e.(map[string]any)
		field, _ := object["field"].(string)
		if field == path || strings.HasPrefix(field, path) || strings.HasPrefix(path, field) && field != "" {
			return true
		}
	}
	return false
}

func TestBadContent(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	analysis := f.OK(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)["analysis_id"]
	business := f.OK(http.MethodPost, "/onboarding/business-info", aBusiness)["id"]
	require.Eventually(t, func() bool { return f.OK(http.MethodGet, apitest.Base+"/step/2", "")["status"] == "completed" }, waitLong, tick)
	submitted := func() (n int) {
		require.NoError(t,
			f.DB.System.QueryRow(t.Context(), "select count(*) from submissions where step is not null").Scan(&n))
		return n
	}
	before, tried := submitted(), 0
	for _, op := range contentOperations(fmt.Sprintf("%.0f", analysis), fmt.Sprintf("%.0f", business)) {
		for _, field := range op.fields {
			for what, value := range field.wrong() {
				r := f.As("ada", op.method, op.path, with(t, op.body, field.path, value))
				name := fmt.Sprintf("%s %s: %s %s", op.method, op.path, field.path, what)
				if !assert.Equal(t, 400, r.Status, "%s: %.300s", name, r.Body) {
					continue
				}
				problem := r.Object(t)
				assert.True(t, named(problem, field.path), "%s: %s", name, r.Body)
				assert.Regexp(t, `^[A-Z].*\.$`, problem["detail"], name)
				assert.NotContains(t, string(r.Body), apitest.Canary, name)
				tried++
			}
		}
		for _, body := range []string{"", "{", "nonsense", "[]", `"x"`, "1", "null", "true", `{"a":`} {
			r := f.As("ada", op.method, op.path, body)
			assert.Equal(t, 400, r.Status, "%s %s %s: %s", op.method, op.path, body, r.Body)
			tried++
		}
		large := apitest.Raw(t, f, op.method+" "+op.path+" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "+f.Token("ada")+
			"\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n")
		apitest.RequireProblem(t, large, 413, "body_too_large")
	}
	assert.Equal(t, before, submitted(), "nothing of it was accepted")
	assert.NotContains(t, f.Log.String(), apitest.Canary)
	t.Logf("%d bad requests were refused", tried)
}

func TestAcceptedContentIsAccepted(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	analysis := f.OK(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)["analysis_id"]
	business := f.OK(http.MethodPost, "/onboarding/business-info", aBusiness)["id"]
	for _, op := range contentOperations(fmt.Sprintf("%.0f", analysis), fmt.Sprintf("%.0f", business)) {
		f.OK(op.method, op.path, op.body) // else the test above shows nothing
	}
}
