package website

import (
	"bytes"
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/temoto/robotstxt"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxRobots is how much of a robots.txt is read (RFC 9309, section 2.5).
	maxRobots = 512 << 10
	// maxCrawlDelay is the longest pause between two pages that is kept to: more
	// would leave no time for a second page.
	maxCrawlDelay = 2 * time.Second
)

// rules is what the robots.txt of one host says to us.
type rules struct {
	group    *robotstxt.Group // nil allows everything
	sitemaps []string
	delay    time.Duration
	// malformed tells that lines of the file could not be understood.
	malformed bool
}

// allow tells whether the address may be read.
func (r rules) allow(u *url.URL) bool {
	return r.group == nil || r.group.Test(u.RequestURI())
}

// readRobots fetches and reads the robots.txt that governs the address. One that
// does not exist allows everything; where the host can't answer for now, nobody can
// know, and the error is a temporary one.
func (c *Crawler) readRobots(ctx context.Context, u *url.URL) (rules, error) {
	address := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	got, err := c.follow(ctx, request{address: address, purpose: forRobots, limit: maxRobots, cut: true}, nil)
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
		return parseRobots(got.body, c.agent), nil
	case errors.As(err, &failure) && got.status >= 400 && got.status <= 499:
		return rules{}, nil
	}
	return rules{}, err
}

// parseRobots reads the rules for an agent. Lines that can't be understood are left
// out; a file that is no robots.txt at all allows everything.
func parseRobots(body []byte, agent string) rules {
	var r rules
	data, err := robotstxt.FromBytes(body)
	if err != nil {
		r.malformed = true
		data, err = robotstxt.FromBytes(wellFormed(body))
	}
	if err != nil {
		return r
	}
	r.group = data.FindGroup(agent)
	r.sitemaps = data.Sitemaps
	r.delay = min(max(r.group.CrawlDelay, 0), maxCrawlDelay)
	return r
}

// robotsLine matches the lines that the parser can read.
var robotsLine = regexp.MustCompile(`(?i)^\s*((user-agent|disallow|allow|sitemap)\s*:.*|crawl-delay\s*:\s*\d+(\.\d+)?\s*)$`)

// wellFormed keeps the lines that can be understood, from the first User-agent on.
func wellFormed(body []byte) []byte {
	var kept bytes.Buffer
	begun := false
	for line := range strings.Lines(string(body)) {
		line, _, _ = strings.Cut(strings.TrimRight(line, "\r\n"), "#")
		begun = begun || strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "user-agent")
		if begun && robotsLine.MatchString(line) {
			kept.WriteString(line + "\n")
		}
	}
	return kept.Bytes()
}
