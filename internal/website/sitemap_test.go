package website

import (
	"fmt"
	"strings"
	"testing"

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
	report, err := newTestCrawler(t, limits{}, nil).Sitemap(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, site.URL+"/sitemap.xml", report.SitemapURL)
	assert.Equal(t, 3, report.Structure.TotalURLs, "of the site only")
	assert.Equal(t, &onboarding.SitemapDates{Earliest: "2026-03-01", Latest: "2026-03-11", SpanDays: 10},
		report.Trends.DateRange)
}

func TestSitemapAddressesAreRelativeToTheFile(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, map[string]string{
		"/robots.txt":     "Sitemap: /maps/index.xml\n",
		"/maps/index.xml": `<sitemapindex><sitemap><loc>pages.xml</loc></sitemap></sitemapindex>`,
		"/maps/pages.xml": `<urlset><url><loc>../one</loc><image:image><image:loc>/picture</image:loc></image:image></url>` +
			`<url><loc>//` + "elsewhere.example" + `/two</loc></url></urlset>`,
		"/": htmlPage("home"), "/one": htmlPage("one"),
	}, nil)
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Equal(t, []string{"", "/one"}, pathsOf(found, site.URL))
	assert.Empty(t, found.Warnings)
}

func TestSitemapOfASiteWithoutOne(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, nil, nil)
	report, err := newTestCrawler(t, limits{}, nil).Sitemap(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Zero(t, report.Structure.TotalURLs)

	site.Close()
	_, err = newTestCrawler(t, limits{}, nil).Sitemap(t.Context(), onboarding.Crawl{URL: site.URL})
	var failure *onboarding.Failure
	require.ErrorAs(t, err, &failure)
}

func TestCrawlKeepsTheLastMonthsOfASitemap(t *testing.T) {
	t.Parallel()
	var listed strings.Builder
	for year := 2001; year <= 2024; year++ {
		for _, month := range []string{"01", "07"} {
			fmt.Fprintf(&listed, "<url><loc>/p%d-%s</loc><lastmod>%d-%s-02</lastmod></url>", year, month, year, month)
		}
	}
	site := newFakeSite(t, map[string]string{
		"/": htmlPage("home"), "/sitemap.xml": "<urlset>" + listed.String() + "</urlset>",
	}, nil)
	found, err := newTestCrawler(t, limits{maxPages: 1}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	require.NotNil(t, found.Sitemap)
	assert.Equal(t, 48, found.Sitemap.Trends.Dated)
	months := found.Sitemap.Publishing.Monthly
	assert.Len(t, months, keptMonths)
	assert.Contains(t, months, "2024-07")
	assert.NotContains(t, months, "2001-01")
}
