package wizard_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Work without a step replaces no other work; only so much of it runs for one user.
func TestOnlySoMuchWorkOfOneUserRuns(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	submitter := apitest.NewSubmitter(t, f.DB.App, f.DB.System)
	for i := range 5 {
		_, err := submitter.AnalyzeSitemap(t.Context(), "ada",
			onboarding.SitemapInput{Website: fmt.Sprintf("https://%d.example", i)})
		require.NoError(t, err)
	}
	const path = apitest.Base + "/step3/analyze-sitemap"
	r := f.As("ada", http.MethodPost, path, `{"user_url":"one-more.example"}`)
	problem := apitest.RequireProblem(t, r, 429, "rate_limited")
	assert.Equal(t, "5", r.Header.Get("Retry-After"))
	assert.InDelta(t, 5, problem["retry_after"], 0)
	joined, err := submitter.AnalyzeSitemap(t.Context(), "ada", onboarding.SitemapInput{Website: "https://4.example"})
	require.NoError(t, err, "the same work is joined")
	_, err = submitter.AnalyzeSitemap(t.Context(), "bob", onboarding.SitemapInput{Website: "https://4.example"})
	require.NoError(t, err, "another user has work of his own")
	require.Equal(t, 202, f.SubmitStep(2, `{"website":"example.com"}`).Status, "that of a step is bounded by itself")

	_, err = f.DB.System.Exec(t.Context(),
		"update submissions set status = 'cancelled', finished_at = now() where id = $1", joined.ID)
	require.NoError(t, err)
	_, err = submitter.AnalyzeSitemap(t.Context(), "ada", onboarding.SitemapInput{Website: "https://one-more.example"})
	require.NoError(t, err, "something has ended")
}

// An answer that only says that the work goes on is not kept under an idempotency key:
// who asks again with it joins the work, and gets what has become of it.
func TestWorkThatGoesOnIsNotRemembered(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Wizard.Patience = time.Millisecond })
	f.OK(http.MethodPost, apitest.Base+"/api-keys", `{"provider":"openai","api_key":"`+apitest.AModelKey+`"}`)
	for path, body := range map[string]string{
		apitest.Base + "/style-detection/complete": `{"url":"example.com"}`,
		apitest.Base + "/style-detection/crawl":    `{"url":"example.com"}`,
		apitest.Base +
			"/style-detection/analyze": `{"content":{"main_content":"` + strings.Repeat("Words of a text. ", 5) + `"}}`,
		apitest.Base + "/step3/analyze-sitemap": `{"user_url":"example.com"}`,
		step4 + "/generate-personas":            `{"onboarding_data":{"websiteAnalysis":{"writing_style":{"tone":"dry"}}}}`,
		apitest.Base + "/api-keys/validate":     "",
	} {
		for range 2 {
			r := f.As("ada", http.MethodPost, path, body, "Idempotency-Key", strings.ReplaceAll(path, "/", "-"))
			require.Equal(t, 200, r.Status, "%s: %s", path, r.Body)
			assert.Contains(t, string(r.Body), "goes on in the background", path)
			assert.Empty(t, r.Header.Get("Idempotency-Replayed"), path)
		}
	}
	var running, all int
	require.NoError(t,
		f.DB.System.QueryRow(t.Context(),
			"select count(*) filter (where status = 'in_progress'), count(*) from submissions where kind <> "+
				"'personalization_inputs'").Scan(&running, &all))
	assert.Equal(t, 6, running, "asking again joined each")
	assert.Equal(t, 6, all)

	// What is settled is kept.
	r := f.As("ada", http.MethodPost, apitest.Base+"/step/2/cancel", "", "Idempotency-Key", "kept")
	require.Equal(t, 200, r.Status, "%s", r.Body)
	assert.Equal(t, "true", f.As("ada", http.MethodPost, apitest.Base+
		"/step/2/cancel", "", "Idempotency-Key", "kept").Header.Get("Idempotency-Replayed"))
}

func TestIntegrationsHaveABound(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	text := strings.Repeat("x", 9000)
	many := func(n int) string {
		texts := make([]string, n)
		for i := range texts {
			texts[i] = `"` + text + `"`
		}
		return `{"integrations":[` + strings.Join(texts, ",") + `]}`
	}
	problem := apitest.RequireProblem(t, f.SubmitStep(5, many(8)), 400, "too_long")
	assert.Contains(t, problem["detail"], "at most 64 KB")
	assert.Equal(t, "pending", f.StepStatus(5))
	require.Equal(t, 200, f.SubmitStep(5, many(7)).Status)
}

// The wizard posts the data of all steps with step 5.
func TestIntegrationsAmongTheDataOfOtherSteps(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	large := `"` + strings.Repeat("x", 100_000) + `"`
	const integrations = `"integrations":{"id":1234567890123456789,"primaryWebsite":"wix"}`
	for _, name := range []string{
		"competitors", "sitemapAnalysis", "corePersona", "platform_personas", "websiteAnalysis", "writing_style",
		"of nobody",
	} {
		r := f.SubmitStep(5, `{"website":"example.com",`+integrations+`,"`+name+`":`+large+`}`)
		require.Equal(t, 200, r.Status, "%s: %s", name, r.Body)
		assert.Contains(t, string(r.Body), `"data":{`+integrations+`}`, "as it was sent, long numbers too")
		assert.Contains(t, r.Object(t)["warnings"], "What belongs to other steps was left out.")
	}
	r := f.SubmitStep(5, `{"integrations":{"primaryWebsite":"wix"},"note":"mine"}`)
	assert.Equal(t, "mine", apitest.At(t, r.Object(t), "data", "note"), "other fields are kept")
	assert.Empty(t, r.Object(t)["warnings"])
}

// An empty object says as much as null, for every field.
func TestEmptyObjectsSayNothing(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for step, data := range map[int]string{
		2: `{"website":"example.com","text_sample":%s,"analysis":%[1]s,"businessData":%[1]s}`,
		3: `{"research_depth":%s,"content_types":%[1]s,"competitors":%[1]s,"researchSummary":%[1]s,"sitemapAnalysis":%[1]s}`,
		4: `{"corePersona":%s,"platformPersonas":%[1]s,"selectedPlatforms":["blog"]}`,
	} {
		null, empty := f.SubmitStep(step, fmt.Sprintf(data, "null")), f.SubmitStep(step, fmt.Sprintf(data, "{}"))
		assert.Equal(t, null.Status, empty.Status, "step %d: %s and %s", step, null.Body, empty.Body)
		assert.Less(t, null.Status, 410, "%s", null.Body)
	}
}

func TestSentencesNameTheirField(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for body, want := range map[string]string{
		`{"content_types":"blog"}`:           "The field data.content_types must be a list of texts.",
		`{"auto_research":"yes"}`:            "The field data.auto_research must be true or false.",
		`{"researchSummary":[]}`:             "The field data.researchSummary must be an object.",
		`{"researchSummary":{"a":"\u0000"}}`: "The field data.researchSummary.a holds the character U+0000; remove it.",
	} {
		problem := f.SubmitStep(3, body).Object(t)
		assert.Equal(t, want, problem["detail"])
	}
	wrong := apitest.RequireProblem(t, f.As("ada", http.MethodPost, apitest.PathKeys, `{"provider":7,"api_key":"x"}`), 400, "invalid_field")
	assert.Contains(t, wrong["detail"], "provider")
}
