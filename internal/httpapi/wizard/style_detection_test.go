package wizard_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/jobs"
)

const detection = apitest.Base + "/style-detection"

func TestAStyleDetection(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	body := f.OK(http.MethodPost, detection+
		"/complete", `{"url":" Example.com/ ","include_patterns":true,"include_guidelines":true}`)
	assert.Equal(t, true, body["success"])
	assert.Nil(t, body["error"])
	assert.Equal(t, "Two pages were too slow.", body["warning"])
	assert.Equal(t, "warm", apitest.At(t, body, "style_analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Say what you mean."}, apitest.At(t, body, "style_guidelines", "best_practices"))
	assert.Equal(t, "https://example.com", apitest.At(t, body, "crawl_result", "url"))
	assert.NotNil(t, body["style_patterns"])
	assert.NotEmpty(t, body["timestamp"])
	assert.Nil(t, body["sitemap_analysis"])
	step := f.OK(http.MethodGet, apitest.Base+"/step/2", "")
	assert.Equal(t, "completed", step["status"])
	assert.Equal(t, body["submission_id"], step["submission_id"])
	assert.Equal(t, body["analysis_id"], apitest.At(t, step, "data", "analysis_id"))

	short := f.OK(http.MethodPost, detection+
		"/complete", `{"url":"https://example.com","include_patterns":false,"include_guidelines":false,"text_sample":null}`)
	assert.Equal(t, body["analysis_id"], short["analysis_id"], "a website is stored once")
	assert.NotEqual(t, body["submission_id"], short["submission_id"], "what has ended is done again")
	assert.NotNil(t, short["style_analysis"])
	assert.Nil(t, short["style_patterns"])
	assert.Nil(t, short["style_guidelines"])
}

// An analysis that can't be read is an error, not an empty success.
func TestADetectionWhoseAnalysisCantBeRead(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	owner, err := pgx.Connect(t.Context(), f.DB.URL)
	require.NoError(t, err)
	defer func() { require.NoError(t, owner.Close(context.Background())) }()
	_, err = owner.Exec(t.Context(), `
		create function spoil() returns trigger language plpgsql as $$ begin new.analysis = '[]'; return new; end $$;
		create trigger spoil before insert or update on website_analyses for each row execute function spoil()`)
	require.NoError(t, err)
	problem := f.As("ada", http.MethodPost, detection+"/complete", `{"url":"https://example.com"}`)
	assert.Equal(t, http.StatusInternalServerError, problem.Status, string(problem.Body))
}

func TestADetectionFromAText(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	text := strings.Repeat("We repair bicycles. ", 3)
	body := f.OK(http.MethodPost, detection+"/complete", fmt.Sprintf(`{"url":"","text_sample":%q}`, text))
	assert.Equal(t, true, body["success"])
	assert.Nil(t, body["warning"])
	assert.Equal(t, strings.TrimSpace(text), apitest.At(t, body, "crawl_result", "content", "main_content"))

	row := f.OK(http.MethodGet, fmt.Sprintf("%s/analysis/%.0f", detection, body["analysis_id"]), "")
	assert.Nil(t, apitest.At(t, row, "analysis", "website_url"), "a text has no address")
	assert.Nil(t, f.OK(http.MethodGet, apitest.Base+"/website-analysis", "")["website_url"])
}

func TestAFailedDetection(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	for _, path := range []string{"/complete", "/crawl"} {
		body := f.OK(http.MethodPost, detection+path, `{"url":"https://gone.example"}`)
		assert.Equal(t, false, body["success"])
		assert.Equal(t, "There is no website at gone.example. Check the spelling of the address.", body["error"],
			"the word website is looked for")
	}
	assert.Nil(t, f.OK(http.MethodPost, detection+"/complete", `{"url":"https://gone.example"}`)["analysis_id"])
	assert.Equal(t, []any{}, f.OK(http.MethodGet, detection+"/session-analyses", "")["analyses"])
}

func TestAnalyzeAndCrawl(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	text := strings.Repeat("We repair bicycles. ", 3)
	for kind, parts := range map[string][3]bool{
		`"comprehensive"`: {true, true, true}, `null`: {true, true, true}, `"patterns"`: {false, true, false},
		`"guidelines"`: {false, false, true},
	} {
		body := f.OK(http.MethodPost, detection+
			"/analyze", fmt.Sprintf(`{"content":{"main_content":%q,"title":null},"analysis_type":%s}`, text, kind))
		assert.Equal(t, true, body["success"])
		for i, part := range []string{"analysis", "patterns", "guidelines"} {
			assert.Equal(t, parts[i], body[part] != nil, "%s %s", kind, part)
		}
	}
	crawled := f.OK(http.MethodPost, detection+"/crawl", `{"url":"example.com"}`)
	assert.Equal(t, true, crawled["success"])
	assert.InDelta(t, 1, apitest.At(t, crawled, "metrics", "words"), 0)
	assert.NotNil(t, crawled["content"])

	assert.Equal(t, "pending", f.OK(http.MethodGet, apitest.Base+"/step/2", "")["status"],
		"both are submissions without a step")
	assert.Equal(t, []any{}, f.OK(http.MethodGet, detection+"/session-analyses", "")["analyses"])

	long := strings.Repeat("abcd ", 2000)
	body := f.OK(http.MethodPost, detection+"/analyze", fmt.Sprintf(`{"content":{"main_content":%q}}`, long+"..."))
	assert.Equal(t, true, body["success"], "what a crawl answered is taken although it was cut and marked")
}

// ENABLE_WEBSITE_BRAND_COLUMNS=false holds for what clients send, too.
func TestAnalysesWithoutTheBrand(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Wizard.WithoutBrand = true })
	f.Work()
	const sent = `{"writing_style":{"tone":"dry"},"brand_analysis":{"brand_voice":"canary"},"content_strategy_insights":{"strengths":["canary"]}}`
	require.Equal(t, 200, f.SubmitStep(2, `{"website":"one.example","analysis":`+sent+`}`).Status)
	list := f.OK(http.MethodGet, detection+"/session-analyses", "")["analyses"].([]any)
	path := fmt.Sprintf("%s/analysis/%.0f", detection, apitest.At(t, list[0], "id"))
	assert.NotContains(t, string(f.As("ada", http.MethodGet, path, "").Body), "canary")
	f.OK(http.MethodPut, path, sent)
	assert.NotContains(t, string(f.As("ada", http.MethodGet, path, "").Body), "canary")
	assert.Contains(t, string(f.As("ada", http.MethodGet, path, "").Body), "dry")
}

func TestTheWebsiteStaysNamedAfterAText(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	f.OK(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)
	f.OK(http.MethodPost, detection+"/complete", `{"text_sample":"`+strings.Repeat("A text of mine. ", 10)+`"}`)
	for _, path := range []string{"/summary", "/website-analysis"} {
		assert.Equal(t, "https://one.example", f.OK(http.MethodGet, apitest.Base+path, "")["website_url"],
			"the website analysed last stays named beside the analysis of a text")
	}
}

func TestStoredAnalyses(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	first := f.OK(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)
	f.OK(http.MethodPost, detection+"/complete", `{"url":"two.example/shop?lang=en"}`)

	list, ok := f.OK(http.MethodGet, detection+"/session-analyses", "")["analyses"].([]any)
	require.True(t, ok)
	require.Len(t, list, 2)
	assert.Equal(t, "https://two.example/shop?lang=en", apitest.At(t, list[0], "website_url"), "the newest first")
	assert.Equal(t, "warm", apitest.At(t, list[0], "style_analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Say what you mean."}, apitest.At(t, list[0], "style_analysis", "best_practices"))

	path := fmt.Sprintf("%s/analysis/%.0f", detection, first["analysis_id"])
	row := f.OK(http.MethodGet, path, "")
	assert.Equal(t, true, row["success"])
	assert.Equal(t, "https://one.example", apitest.At(t, row, "analysis", "website_url"))
	assert.Equal(t, "warm", apitest.At(t, row, "analysis", "writing_style", "tone"))
	assert.Equal(t, "Two pages were too slow.", apitest.At(t, row, "analysis", "warning_message"))
	assert.Equal(t, []any{"Say what you mean."}, apitest.At(t, row, "analysis", "style_guidelines", "best_practices"))

	assert.Equal(t, true,
		f.OK(http.MethodPut, path, `{"writing_style":{"tone":"dry"},"best_practices":["Be brief."]}`)["success"])
	row = f.OK(http.MethodGet, path, "")
	assert.Equal(t, "dry", apitest.At(t, row, "analysis", "writing_style", "tone"))
	assert.Equal(t, []any{"Be brief."}, apitest.At(t, row, "analysis", "style_guidelines", "best_practices"))

	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		body := ""
		if method == http.MethodPut {
			body = `{"writing_style":{"tone":"mine"}}`
		}
		foreign := f.As("bob", method, path, body)
		apitest.RequireProblem(t, foreign, 404, "analysis_not_found")
		assert.Equal(t, string(foreign.Body), string(f.As("ada", method, detection+"/analysis/999999", body).Body))
		for _, id := range []string{"0", "-1", "x", "99999999999999999999"} {
			apitest.RequireProblem(t, f.As("ada", method, detection+"/analysis/"+id, body), 404, "not_found")
		}
	}
	assert.Equal(t, "dry", apitest.At(t, f.OK(http.MethodGet, path, ""), "analysis", "writing_style", "tone"))
	both := f.As("ada", http.MethodGet, detection+"/session-analyses", "")
	assert.Equal(t, 304,
		f.As("ada", http.MethodGet, detection+"/session-analyses", "", "If-None-Match", both.Header.Get("ETag")).Status)
	assert.Equal(t, true, f.OK(http.MethodDelete, path, "")["success"])
	apitest.RequireProblem(t, f.As("ada", http.MethodGet, path, ""), 404, "analysis_not_found")
	assert.Equal(t, "completed", f.OK(http.MethodGet, apitest.Base+"/step/2", "")["status"],
		"the other website is the result of step 2")
	fewer := f.As("ada", http.MethodGet, detection+"/session-analyses", "", "If-None-Match", both.Header.Get("ETag"))
	require.Equal(t, 200, fewer.Status, "the list is another, although no step has changed")
	assert.Len(t, fewer.Object(t)["analyses"], 1)
	assert.Equal(t, 304,
		f.As("ada", http.MethodGet, detection+"/session-analyses", "", "If-None-Match", fewer.Header.Get("ETag")).Status)
}

// raw sends a GET of ada whose path no template of the document covers.
func raw(f *apitest.Fixture, path string, headers ...string) apitest.Response {
	f.T.Helper()
	request, err := http.NewRequestWithContext(f.T.Context(), http.MethodGet, f.URL+path, http.NoBody)
	require.NoError(f.T, err)
	request.Header.Set("Authorization", "Bearer "+f.Token("ada"))
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	require.NoError(f.T, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(f.T, err)
	return apitest.Response{Status: answer.StatusCode, Header: answer.Header, Body: body}
}

func TestCheckingForAnAnalysis(t *testing.T) {
	t.Parallel()
	f := apitest.NewWithWorker(t)
	const check = detection + "/check-existing/"
	assert.Equal(t, false, f.OK(http.MethodGet, check+"https%3A%2F%2Fone.example", "")["exists"])
	id := f.OK(http.MethodPost, detection+"/complete", `{"url":"one.example"}`)["analysis_id"]
	shop := f.OK(http.MethodPost, detection+"/complete", `{"url":"two.example/a%20shop/?lang=en&b=%2F"}`)["analysis_id"]

	for _, path := range []string{
		"https%3A%2F%2Fone.example", "https%3a%2f%2fONE.example%2F", "one.example",
		"one.example%2F",
	} {
		body := f.OK(http.MethodGet, check+path, "")
		assert.Equal(t, true, body["exists"], path)
		assert.Equal(t, id, body["analysis_id"])
		assert.Equal(t, map[string]any{"writing_style": "warm", "target_audience": []any{}, "content_type": nil},
			body["summary"])
	}
	for _, path := range []string{
		"https://one.example", "https://one.example/", "https:/one.example", "https://one.example#top", "http://two.example",
		"one.example:443",
	} {
		want := !strings.HasPrefix(path, "http:")
		assert.Equal(t, want, raw(f, check+path).Object(t)["exists"], path)
	}
	for _, path := range []string{
		"https://two.example/a%20shop/?lang=en&b=%2F", "two.example/a%20shop/?lang=en&b=%2F",
		"https%3A%2F%2Ftwo.example%2Fa%2520shop%2F%3Flang%3Den%26b%3D%252F",
	} {
		assert.Equal(t, shop, raw(f, check+path).Object(t)["analysis_id"], path)
	}
	for _, path := range []string{"ftp%3A%2F%2Fone.example", "%20", "https%3A%2F%2F", "one%00.example"} {
		body := f.OK(http.MethodGet, check+path, "")
		assert.Equal(t, false, body["exists"], path)
		assert.NotEmpty(t, body["error"], path)
	}
	assert.NotEmpty(t, raw(f, check).Object(t)["error"], "no address")

	first := f.As("ada", http.MethodGet, check+"one.example", "")
	tag := first.Header.Get("ETag")
	require.NotEmpty(t, tag)
	assert.Equal(t, "private, no-cache", first.Header.Get("Cache-Control"))
	assert.Contains(t, first.Header.Get("Vary"), "Authorization")
	assert.Equal(t, 304, f.As("ada", http.MethodGet, check+"one.example", "", "If-None-Match", tag).Status)
	assert.Equal(t, 200, f.As("ada", http.MethodHead, check+"one.example", "").Status)
	assert.Equal(t, false, f.As("bob", http.MethodGet, check+"one.example", "").Object(t)["exists"],
		"nobody sees another's")
	apitest.RequireProblem(t, f.Send(http.MethodGet, check+"one.example", ""), 401, "unauthenticated")
	assert.NotContains(t, f.Log.String(), "one.example", "addresses are not logged")
}

func TestStyleOptions(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	body := f.OK(http.MethodGet, detection+"/configuration-options", "")
	assert.Equal(t, map[string]any{"max_content_length": 10000.0, "min_content_length": 50.0, "max_urls": 1.0},
		body["limits"])
	assert.Contains(t, body["analysis_types"], "comprehensive")
}

// measured notes on every website what an audit needs, but for those whose name begins with "bare".
type measured struct{ apitest.Stubs }

func (measured) Analyze(ctx context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	analysis, err := apitest.Stubs{}.Analyze(ctx, site)
	analysis.Crawl.Success = true
	analysis.Crawl.Pages = []onboarding.CrawledPage{{URL: site.URL, Words: 400}}
	if site.URL != "" && !strings.Contains(site.URL, "//bare") {
		analysis.Crawl.Facts = &onboarding.PageFacts{Charset: "utf-8", HasRobots: new(true)}
		analysis.Crawl.Sitemap = &onboarding.SitemapReport{
			Discovery: "robots_txt", Structure: onboarding.SitemapStructure{TotalURLs: 3},
		}
	}
	return analysis, err
}

// The website step finds the audit and the sitemap wherever it reads an analysis, and can send all of it back.
func TestAuditAndSitemapOfAnAnalysis(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	f.WorkWith(func(c *jobs.WorkerConfig) { c.Analyzer = measured{} })
	fresh := f.OK(http.MethodPost, detection+"/complete", `{"url":"https://example.com"}`)
	byID := fmt.Sprintf("%s/analysis/%v", detection, fresh["analysis_id"])
	stored := f.OK(http.MethodGet, byID, "")["analysis"].(map[string]any)
	listed := apitest.List(t, f.OK(http.MethodGet, detection+"/session-analyses", ""), "analyses")[0]["style_analysis"]
	newest := f.OK(http.MethodGet, apitest.Base+"/website-analysis", "")
	for _, answer := range []any{fresh, stored, listed, newest} {
		assert.Equal(t, fresh["seo_audit"], apitest.At(t, answer, "seo_audit"))
	}
	assert.NotNil(t, apitest.At(t, fresh, "seo_audit", "overall_score"))
	assert.Nil(t, apitest.At(t, fresh, "seo_audit", "technical", "has_sitemap"))
	assert.NotEmpty(t, apitest.At(t, fresh, "seo_audit", "reasons", "technical.has_sitemap"))
	assert.Empty(t, fresh["null_reasons"])
	for _, crawl := range []any{fresh["crawl_result"], stored["crawl_result"], newest["crawl_result"], listed} {
		assert.InDelta(t, 3, apitest.At(t, crawl, "sitemap_analysis", "total_urls"), 0)
		assert.NotNil(t, apitest.At(t, crawl, "sitemap_analysis", "structure_analysis"))
		assert.NotNil(t, apitest.At(t, crawl, "sitemap_analysis", "onboarding_insights"))
		assert.Equal(t, []any{}, apitest.At(t, crawl, "sitemap_analysis", "ai_insights", "content_gaps"))
	}
	assert.Equal(t, fresh["analysis_id"], apitest.At(t, listed, "id"))
	f.OK(http.MethodPut, byID, apitest.JSONOf(t, listed))
	assert.Equal(t, fresh["seo_audit"], apitest.At(t, f.OK(http.MethodGet, byID, ""), "analysis", "seo_audit"))

	bare := f.OK(http.MethodPost, detection+"/complete", `{"url":"https://bare.example"}`)
	text := f.OK(http.MethodPost, detection+"/complete", `{"text_sample":"`+strings.Repeat("We mend bicycles. ", 9)+`"}`)
	for why, answer := range map[string]map[string]any{"again": bare, "text": text} {
		assert.Nil(t, answer["seo_audit"])
		assert.Nil(t, apitest.At(t, answer, "crawl_result", "sitemap_analysis"))
		for _, field := range []string{"seo_audit", "crawl_result.sitemap_analysis"} {
			assert.Contains(t, answer["null_reasons"].(map[string]any)[field], why)
		}
	}
}
