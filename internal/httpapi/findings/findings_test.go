package findings_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/jobs"
)

const step3 = apitest.Base + "/step3"

// sites reads websites with a sitemap and profiles, but for those whose name begins with "bare".
type sites struct{ apitest.Stubs }

func (sites) Analyze(ctx context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	analysis, err := apitest.Stubs{}.Analyze(ctx, site)
	if !strings.Contains(site.URL, "//bare") {
		report := sitemapOf(site.URL, map[string]int{"/": 1, "blog": 5, "shop": 2})
		analysis.Crawl.Sitemap = &report
		analysis.Crawl.Content.SocialMedia = map[string]string{"x": "https://x.com/a", "linkedin": "https://linkedin.com/a"}
	}
	return analysis, err
}

func (sites) Sitemap(_ context.Context, asked onboarding.Crawl) (onboarding.SitemapReport, error) {
	if strings.Contains(asked.URL, "//bare") {
		return onboarding.SitemapReport{}, nil
	}
	return sitemapOf(asked.URL, map[string]int{"blog": 10, "guides": 20, "de": 1}), nil
}

func sitemapOf(website string, patterns map[string]int) onboarding.SitemapReport {
	report := onboarding.SitemapReport{
		SitemapURL: website + "/sitemap.xml", Discovery: "default_path",
		Structure: onboarding.SitemapStructure{URLPatterns: patterns, FileTypes: map[string]int{"html": 1}},
		Trends: onboarding.SitemapTrends{
			Dated: 4, Velocity: new(0.5),
			DateRange: &onboarding.SitemapDates{Earliest: "2026-01-01", Latest: "2026-01-09", SpanDays: 8},
		},
		Publishing: onboarding.SitemapPublishing{Monthly: map[string]int{}, Yearly: map[string]int{}},
		Insights: onboarding.SitemapInsights{
			ContentGaps: []string{}, GrowthOpportunities: []string{}, IndustryBenchmarks: []string{}, Recommendations: []string{},
		},
	}
	for _, count := range patterns {
		report.Structure.TotalURLs += count
	}
	return report
}

func newFixture(t *testing.T) *apitest.Fixture {
	t.Helper()
	f := apitest.New(t)
	f.WorkWith(func(c *jobs.WorkerConfig) { c.Analyzer, c.Sitemaps = sites{}, sites{} })
	return f
}

func analyse(t *testing.T, f *apitest.Fixture, website string) {
	t.Helper()
	body := f.OK(http.MethodPost, apitest.Base+"/style-detection/complete", `{"url":"`+website+`"}`)
	assert.Equal(t, true, body["success"])
}

func TestSocialProfilesAreThoseOfTheAnalysis(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const path = step3 + "/discover-social-media"
	for _, request := range []string{`{}`, `{"user_url":"https://example.com"}`} {
		body := f.OK(http.MethodPost, path, request)
		assert.Equal(t, false, body["success"])
		assert.Contains(t, body["error"], "step 2")
		assert.Equal(t, map[string]any{}, body["social_media_accounts"])
	}
	analyse(t, f, "bare.example")
	body := f.OK(http.MethodPost, path, `{"user_url":"bare.example"}`)
	assert.Equal(t, true, body["success"])
	assert.Contains(t, body["message"], "no profile")

	analyse(t, f, "https://www.example.com")
	want := map[string]any{"twitter": "https://x.com/a", "linkedin": "https://linkedin.com/a"}
	for _, request := range []string{`{"user_url":""}`, `{"user_url":"example.com/about"}`} {
		body = f.OK(http.MethodPost, path, request)
		assert.Equal(t, true, body["success"])
		assert.Nil(t, body["error"])
		assert.Equal(t, want, body["social_media_accounts"])
	}
	assert.Equal(t, map[string]any{}, f.OK(http.MethodPost, path, `{"user_url":"bare.example"}`)["social_media_accounts"],
		"an older analysis answers for its own website")
	other := f.As("bob", http.MethodPost, path, `{"user_url":"https://www.example.com"}`)
	assert.Equal(t, false, other.Object(t)["success"], "another user has not analysed it")
	apitest.RequireProblem(t, f.As("ada", http.MethodPost, path, `{"user_url":"not a website"}`), 400, "invalid_url")
}

func TestTasksSayWhatIsThere(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const path = step3 + "/scheduled-tasks-status"
	apitest.RequireProblem(t, f.Send(http.MethodGet, path, ""), http.StatusUnauthorized, "unauthenticated")
	body := f.OK(http.MethodGet, path, "")
	for _, task := range []string{"deep_competitor_analysis", "competitive_sitemap_benchmarking"} {
		assert.Equal(t, "red", apitest.At(t, body, task, "bulb"))
		assert.Equal(t, false, apitest.At(t, body, task, "eligible"))
		assert.Contains(t, apitest.At(t, body, task, "reason"), "no competitors")
	}
	assert.Equal(t, false, apitest.At(t, body, "competitive_sitemap_benchmarking", "report", "available"))
	assert.Contains(t, apitest.At(t, body, "competitive_sitemap_benchmarking", "report", "error"), "step 2")
	apitest.RequireProblem(t, f.As("ada", http.MethodGet, step3+"/sitemap-benchmark-report", ""), 404, "report_not_found")

	analyse(t, f, "https://example.com")
	f.OK(http.MethodPost, apitest.StepPath(3, "/complete"),
		`{"data":{"competitors":[{"url":"https://rival.example/"},{"domain":"bare.example"},{"title":"none"}]}}`)
	body = f.OK(http.MethodGet, path, "")
	assert.Equal(t, "green", apitest.At(t, body, "deep_competitor_analysis", "bulb"))
	assert.Contains(t, apitest.At(t, body, "deep_competitor_analysis", "reason"), "scheduler")
	assert.Equal(t, false, apitest.At(t, body, "deep_competitor_analysis", "task", "exists"))
	assert.Nil(t, apitest.At(t, body, "competitive_sitemap_benchmarking", "reason"))
	report := apitest.At(t, body, "competitive_sitemap_benchmarking", "report").(map[string]any)
	assert.Equal(t, true, report["available"])
	assert.Equal(t, "completed", report["status"])
	assert.NotEmpty(t, report["last_run"])
	assert.InDelta(t, 2, report["error_count"], 0)
	assert.Nil(t, report["error"])
}

func TestWhileTheWebsiteIsAnalysedTheReportIsExpected(t *testing.T) {
	t.Parallel()
	f := apitest.New(t) // without a worker
	apitest.SubmitWebsite(t, f, "https://example.com")
	report := apitest.At(t, f.OK(http.MethodGet, step3+"/scheduled-tasks-status", ""),
		"competitive_sitemap_benchmarking", "report").(map[string]any)
	assert.Equal(t, "processing", report["status"])
	assert.Nil(t, report["error"])
	assert.Equal(t, false, report["available"])
}

func TestBenchmarkComparesTheSitemapsThatAreStored(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	analyse(t, f, "https://example.com")
	f.OK(http.MethodPost, apitest.StepPath(3, "/complete"),
		`{"data":{"competitors":[{"url":"https://rival.example/"},{"url":"http://www.rival.example/x"},
		{"domain":"bare.example"},{"url":"https://unread.example"}]}}`)
	for _, website := range []string{"https://rival.example", "https://bare.example"} {
		f.OK(http.MethodPost, step3+"/analyze-sitemap", `{"user_url":"`+website+`"}`)
	}
	const path = step3 + "/sitemap-benchmark-report"
	response := f.As("ada", http.MethodGet, path, "")
	assert.Contains(t, string(response.Body), `"top_url_patterns":{"blog":5,"shop":2,"/":1}`, "the most frequent first")
	body := response.Object(t)
	assert.NotEmpty(t, body["timestamp"])
	own := apitest.At(t, body, "user", "summary").(map[string]any)
	assert.InDelta(t, 8, own["total_urls"], 0)
	assert.InDelta(t, 3.5, own["publishing_velocity"], 0, "a week")
	assert.Equal(t, map[string]any{"start": "2026-01-01", "end": "2026-01-09"}, own["date_range"])
	rivals := apitest.At(t, body, "competitors", "summaries").(map[string]any)
	assert.Len(t, rivals, 1)
	errors := apitest.At(t, body, "competitors", "errors").(map[string]any)
	assert.Len(t, errors, 2)
	assert.Contains(t, errors["https://bare.example"], "no sitemap")
	assert.Contains(t, errors["https://unread.example"], "not read")
	benchmark := body["benchmark"].(map[string]any)
	assert.Equal(t, "https://example.com", benchmark["website_url"])
	assert.InDelta(t, 1, benchmark["competitors_analyzed"], 0)
	assert.InDelta(t, 2, benchmark["user_sections_count"], 0)
	leaders := apitest.List(t, benchmark, "competitor_section_leaders")
	assert.InDelta(t, 31, leaders[0]["total_urls"], 0)
	assert.InDelta(t, 3, leaders[0]["sections_count"], 0)
	missing := apitest.List(t, benchmark["gaps"].(map[string]any), "missing_sections")
	assert.Equal(t, "/guides", missing[0]["section"])
	assert.InDelta(t, 1, missing[0]["competitor_presence"], 0)
	assert.Len(t, missing, 2)
	opportunities := apitest.List(t, benchmark, "opportunities")
	assert.Len(t, opportunities, 1)
	assert.Equal(t, map[string]any{"user_total_urls": 8.0, "competitor_median_total_urls": 31.0}, opportunities[0]["metrics"])

	apitest.RequireProblem(t, f.As("bob", http.MethodGet, path, ""), 404, "report_not_found")
	analyse(t, f, "https://bare-too.example")
	apitest.RequireProblem(t, f.As("ada", http.MethodGet, path, ""), 404, "report_not_found")
}
