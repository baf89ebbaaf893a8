package website

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

// addSitemapPages adds the pages that the sitemap lists.
func (s *crawl) addSitemapPages(ctx context.Context) error {
	found, err := s.rulesFor(ctx, s.start)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return nil // the start page was held; each page checks robots.txt itself
	}
	s.site.HasRobots = new(found.served)
	pages, exists, err := s.readSitemaps(ctx, found.sitemaps)
	s.site.HasSitemap, s.site.Sitemap = exists, s.sitemapReport(found.sitemaps, pages)
	for _, page := range pages {
		if target := s.siteAddress(page.Address); target != nil {
			s.pool.add(target)
		}
	}
	return err
}

// keep passes a new page to the caller's Keep.
func (s *crawl) keep(page onboarding.Page) error {
	if s.request.Keep == nil {
		return nil
	}
	planned := min(s.crawler.limits.maxPages, len(s.site.Pages)+len(s.pool.waiting))
	s.keepError = s.request.Keep(s.caller, page, planned)
	return s.keepError
}

const (
	// triesPerPage bounds the requests of a site whose addresses lead nowhere.
	triesPerPage = 3
	// maxTemporary is how many temporary failures end a crawl: the site is in trouble.
	maxTemporary = 3
)

// morePages reads the candidates, the best first, until there are enough pages or too
// many failures.
func (s *crawl) morePages(ctx context.Context) error {
	most := s.crawler.limits.maxPages
	for len(s.site.Pages) < most && s.tries < triesPerPage*most && s.temporary < maxTemporary {
		chosen, found := s.pool.next()
		if !found {
			return nil
		}
		s.tries++
		if err := s.morePage(ctx, chosen.address); err != nil {
			return err
		}
	}
	return nil
}

// morePage reads one page after the start page. It returns an error only when the
// crawl has to end.
func (s *crawl) morePage(ctx context.Context, address *url.URL) error {
	page, err := s.readPage(ctx, address)
	if err == nil {
		return s.accept(page)
	}
	s.crawler.metrics.count(err)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.discover(page)
	return s.skipPage(address, err)
}

// accept adds a page unless it is a copy of another one.
func (s *crawl) accept(page onboarding.Page) error {
	if isListing(page) {
		s.crawler.metrics.count(nil)
		s.discover(page)
		return nil
	}
	landed := keyOf(page.URL)
	copied := page.URL != page.RequestedURL && s.pool.tried[landed] && landed != keyOf(page.RequestedURL)
	if copied || slices.ContainsFunc(fingerprints(page), func(mark fingerprint) bool { return s.marks[mark] }) {
		s.crawler.metrics.pages.WithLabelValues(pageDuplicate).Inc()
		return nil
	}
	s.crawler.metrics.count(nil)
	s.markRead(page)
	s.site.Pages = append(s.site.Pages, page)
	s.discover(page)
	return s.keep(page)
}

// fingerprint is a hash that is equal for copies of a page.
type fingerprint [sha256.Size]byte

// fingerprints returns two hashes, each of which identifies a copy: of the main text,
// and of size and structure, since other rules find the main text of a start page than
// that of its copy at another address.
func fingerprints(page onboarding.Page) []fingerprint {
	shape := fmt.Sprint(page.Bytes, page.Title, page.Headings, page.Structure)
	return []fingerprint{sha256.Sum256([]byte(page.Text())), sha256.Sum256([]byte(shape))}
}

// isListing reports whether a page is a directory listing of a web server: it has
// links but no content of its own.
func isListing(page onboarding.Page) bool {
	linked := 0
	for _, link := range page.Links {
		linked += webpage.Words(link.Text)
	}
	bare := page.Title == "" && len(page.Headings) == 0
	return strings.HasPrefix(page.Title, "Index of /") || bare && linked >= webpage.Words(page.Text())
}

// errStop ends a crawl early, without an error, because the host asked to wait.
var errStop = errors.New("stop")

// skipPage records a page that can't be read as a warning, and returns an error only
// when the crawl has to end.
func (s *crawl) skipPage(address *url.URL, err error) error {
	var failure *onboarding.Failure
	var limit *onboarding.RateLimitError
	switch {
	case errors.As(err, &limit):
		s.warn("website_rate_limited", "The website asked to wait, so no further pages were read.")
		return errStop
	case errors.As(err, &failure) && failure.Code == onboarding.FailureRobots:
		s.forbidden++
		s.tries-- // it cost no request
		return nil
	case errors.As(err, &failure):
		if failure.Temporary() {
			s.temporary++
		}
		s.crawler.log.Info("page left out", "host", address.Hostname(), "code", string(failure.Code), "error", failure)
		path, reason := webpage.Cut(address.EscapedPath(), 200), cmp.Or(reasons[failure.Code], "it could not be read")
		s.warn(string(failure.Code), fmt.Sprintf("The page %s was left out because %s.", path, reason))
		return nil
	}
	return err
}

// reasons are the clauses that say why a page was left out.
var reasons = map[onboarding.FailureCode]string{
	onboarding.FailurePageNotFound:      "it does not exist",
	onboarding.FailureTooSlow:           "it took too long to answer",
	onboarding.FailureNotHTML:           "it is not a web page",
	onboarding.FailureTooLarge:          "it is too large",
	onboarding.FailureEmptyPage:         "it shows hardly any text without JavaScript",
	onboarding.FailureAccessDenied:      "access was refused",
	onboarding.FailureRedirectForbidden: "it leads to another website",
}
