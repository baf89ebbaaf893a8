package seo_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/seo"
)

// page is a start page without a fault.
func page() onboarding.CrawlResult {
	crawl := onboarding.CrawlResult{
		Success: true, URL: "https://example.com",
		Pages: []onboarding.CrawledPage{{URL: "https://example.com/", Words: 400}},
		Facts: &onboarding.PageFacts{
			Charset: "utf-8", Language: "en", Canonical: "https://example.com/", OpenGraph: onboarding.List{"og:title"},
			TwitterCard: "summary", StructuredData: onboarding.List{"organization"}, InternalLinks: 5,
			HasRobots: new(true), HasSitemap: new(true),
		},
	}
	crawl.Content.Title = "Pottery classes for beginners in Leeds"
	crawl.Content.Description = "Small pottery classes in Leeds for beginners and families, with every pot fired at once."
	crawl.Content.MetaTags = map[string]string{"viewport": "width=device-width", "robots": "index, follow"}
	crawl.Content.ContentStructure = onboarding.ContentStructure{
		Headings: onboarding.HeadingCounts{H1: 1, H2: 2}, HasNavigation: true,
	}
	crawl.Content.BrandInfo.ContactInfo.Email = onboarding.List{"a@example.com"}
	return crawl
}

func TestAuditOfAGoodPage(t *testing.T) {
	t.Parallel()
	audit, reason := seo.Of(page())
	require.NotNil(t, audit)
	assert.Empty(t, reason)
	assert.Equal(t, 100, audit.Score)
	assert.Empty(t, audit.Summary.Critical)
	assert.Empty(t, audit.Summary.Warnings)
	assert.Equal(t, audit.Summary.Total, audit.Summary.Passed)
	assert.Nil(t, audit.Performance)
	assert.Nil(t, audit.Accessibility.Contrast)
	for _, path := range []string{"performance", "accessibility.contrast_ratio"} {
		assert.NotEmpty(t, audit.Reasons[path])
	}
	assert.Len(t, audit.Reasons, 2)
}

// Each fault takes its points from its own part only.
func TestAuditFindsFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		spoil    func(*onboarding.CrawlResult)
		category string
		critical bool
	}{
		"no title":         {func(c *onboarding.CrawlResult) { c.Content.Title = "" }, "meta", true},
		"short title":      {func(c *onboarding.CrawlResult) { c.Content.Title = "Pottery" }, "meta", false},
		"no description":   {func(c *onboarding.CrawlResult) { c.Content.Description = "" }, "meta", true},
		"short text":       {func(c *onboarding.CrawlResult) { c.Content.Description = "Pottery." }, "meta", false},
		"no viewport":      {func(c *onboarding.CrawlResult) { delete(c.Content.MetaTags, "viewport") }, "meta", true},
		"other encoding":   {func(c *onboarding.CrawlResult) { c.Facts.Charset = "windows-1252" }, "meta", false},
		"no open graph":    {func(c *onboarding.CrawlResult) { c.Facts.OpenGraph = nil }, "meta", false},
		"no card":          {func(c *onboarding.CrawlResult) { c.Facts.TwitterCard = "" }, "meta", false},
		"hidden":           {func(c *onboarding.CrawlResult) { c.Content.MetaTags["robots"] = "NoIndex" }, "meta", true},
		"http":             {func(c *onboarding.CrawlResult) { c.Pages[0].URL = "http://example.com/" }, "url_structure", true},
		"underscores":      {func(c *onboarding.CrawlResult) { c.Pages[0].URL += "a_b" }, "url_structure", false},
		"no heading":       {func(c *onboarding.CrawlResult) { c.Content.ContentStructure.Headings.H1 = 0 }, "content_health", true},
		"many headings":    {func(c *onboarding.CrawlResult) { c.Content.ContentStructure.Headings.H1 = 3 }, "content_health", false},
		"few words":        {func(c *onboarding.CrawlResult) { c.Pages[0].Words = 299 }, "content_health", false},
		"no links":         {func(c *onboarding.CrawlResult) { c.Facts.InternalLinks = 0 }, "content_health", false},
		"no canonical":     {func(c *onboarding.CrawlResult) { c.Facts.Canonical = "" }, "technical", false},
		"no data":          {func(c *onboarding.CrawlResult) { c.Facts.StructuredData = nil }, "technical", false},
		"no robots.txt":    {func(c *onboarding.CrawlResult) { c.Facts.HasRobots = new(false) }, "technical", false},
		"no sitemap":       {func(c *onboarding.CrawlResult) { c.Facts.HasSitemap = new(false) }, "technical", false},
		"images":           {func(c *onboarding.CrawlResult) { c.Facts.ImagesWithoutAlt = 2 }, "accessibility", true},
		"no language":      {func(c *onboarding.CrawlResult) { c.Facts.Language = "" }, "accessibility", false},
		"no navigation":    {func(c *onboarding.CrawlResult) { c.Content.ContentStructure.HasNavigation = false }, "ux", false},
		"no way to answer": {func(c *onboarding.CrawlResult) { c.Content.BrandInfo.ContactInfo.Email = nil }, "ux", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crawl := page()
			test.spoil(&crawl)
			audit, _ := seo.Of(crawl)
			found, others, lost := audit.Summary.Warnings, audit.Summary.Critical, 10
			if test.critical {
				found, others, lost = others, found, 25
			}
			require.Len(t, found, 1)
			assert.Empty(t, others)
			assert.Equal(t, test.category, found[0].Category)
			assert.Equal(t, audit.Summary.Total-1, audit.Summary.Passed)
			scores := map[string]int{
				"meta": audit.Meta.Score, "url_structure": audit.URL.Score, "content_health": audit.Content.Score,
				"technical": audit.Technical.Score, "accessibility": audit.Accessibility.Score, "ux": audit.UX.Score,
			}
			for category, score := range scores {
				want := 100
				if category == test.category {
					want -= lost
				}
				assert.Equal(t, want, score, category)
			}
		})
	}
}

func TestWhatWasNotMeasuredIsNullWithAReason(t *testing.T) {
	t.Parallel()
	crawl := page()
	crawl.Facts.HasRobots, crawl.Facts.HasSitemap = nil, nil
	audit, _ := seo.Of(crawl)
	assert.Nil(t, audit.Technical.HasRobots)
	assert.Nil(t, audit.Technical.HasSitemap)
	assert.NotEmpty(t, audit.Reasons["technical.has_robots_txt"])
	assert.NotEmpty(t, audit.Reasons["technical.has_sitemap"])
	assert.Equal(t, 100, audit.Technical.Score)

	sitemap, reason := seo.SitemapOf(crawl)
	assert.Nil(t, sitemap)
	assert.Contains(t, reason, "no sitemap")

	text := onboarding.CrawlResult{Success: true}
	old := page()
	old.Facts = nil
	for _, c := range []struct {
		crawl onboarding.CrawlResult
		want  string
	}{{text, "text"}, {old, "again"}, {onboarding.CrawlResult{}, "again"}} {
		audit, why := seo.Of(c.crawl)
		assert.Nil(t, audit)
		assert.Contains(t, why, c.want)
		sitemap, why := seo.SitemapOf(c.crawl)
		assert.Nil(t, sitemap)
		assert.Contains(t, why, c.want)
	}
}

func TestSitemapIsShownAsClientsReadIt(t *testing.T) {
	t.Parallel()
	crawl := page()
	crawl.Sitemap = &onboarding.SitemapReport{Structure: onboarding.SitemapStructure{TotalURLs: 7}}
	crawl.Sitemap.Insights.ContentGaps = []string{"No blog."}
	sitemap, reason := seo.SitemapOf(crawl)
	require.NotNil(t, sitemap)
	assert.Empty(t, reason)
	assert.Equal(t, 7, sitemap.Total)
	assert.Equal(t, []string{"No blog."}, sitemap.Advice.ContentGaps)
	assert.Nil(t, sitemap.Advice.Summary)
}
