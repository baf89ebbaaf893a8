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
	// maxCrawlDelay is the longest pause between two pages that is kept to: more
	// would leave no time for a second page.
	maxCrawlDelay = 2 * time.Second
)

// rules is what the robots.txt of one host says to us. The zero value allows
// everything.
type rules struct {
	// paths are the rules in the order of precedence.
	paths    []pathRule
	sitemaps []string
	delay    time.Duration
	// malformed tells that lines of the file could not be understood.
	malformed bool
}

// allow tells whether the address may be read.
func (r rules) allow(u *url.URL) bool {
	address := escapePath(u.RequestURI())
	for _, rule := range r.paths {
		if rule.matches(address) {
			return rule.allow
		}
	}
	return true
}

// readRobots fetches and reads the robots.txt that governs the address. One that
// does not exist allows everything; where the host can't answer for now, nobody can
// know, and the error is a temporary one.
func (s *session) readRobots(ctx context.Context, u *url.URL) (rules, error) {
	address := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	got, err := s.crawler.follow(ctx, request{address: address, purpose: forRobots, limit: maxRobots, cut: true, acquire: s.asked.Acquire}, nil)
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
		return parseRobots(got.body, s.crawler.agent), nil
	case errors.As(err, &failure) && got.status >= 400 && got.status <= 499:
		return rules{}, nil
	}
	return rules{}, err
}
