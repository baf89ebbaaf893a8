package website

import (
	"context"
	"fmt"
	"net/url"
	"regexp"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

// startPage takes the start page from the held ones or fetches it. Its address
// after redirects decides which host the site is.
func (s *session) startPage(ctx context.Context) error {
	held, found := s.takeHeld()
	if found {
		s.adopt(held)
		return nil
	}
	page, err := s.readPage(ctx, s.start)
	if target := refreshOf(page); err != nil && target != nil {
		page, err = s.readPage(ctx, target)
		page.RequestedURL = s.start.String()
	}
	s.crawler.meter.count(err)
	if err != nil {
		return err
	}
	s.site.Pages = append([]onboarding.Page{page}, s.site.Pages...)
	s.adopt(page)
	s.discover(page)
	return s.keep(page)
}

// refreshTarget finds the address in the content of a refresh element.
var refreshTarget = regexp.MustCompile(`(?i)^\s*\d*\s*[;,]\s*url\s*=\s*['"]?([^'"]+)`)

// refreshOf returns where a page without text sends its readers by a refresh
// element, nil when it does not.
func refreshOf(page onboarding.Page) *url.URL {
	found := refreshTarget.FindStringSubmatch(page.Meta["refresh"])
	landed, err := url.Parse(page.URL)
	if found == nil || err != nil {
		return nil
	}
	return webpage.Absolute(landed, found[1])
}

// takeHeld puts the held pages into the site, the start page first if it is there.
func (s *session) takeHeld() (onboarding.Page, bool) {
	at := -1
	for i, page := range s.asked.Held {
		s.remember(page)
		if at < 0 && (s.isAt(page.RequestedURL) || s.isAt(page.URL)) {
			at = i
		}
	}
	s.site.Pages = append(s.site.Pages, s.asked.Held...)
	if at < 0 {
		return onboarding.Page{}, false
	}
	first := s.site.Pages[at]
	copy(s.site.Pages[1:at+1], s.site.Pages[:at])
	s.site.Pages[0] = first
	return first, true
}

// isAt tells whether an address is that of the start page.
func (s *session) isAt(address string) bool {
	u, err := url.Parse(address)
	return err == nil && key(u) == key(s.start)
}

// adopt makes the host of the start page the host of the site.
func (s *session) adopt(first onboarding.Page) {
	s.remember(first)
	landed, err := url.Parse(first.URL)
	if err != nil {
		return
	}
	if !sameDomain(landed, s.start) {
		s.warn("redirected", fmt.Sprintf("The website %s leads to %s, which was read instead.", s.start.Hostname(), landed.Hostname()))
	}
	s.start = landed
}

// remember marks a page as read.
func (s *session) remember(page onboarding.Page) {
	for _, address := range []string{page.URL, page.RequestedURL, page.Canonical} {
		if u, err := url.Parse(address); err == nil && address != "" {
			s.pool.done(u)
		}
	}
	for _, mark := range fingerprints(page) {
		s.marks[mark] = true
	}
}

// discover adds the pages that a page links to.
func (s *session) discover(page onboarding.Page) {
	for _, link := range page.Links {
		if target := webpage.Absolute(s.start, link.Href); target != nil && s.sameSite(target) {
			s.pool.add(target)
		}
	}
}

// sameSite tells whether an address belongs to the site: the same host, with or
// without www.
func (s *session) sameSite(u *url.URL) bool { return bareHost(u) == bareHost(s.start) }
