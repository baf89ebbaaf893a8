package website

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
	"github.com/alwrity/onboarding/internal/sitemap"
	"github.com/alwrity/onboarding/internal/webpage"
)

// maxSitemaps is how many sitemap files of a site are read.
const maxSitemaps = 3

// readSitemaps reads the sitemaps that robots.txt names on the site, else
// /sitemap.xml, and one level of index files. It returns what they list with absolute
// addresses, and what onboarding.Site.HasSitemap says; an error only when ctx ended.
func (s *crawl) readSitemaps(ctx context.Context, named []string) ([]sitemap.Page, *bool, error) {
	var exists *bool
	if len(named) > 0 {
		exists = new(true)
	}
	queue := slices.DeleteFunc(slices.Clone(named), func(address string) bool { return s.siteAddress(address) == nil })
	if len(queue) == 0 {
		queue = []string{"/sitemap.xml"}
	}
	var pages []sitemap.Page
	indexed := false
	for i := 0; i < len(queue) && i < maxSitemaps; i++ {
		found, missing, err := s.readSitemap(ctx, queue[i])
		if err != nil {
			return pages, exists, err
		}
		switch {
		case len(found.Pages)+len(found.Maps) > 0:
			exists = new(true)
		case missing && exists == nil:
			exists = new(false)
		}
		pages = append(pages, found.Pages[:min(len(found.Pages), sitemap.MaxURLs-len(pages))]...)
		if !indexed && len(found.Maps) > 0 { // an index inside an index is not followed
			indexed = true
			queue = slices.Concat(queue[:i+1], found.Maps)
		}
	}
	return pages, exists, nil
}

// siteAddress resolves an address; nil when it is invalid or of another site.
func (s *crawl) siteAddress(address string) *url.URL {
	if target := webpage.Absolute(s.start, address); target != nil && s.sameSite(target) {
		return target
	}
	return nil
}

// readSitemap fetches one file of the site's own host. A file that can't be read is no
// error; missing reports whether the host says that it does not exist.
func (s *crawl) readSitemap(ctx context.Context, address string) (found sitemap.File, missing bool, err error) {
	target := s.siteAddress(address)
	if target == nil {
		return sitemap.File{}, false, nil
	}
	got, err := s.crawler.follow(ctx, s.newVisit(), request{
		address: target, purpose: forSitemap, limit: sitemap.MaxBytes, cut: true,
		acquire: s.request.Acquire, cookies: s.cookies,
	}, s.requireOnSite)
	switch {
	case ctx.Err() != nil:
		return sitemap.File{}, false, context.Cause(ctx)
	case err != nil:
		return sitemap.File{}, false, nil //nolint:nilerr // the site is read without its sitemap
	case statusError(got) == nil:
		return resolved(sitemap.Parse(got.body), got.address), false, nil
	}
	return sitemap.File{}, got.status == http.StatusNotFound || got.status == http.StatusGone, nil
}

// resolved returns what a file lists with absolute addresses.
func resolved(found sitemap.File, file *url.URL) sitemap.File {
	var out sitemap.File
	for _, page := range found.Pages {
		if target := webpage.Absolute(file, page.Address); target != nil {
			out.Pages = append(out.Pages, sitemap.Page{Address: target.String(), Modified: page.Modified})
		}
	}
	for _, address := range found.Maps {
		if target := webpage.Absolute(file, address); target != nil {
			out.Maps = append(out.Maps, target.String())
		}
	}
	return out
}

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
	found, err := s.rulesFor(budget, s.start)
	if s.mayTryHTTP(err) {
		s.start = withoutTLS(s.start)
		found, err = s.rulesFor(budget, s.start)
	}
	if err != nil {
		return onboarding.SitemapReport{}, s.result(err)
	}
	pages, _, err := s.readSitemaps(budget, found.sitemaps)
	if err != nil && len(pages) == 0 {
		return onboarding.SitemapReport{}, s.result(err)
	}
	return sitemap.Report(s.listing(found.sitemaps, pages), time.Now()), nil
}

// keptMonths is how many months of dates a crawl keeps of a sitemap.
const keptMonths = 24

// sitemapReport reports what a crawl has read of the site's sitemap, nil for nothing.
func (s *crawl) sitemapReport(named []string, pages []sitemap.Page) *onboarding.SitemapReport {
	list := s.listing(named, pages)
	if len(list.Pages) == 0 {
		return nil
	}
	report := sitemap.Report(list, time.Now())
	months := slices.Sorted(maps.Keys(report.Publishing.Monthly))
	for _, month := range months[:max(len(months)-keptMonths, 0)] {
		delete(report.Publishing.Monthly, month)
	}
	return &report
}

func (s *crawl) listing(named []string, pages []sitemap.Page) sitemap.Listing {
	out := sitemap.Listing{URL: hostname.ShownURL(s.start.Scheme + "://" + s.start.Host + "/sitemap.xml")}
	for _, address := range named {
		if own := s.siteAddress(address); own != nil {
			out.URL, out.Named = hostname.ShownURL(own.String()), true
			break
		}
	}
	for _, page := range pages {
		if s.siteAddress(page.Address) != nil {
			out.Pages = append(out.Pages, page)
		}
	}
	return out
}
