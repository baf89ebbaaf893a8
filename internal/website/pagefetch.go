package website

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

// readPage fetches and digests one page.
func (s *crawl) readPage(ctx context.Context, address *url.URL) (onboarding.Page, error) {
	got, err := s.crawler.follow(ctx, request{
		address: address, purpose: forPage, limit: s.crawler.limits.maxBytes, acquire: s.request.Acquire,
		accept: func(h http.Header) bool { return webpage.MayBePage(webpage.MediaType(h.Values("Content-Type"))) },
	}, s.beforePage)
	if err != nil {
		return onboarding.Page{}, err
	}
	if err := statusError(got); err != nil {
		return onboarding.Page{}, err
	}
	contentType, isPage := webpage.PageType(webpage.MediaType(got.header.Values("Content-Type")), got.body)
	if !isPage {
		return onboarding.Page{}, failureOf(errNotHTML, got.address)
	}
	fetchedAt := time.Now().UTC().Truncate(time.Millisecond)
	var page onboarding.Page
	digest := func() { page, err = webpage.Digest(ctx, got.body, contentType, got.address) }
	if s.request.Compute == nil {
		digest()
	} else if refused := s.request.Compute(ctx, digest); refused != nil {
		return onboarding.Page{}, refused
	}
	page.RequestedURL, page.FetchedAt = address.String(), fetchedAt
	return page, err
}

// beforePage runs before each request for a page: it checks that the robots.txt of the
// host allows it, and waits for its Crawl-delay.
func (s *crawl) beforePage(ctx context.Context, u *url.URL) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if len(s.site.Pages) > 0 {
		if err := s.requireOnSite(ctx, u); err != nil {
			return err
		}
	}
	found, err := s.rulesFor(ctx, u)
	if err != nil {
		return err
	}
	if !found.allow(u) {
		return &onboarding.Failure{Code: onboarding.FailureRobots, Subject: u.Hostname()}
	}
	pause := time.NewTimer(time.Until(s.lastPage.Add(found.delay)))
	defer pause.Stop()
	select {
	case <-pause.C:
		s.lastPage = time.Now()
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// requireOnSite returns redirect_forbidden for addresses of other sites.
func (s *crawl) requireOnSite(_ context.Context, u *url.URL) error {
	if !s.sameSite(u) {
		return &onboarding.Failure{Code: onboarding.FailureRedirectForbidden, Subject: u.Hostname()}
	}
	return nil
}

// rulesFor returns the robots.txt rules for an address; it reads each host's once.
func (s *crawl) rulesFor(ctx context.Context, u *url.URL) (rules, error) {
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	if found, known := s.robots[origin]; known {
		return found, nil
	}
	found, err := s.readRobots(ctx, u)
	if err != nil {
		return rules{}, err
	}
	if found.malformed {
		s.warn("robots_malformed", "The website's robots.txt has lines that could not be understood; they were ignored.")
	}
	s.robots[origin] = found
	return found, nil
}
