package website

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxRobots is how much of a robots.txt is read (RFC 9309, section 2.5).
	maxRobots = 512 << 10
	// maxCrawlDelay bounds the pause between two pages: a longer one would leave no
	// time for a second page.
	maxCrawlDelay = 2 * time.Second
)

// rules are the rules of one host's robots.txt for this crawler. The zero value
// allows everything.
type rules struct {
	// paths are the path rules in order of precedence.
	paths    []pathRule
	sitemaps []string
	delay    time.Duration
	// malformed reports whether the file has lines that could not be understood.
	malformed bool
}

// allow reports whether the address may be read.
func (r rules) allow(u *url.URL) bool {
	address := escapePath(u.RequestURI())
	for _, rule := range r.paths {
		if rule.matches(address) {
			return rule.allow
		}
	}
	return true
}

// readRobots fetches and reads the robots.txt for the address. One that does not exist
// allows everything; when the host can't answer at the moment, the error is temporary.
func (s *crawl) readRobots(ctx context.Context, u *url.URL) (rules, error) {
	address := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	got, err := s.crawler.follow(ctx, request{address: address, purpose: forRobots, limit: maxRobots, cut: true, acquire: s.request.Acquire}, nil)
	if err != nil {
		var failure *onboarding.Failure
		if errors.As(err, &failure) && (failure.Code == onboarding.FailureTooManyRedirects || failure.Code == onboarding.FailureRedirectForbidden) {
			return rules{}, nil // unreachable by redirects counts as absent (RFC 9309, section 2.3.1.2)
		}
		return rules{}, err
	}
	err = statusError(got)
	var failure *onboarding.Failure
	switch {
	case err == nil:
		return parseRobots(got.body), nil
	case errors.As(err, &failure) && got.status >= 400 && got.status <= 499:
		return rules{}, nil
	}
	return rules{}, err
}
