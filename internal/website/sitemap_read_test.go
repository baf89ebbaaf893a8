package website

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestSitemap(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/robots.txt": "User-agent: *\nAllow: /\n",
		"/sitemap.xml": `<urlset><url><loc>/</loc></url><url><loc>/blog/one</loc><lastmod>2026-03-01</lastmod></url>` +
			`<url><loc>/blog/two</loc><lastmod>2026-03-11T10:00:00+02:00</lastmod></url><url><loc>https://elsewhere.example/x</loc></url></urlset>`,
	}, nil)
	found, err := newTestCrawler(t, local(Config{}), nil).Sitemap(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, site.URL+"/sitemap.xml", found.URL)
	require.Len(t, found.Pages, 3, "of the site only")
	assert.True(t, found.Pages[0].Modified.IsZero())
	assert.Equal(t, time.Date(2026, 3, 11, 8, 0, 0, 0, time.UTC), found.Pages[2].Modified)

	report := onboarding.ReportSitemap(found, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	assert.Equal(t, map[string]int{"/": 1, "blog": 2}, report.Structure.URLPatterns)
	assert.InDelta(t, 1.33, report.Structure.AveragePathDepth, 0.001)
	assert.Equal(t, 10, report.Trends.DateRange.SpanDays)
	assert.InDelta(t, 0.2, *report.Trends.Velocity, 0)
	assert.Equal(t, map[string]int{"2026-03": 2}, report.Publishing.Monthly)
	assert.Contains(t, report.Insights.Recommendations, "Give every address a lastmod date: 1 of 3 have none.")
}

func TestSitemapOfASiteWithoutOne(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, nil, nil)
	found, err := newTestCrawler(t, local(Config{}), nil).Sitemap(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Empty(t, found.Pages)

	site.Close()
	_, err = newTestCrawler(t, local(Config{}), nil).Sitemap(t.Context(), onboarding.Crawl{URL: site.URL})
	var failure *onboarding.Failure
	require.ErrorAs(t, err, &failure)
}
