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
func (s *session) readPage(ctx context.Context, address *url.URL) (onboarding.Page, error) {
	got, err := s.crawler.follow(ctx, request{
		address: address, purpose: forPage, limit: s.crawler.cfg.MaxBytes, acquire: s.asked.Acquire,
		accept: func(h http.Header) bool { return mayBeHTML(h.Get("Content-Type")) },
	}, s.mayRead)
	if err != nil {
		return onboarding.Page{}, err
	}
	if err := statusError(got); err != nil {
		return onboarding.Page{}, err
	}
	contentType := got.header.Get("Content-Type")
	if !looksLikeHTML(got.body, contentType) {
		return onboarding.Page{}, failureOf(errNotHTML, got.address)
	}
	page, err := webpage.Digest(ctx, got.body, contentType, got.address)
	page.RequestedURL, page.FetchedAt = address.String(), time.Now().UTC().Truncate(time.Millisecond)
	return page, err
}

// mayRead is asked before each request for a page: the robots.txt of its host must
// allow it, and it may ask for a pause.
func (s *session) mayRead(ctx context.Context, u *url.URL) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if len(s.site.Pages) > 0 && !s.sameSite(u) {
		return &onboarding.Failure{Code: onboarding.FailureRedirectForbidden, Subject: u.Hostname()}
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

// onSite refuses addresses of other sites.
func (s *session) onSite(_ context.Context, u *url.URL) error {
	if !s.sameSite(u) {
		return &onboarding.Failure{Code: onboarding.FailureRedirectForbidden, Subject: u.Hostname()}
	}
	return nil
}

// rulesFor returns the robots.txt rules for an address, asking each host once.
func (s *session) rulesFor(ctx context.Context, u *url.URL) (rules, error) {
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

// mayBeHTML tells by the header whether a body is worth reading.
func mayBeHTML(contentType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch strings.TrimSpace(kind) {
	case "", "text/html", "application/xhtml+xml", "text/plain", "application/octet-stream":
		return true
	}
	return false
}

// looksLikeHTML tells by the bytes whether a body is HTML: it must look like it
// where the header does not say so, and not look like a known other format where it
// does.
func looksLikeHTML(body []byte, contentType string) bool {
	seen := http.DetectContentType(body)
	if len(body) == 0 {
		return true // an empty page, which the digest refuses by that name
	}
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch strings.TrimSpace(kind) {
	case "text/html", "application/xhtml+xml":
		return strings.HasPrefix(seen, "text/") || seen == "application/octet-stream"
	}
	return strings.HasPrefix(seen, "text/html")
}
