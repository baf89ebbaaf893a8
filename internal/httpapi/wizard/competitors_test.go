package wizard_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/jobs"
)

type research struct{}

func (research) Sitemap(_ context.Context, asked onboarding.Crawl) (onboarding.SitemapReport, error) {
	if asked.URL == "https://empty.example" {
		return onboarding.SitemapReport{}, nil
	}
	none := []string{}
	return onboarding.SitemapReport{
		SitemapURL: asked.URL + "/sitemap.xml", Discovery: "default_path",
		Structure: onboarding.SitemapStructure{
			TotalURLs: 1, AveragePathDepth: 2, MaxPathDepth: 2,
			URLPatterns: map[string]int{"blog": 1},
		},
		Publishing: onboarding.SitemapPublishing{Monthly: map[string]int{}, Yearly: map[string]int{}},
		Insights: onboarding.SitemapInsights{
			ContentGaps: none, GrowthOpportunities: none, IndustryBenchmarks: none,
			Recommendations: none,
		},
	}, nil
}

func (research) Similar(
	_ context.Context, _ onboarding.Secret, asked onboarding.CompetitorSearch,
) ([]onboarding.FoundCompetitor, error) {
	return []onboarding.FoundCompetitor{{
		URL: "https://other.example", Domain: "other.example", Title: asked.Website,
		Summary: "A\x00B", Highlights: []string{},
	}}, nil
}

func (research) Open([]byte, string, string) ([]byte, error) { return []byte("key"), nil }

func (research) Fingerprint([]byte) string { return "fingerprint" }

func newResearchFixture(t *testing.T) *apitest.Fixture {
	t.Helper()
	f := apitest.New(t)
	f.WorkWith(func(c *jobs.WorkerConfig) { c.Sitemaps, c.Competitors, c.Keys = research{}, research{}, research{} })
	return f
}

func TestAnalyzeSitemap(t *testing.T) {
	t.Parallel()
	f := newResearchFixture(t)
	const path = apitest.Base + "/step3/analyze-sitemap"
	body := f.OK(http.MethodPost, path,
		`{"user_url":"example.com","competitors":["a.example"],"industry_context":null,"analyze_content_trends":true,"analyze_publishing_patterns":true}`)
	assert.Equal(t, true, body["success"])
	assert.Equal(t, "https://example.com/sitemap.xml", body["sitemap_url"])
	assert.InDelta(t, 1, apitest.At(t, body, "analysis_data", "structure_analysis", "total_urls"), 0)
	assert.NotNil(t, apitest.At(t, body, "analysis_data", "onboarding_insights", "strategic_recommendations"))

	body = f.OK(http.MethodPost, path, `{"user_url":"empty.example"}`)
	assert.Equal(t, false, body["success"])
	assert.Contains(t, body["error"], "no sitemap")
	assert.Equal(t, http.StatusBadRequest, f.As("ada", http.MethodPost, path, `{"user_url":""}`).Status,
		"there is no stored analysis either")
}

func TestDiscoverCompetitors(t *testing.T) {
	t.Parallel()
	f := newResearchFixture(t)
	const path, request = apitest.Base +
		"/step3/discover-competitors", `{"user_url":"example.com","num_results":25,"website_analysis_data":{}}`
	body := f.OK(http.MethodPost, path, request)
	assert.Equal(t, false, body["success"])
	assert.Contains(t, body["error"], "Exa API key")
	assert.Equal(t, []any{}, body["competitors"])

	f.OK(http.MethodPost, apitest.Base+"/api-keys", `{"provider":"exa","api_key":"01234567-89ab-cdef-0123-456789abcdef"}`)
	body = f.OK(http.MethodPost, path, request)
	assert.Equal(t, true, body["success"], "%v", body)
	list, ok := body["competitors"].([]any)
	require.True(t, ok)
	require.Len(t, list, 1)
	assert.Equal(t, "AB", apitest.At(t, list[0], "summary"), "as it can be stored")
	assert.Equal(t, "https://example.com", apitest.At(t, list[0], "title"))
	assert.InDelta(t, 1, apitest.At(t, body, "research_summary", "total_competitors"), 0)
	assert.Equal(t, http.StatusBadRequest,
		f.As("ada", http.MethodPost, path, `{"user_url":"example.com","num_results":101}`).Status)
}
