package website

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// crawl is the state of one crawl.
type crawl struct {
	crawler *Crawler
	request onboarding.Crawl
	// caller is the caller's context. The one passed to methods also ends with the budget.
	caller context.Context
	// start is the address of the start page, after its redirects once it is read.
	start   *url.URL
	pool    *pool
	cookies http.CookieJar
	// robots holds the rules of each host asked so far, by scheme and host.
	robots map[string]rules
	// marks holds the fingerprints of the pages read, to recognize copies.
	marks map[fingerprint]bool
	// lastPage is when the last page was requested, for Crawl-delay.
	lastPage time.Time
	site     onboarding.Site
	// keepError is the error of the caller's Keep, which is returned unchanged.
	keepError error
	// tries counts the requests for pages after the start page, temporary the ones of
	// them with a temporary failure, forbidden the pages that robots.txt forbids.
	tries, temporary, forbidden int
}

// Crawl reads a website: its start page, then the pages that say most about it,
// one after another. A start page that can't be read fails the crawl with
// *onboarding.Failure or *onboarding.RateLimitError; a later page that can't be
// read is a warning. When the site's budget runs out, the pages read by then are
// returned with the warning site_budget.
//
// When ctx ends, its error is returned, wrapped. A second call reads the site again
// except for the pages held in the request.
func (c *Crawler) Crawl(ctx context.Context, asked onboarding.Crawl) (onboarding.Site, error) {
	start, err := url.Parse(asked.URL)
	if err != nil || start.Scheme != "http" && start.Scheme != "https" || start.Hostname() == "" || start.User != nil {
		return onboarding.Site{}, fmt.Errorf("crawl: %w", &onboarding.InputError{
			Field: "website", Code: "invalid_url",
			Reason: "The address of the website is not valid. Enter one like https://example.com.",
		})
	}
	s := c.newCrawl(ctx, asked, start)
	budget, cancel := context.WithTimeoutCause(ctx, c.limits.siteBudget, errSiteTime)
	defer cancel()
	if err := s.run(budget); err != nil {
		return onboarding.Site{}, err
	}
	s.site.Known = s.pool.known
	if s.forbidden > 0 {
		s.warn("robots_forbidden",
			fmt.Sprintf("%d pages were left out because robots.txt forbids reading them.", s.forbidden))
	}
	return s.site, nil
}

func (c *Crawler) newCrawl(caller context.Context, request onboarding.Crawl, start *url.URL) *crawl {
	return &crawl{
		crawler: c, request: request, caller: caller, start: start, pool: newPool(), cookies: newCookies(),
		robots: map[string]rules{}, marks: map[fingerprint]bool{},
		site: onboarding.Site{URL: request.URL},
	}
}

// run reads the start page, then finds and reads more pages.
func (s *crawl) run(ctx context.Context) error {
	if err := s.startPage(ctx); err != nil {
		return s.result(err)
	}
	for _, page := range s.request.Held {
		s.discover(page)
	}
	if err := s.addSitemapPages(ctx); err != nil {
		return s.result(err)
	}
	return s.result(s.morePages(ctx))
}

// result maps the error that ended a crawl to the error of Crawl: nil when the budget
// is used up but some pages were read.
func (s *crawl) result(err error) error {
	switch {
	case s.keepError != nil:
		return s.keepError
	case err == nil, errors.Is(err, errStop):
		return nil
	case s.caller.Err() != nil:
		return fmt.Errorf("crawl %s: %w", s.start.Hostname(), s.caller.Err())
	case !errors.Is(err, errSiteTime):
		return err
	case len(s.site.Pages) == 0:
		return failureOf(errSiteTime, s.start)
	}
	s.warn("site_budget",
		fmt.Sprintf("The website answered slowly; only %d of its pages were read in time.", len(s.site.Pages)))
	return nil
}

func (s *crawl) warn(code, message string) {
	s.site.Warnings = append(s.site.Warnings, onboarding.Warning{Code: code, Message: message})
}
