package website

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/sitemap"
)

// Sitemap reads the sitemap files of a website as a crawl does: at most three files
// and 2,000 addresses. A website without one gives a report of no addresses. Errors are
// those of Crawl for a website that can't be read at all.
func (c *Crawler) Sitemap(ctx context.Context, asked onboarding.Crawl) (onboarding.SitemapReport, error) {
	start, err := url.Parse(asked.URL)
	if err != nil {
		return onboarding.SitemapReport{}, fmt.Errorf("read sitemap: %w", err)
	}
	s := c.newCrawl(ctx, asked, start)
	budget, cancel := context.WithTimeoutCause(ctx, c.limits.siteBudget, errSiteTime)
	defer cancel()
	found, err := s.rulesFor(budget, start)
	if err != nil {
		return onboarding.SitemapReport{}, s.result(err)
	}
	addresses, _, err := s.readSitemaps(budget, found.sitemaps)
	if err != nil && len(addresses) == 0 {
		return onboarding.SitemapReport{}, s.result(err)
	}
	return sitemap.Report(s.listing(found.sitemaps, addresses), time.Now()), nil
}

func (s *crawl) listing(named, addresses []string) sitemap.Listing {
	out := sitemap.Listing{URL: s.start.Scheme + "://" + s.start.Host + "/sitemap.xml"}
	for _, address := range named {
		if own := s.siteAddress(address); own != nil {
			out.URL, out.Named = own.String(), true
			break
		}
	}
	for _, address := range addresses {
		if s.siteAddress(address) != nil {
			out.Pages = append(out.Pages, sitemap.Page{Address: address, Modified: sitemap.Lastmod(s.modified[address])})
		}
	}
	return out
}
