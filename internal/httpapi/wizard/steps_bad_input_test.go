package wizard_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// stepOperations are the operations on steps, keys and preferences that take a body.
func stepOperations() []contentOperation {
	complete := func(n int, data string, fields ...shape) contentOperation {
		for i := range fields {
			fields[i].path = "data." + fields[i].path
		}
		body := shape{path: "data", objects: true, required: true}
		return contentOperation{
			http.MethodPost, apitest.StepPath(n, "/complete"), `{"data":` + data + `}`,
			append(fields, body, shape{path: "validation_errors", lists: true}),
		}
	}
	depth := shape{path: "research_depth", texts: true, enum: true}
	flags := []shape{{path: "auto_research", bools: true}, {path: "factual_content", bools: true}}
	kind := textShape("content_types.0", 1, 100)
	key := shape{path: "api_key", texts: true, required: true, least: 20, most: 4096}
	provider := shape{path: "provider", texts: true, required: true, enum: true}
	model, address := textShape("model", 0, 200), shape{path: "base_url", texts: true, most: 2048, enum: true}
	inside := func(prefix string, fields ...shape) []shape {
		for i := range fields {
			fields[i].path = prefix + fields[i].path
		}
		return fields
	}
	const server = `{"api_key":"` + apitest.AModelKey + `","base_url":"https://m.example","model":"m"}`
	text := `"` + strings.Repeat("We repair bicycles. ", 5) + `"`
	return []contentOperation{
		complete(1, `{"api_keys":{"openai_compatible":`+server+`}}`, append(
			inside("api_keys.openai_compatible.", shape{path: "api_key", texts: true, most: 4096}, model, address),
			shape{path: "api_keys", objects: true})...),
		complete(2, `{"website":"example.com"}`, shape{path: "website", texts: true, most: 2048}),
		complete(2, `{"business_description":"We repair bicycles."}`,
			textShape("business_description", 10, 1000), textShape("industry", 0, 100), textShape("target_audience", 0, 500),
			textShape("business_goals", 0, 1000)),
		complete(2, `{"text_sample":`+text+`}`, textShape("text_sample", 50, 10_000)),
		complete(2, `{"website":"example.com","analysis":{"writing_style":{"tone":"dry"}}}`, append(
			inside("analysis.", analysisShapes("")...), shape{path: "analysis", objects: true})...),
		complete(3, `{"research_depth":"Basic","content_types":["News"]}`, append(flags, depth, kind, shape{
			path: "content_types", lists: true,
		},
			shape{path: "competitors", lists: true}, textShape("competitors.0.summary",
				0, 10_000), shape{path: "researchSummary", objects: true},
			shape{path: "sitemapAnalysis", objects: true}, textShape("industryContext", 0, 2000))...),
		complete(4, `{`+somePerson+`}`, shape{
			path: "corePersona", objects: true,
			required: true,
		}, shape{path: "corePersona.identity", objects: true, required: true},
			textShape("corePersona.identity.persona_name",
				0, 5000), shape{path: "platformPersonas", objects: true, required: true},
			shape{path: "platformPersonas.myspace", enum: true}, shape{path: "qualityMetrics", objects: true},
			shape{path: "selectedPlatforms", lists: true}, shape{path: "selectedPlatforms.0", texts: true, enum: true},
			shape{path: "brandAvatar", objects: true}, shape{path: "voiceClone", objects: true}),
		complete(5, `{"integrations":{"primaryWebsite":"wix"}}`),
		{
			http.MethodPost, apitest.PathKeys, `{"provider":"openai_compatible","api_key":"` + apitest.AModelKey +
				`","base_url":"https://m.example"}`,
			[]shape{provider, model, address, textShape("description", 0, 500)},
		},
		{http.MethodPost, apitest.PathKeys, `{"provider":"openai","api_key":"` + apitest.AModelKey + `"}`, []shape{key}},
		{http.MethodPost, pathConfigure, `{"research_depth":"Basic","content_types":["News"]}`, []shape{
			depth,
			{path: "auto_research", bools: true},
			{path: "factual_content", bools: true},
			{path: "content_types", lists: true},
			textShape("content_types.0", 1, 100),
		}},
	}
}

func TestBadInputOfSteps(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	tried := 0
	for _, op := range stepOperations() {
		for _, field := range op.fields {
			for what, value := range field.wrong() {
				r := f.As("ada", op.method, op.path, with(t, op.body, field.path, value))
				name := fmt.Sprintf("%s %s: %s %s", op.method, op.path, field.path, what)
				if !assert.Equal(t, 400, r.Status, "%s: %s", name, r.Body) {
					continue
				}
				problem := r.Object(t)
				assert.True(t, named(problem, field.path), "%s: %s", name, r.Body)
				assert.Regexp(t, `^[A-Z].*\.$`, problem["detail"], name)
				assert.NotContains(t, string(r.Body), apitest.Canary, name)
				tried++
			}
		}
		for _, body := range []string{"", "{", "nonsense", "[]", `"x"`, "1", "null", "true"} {
			assert.Equal(t, 400, f.As("ada", op.method, op.path, body).Status, "%s %s %s", op.method, op.path, body)
			tried++
		}
		requireTooLarge(t, f, op)
	}
	for _, body := range []string{"{", "[]", `"x"`, "1", `{"delete_data":1}`, `{"delete_data":"` + apitest.Canary + `"}`} {
		r := f.As("ada", http.MethodPost, apitest.Base+"/reset", body)
		assert.Equal(t, 400, r.Status, "%s", body)
		assert.NotContains(t, string(r.Body), apitest.Canary)
	}
	status := f.OK(http.MethodGet, apitest.PathStatus, "")
	assert.InDelta(t, 0, status["completion_percentage"], 0, "nothing of it was accepted")
	assert.NotContains(t, f.Log.String(), apitest.Canary)
	t.Logf("%d bad requests were refused", tried)
}

func TestWhatTheBadInputsStartFromIsAccepted(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	for _, op := range stepOperations() {
		r := f.As("ada", op.method, op.path, op.body)
		require.Contains(t, []int{200, 202}, r.Status, "%s: %s", op.path, r.Body) // else the test above shows nothing
	}
}

func TestDocumentsThatCantBeStored(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for _, data := range []string{`{"a":"\u0000"}`, `{"a\u0000":1}`, `{"a":` + deep +
		`}`, `{"a":[{"b":"x\u0000"}]}`, `{"a":1e999999}`} {
		r := f.SubmitStep(5, data)
		assert.Equal(t, 400, r.Status, "%s: %s", data, r.Body)
	}
	for _, person := range []string{`{"identity":{},"x":"\u0000"}`, `{"identity":{},"x":` + deep +
		`}`, `{"identity":{},"x":1e999999}`} {
		r := f.SubmitStep(4, `{"corePersona":`+person+`,"platformPersonas":{"blog":{}}}`)
		assert.Equal(t, 400, r.Status, "%s: %s", person, r.Body)
	}
}

// requireTooLarge announces a body of a byte more than the limit. It is not sent: the
// server closes the connection, under which a client may miss the answer.
func requireTooLarge(t *testing.T, f *apitest.Fixture, op contentOperation) {
	t.Helper()
	r := apitest.Raw(t, f,
		fmt.Sprintf("%s %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", op.method,
			op.path, 1<<20+1))
	apitest.RequireProblem(t, r, 413, "body_too_large")
}
