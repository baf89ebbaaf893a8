package wizard

import (
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/seo"
)

// Crawled is what was read of a website, as the website step shows it.
type Crawled struct {
	onboarding.CrawlResult
	Sitemap *seo.CrawledSitemap `json:"sitemap_analysis" doc:"What the crawl read of the website's sitemap; see null_reasons."`
}

// SearchFindings is what an analysis shows of a website as search engines see it.
type SearchFindings struct {
	Audit       *seo.Audit        `json:"seo_audit" doc:"What the start page shows search engines, measured while it was read."`
	NullReasons map[string]string `json:"null_reasons" doc:"Why seo_audit or crawl_result.sitemap_analysis is null, in a sentence each."`
}

// searched derives what search engines see from what a crawl has stored.
func searched(crawl onboarding.CrawlResult) (Crawled, SearchFindings) {
	crawled, found := Crawled{CrawlResult: crawl}, SearchFindings{NullReasons: map[string]string{}}
	var why string
	if found.Audit, why = seo.Of(crawl); why != "" {
		found.NullReasons["seo_audit"] = why
	}
	if crawled.Sitemap, why = seo.SitemapOf(crawl); why != "" {
		found.NullReasons["crawl_result.sitemap_analysis"] = why
	}
	return crawled, found
}
