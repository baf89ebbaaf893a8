package jobs

import (
	"context"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// SitemapReader reads the sitemap of a website and reports what it lists. Errors are those of a Crawler.
type SitemapReader interface {
	Sitemap(ctx context.Context, asked onboarding.Crawl) (onboarding.SitemapReport, error)
}

// analyzeSitemap reads the sitemap of a website. The result is an onboarding.SitemapReport.
func analyzeSitemap(sitemaps SitemapReader, acquire func(ctx context.Context, host string) (func(error), error)) work {
	return in(onboarding.PhaseSitemap, func(ctx context.Context, r *run, input onboarding.SitemapInput) error {
		report, err := sitemaps.Sitemap(ctx, onboarding.Crawl{
			URL: input.Website, AssumedScheme: input.AssumedScheme, Acquire: acquire,
		})
		if err != nil {
			return fmt.Errorf("read sitemap: %w", err)
		}
		return r.answerWith(report)
	})
}
