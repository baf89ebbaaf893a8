package seo

import "github.com/alwrity/onboarding/internal/onboarding"

// CrawledSitemap is what an analysis knows of the website's sitemap.
type CrawledSitemap struct {
	onboarding.SitemapReport
	Total  int           `json:"total_urls"`
	Advice SitemapAdvice `json:"ai_insights" doc:"Under the name that clients read; no model was asked."`
}

// SitemapAdvice are what follows from the counts.
type SitemapAdvice struct {
	Summary         *string  `json:"summary" doc:"Always null: no model was asked."`
	ContentGaps     []string `json:"content_gaps"`
	Recommendations []string `json:"strategic_recommendations"`
}

// SitemapOf returns what a crawl has read of the sitemap. Without one reason says why.
func SitemapOf(crawl onboarding.CrawlResult) (sitemap *CrawledSitemap, reason string) {
	switch {
	case crawl.Sitemap != nil:
		report := *crawl.Sitemap
		return &CrawledSitemap{
			SitemapReport: report, Total: report.Structure.TotalURLs, Advice: SitemapAdvice{
				ContentGaps: report.Insights.ContentGaps, Recommendations: report.Insights.Recommendations,
			},
		}, ""
	case crawl.Facts != nil:
		return nil, "The website has no sitemap that could be read. Serve a /sitemap.xml or name one in robots.txt."
	case crawl.URL == "" && crawl.Success:
		return nil, "A text was analysed, and a text has no sitemap."
	}
	return nil, "The analysis does not have the sitemap; analyse the website again."
}
