package website

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Sitemap reads the sitemap files of a website, as a crawl does: at most three files
// and 2,000 addresses. A website without one gives no pages. Errors are those of
// Crawl for a website that can't be read at all.
func (c *Crawler) Sitemap(ctx context.Context, asked onboarding.Crawl) (onboarding.Sitemap, error) {
	start, err := url.Parse(asked.URL)
	if err != nil {
		return onboarding.Sitemap{}, fmt.Errorf("read sitemap: %w", err)
	}
	s := &session{
		crawler: c, asked: asked, caller: ctx, start: start, pool: newPool(), robots: map[string]rules{},
		marks: map[fingerprint]bool{}, modified: map[string]string{},
	}
	budget, cancel := context.WithTimeoutCause(ctx, c.cfg.SiteBudget, errSiteTime)
	defer cancel()
	found, err := s.rulesFor(budget, start)
	if err != nil {
		return onboarding.Sitemap{}, s.ended(err)
	}
	named := found.sitemaps
	addresses, _, err := s.readSitemaps(budget, named)
	if err != nil && len(addresses) == 0 {
		return onboarding.Sitemap{}, s.ended(err)
	}
	return s.sitemapOf(named, addresses), nil
}

func (s *session) sitemapOf(named, addresses []string) onboarding.Sitemap {
	out := onboarding.Sitemap{URL: s.start.Scheme + "://" + s.start.Host + "/sitemap.xml"}
	for _, address := range named {
		if own := s.ownAddress(address); own != nil {
			out.URL, out.Named = own.String(), true
			break
		}
	}
	for _, address := range addresses {
		if s.ownAddress(address) != nil {
			out.Pages = append(out.Pages, onboarding.SitemapPage{Address: address, Modified: lastmod(s.modified[address])})
		}
	}
	return out
}

// lastmod reads a date as sitemaps have it (W3C date and time), zero for others.
func lastmod(text string) time.Time {
	text = strings.TrimSpace(text)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", time.DateOnly, "2006-01", "2006"} {
		if at, err := time.Parse(layout, text); err == nil && at.Year() > 1990 && at.Year() < 2200 {
			return at.UTC()
		}
	}
	return time.Time{}
}
