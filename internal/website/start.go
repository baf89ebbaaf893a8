package website

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
)

// startPage takes the start page from the held pages or fetches it. Its address after
// redirects decides the host of the site.
func (s *crawl) startPage(ctx context.Context) error {
	held, found := s.addHeld()
	if found {
		s.setHost(held)
		return nil
	}
	page, err := s.readPage(ctx, s.start)
	if s.mayTryHTTP(err) {
		page, err = s.readPage(ctx, withoutTLS(s.start))
		page.RequestedURL = s.start.String()
	}
	s.crawler.metrics.count(err)
	if err != nil {
		return err
	}
	s.site.Pages = append([]onboarding.Page{page}, s.site.Pages...)
	s.setHost(page)
	s.discover(page)
	return s.keep(page)
}

// addHeld adds the held pages to the site, the start page first if it is one of them.
func (s *crawl) addHeld() (onboarding.Page, bool) {
	for _, page := range s.request.Held {
		s.markRead(page)
	}
	pages := slices.Clone(s.request.Held)
	start := key(s.start)
	at := slices.IndexFunc(pages, func(p onboarding.Page) bool {
		return keyOf(p.RequestedURL) == start || keyOf(p.URL) == start
	})
	if s.site.Pages = pages; at < 0 {
		return onboarding.Page{}, false
	}
	first := pages[at]
	s.site.Pages = slices.Insert(slices.Delete(pages, at, at+1), 0, first)
	return first, true
}

// setHost makes the host of the start page the host of the site.
func (s *crawl) setHost(first onboarding.Page) {
	s.markRead(first)
	landed, err := url.Parse(first.URL)
	if err != nil {
		return
	}
	if !sameDomain(landed, s.start) {
		s.warn("redirected",
			fmt.Sprintf("The website %s leads to %s, which was read instead.",
				hostname.Shown(s.start.Hostname()), hostname.Shown(landed.Hostname())))
	}
	s.start = landed
}

// markRead marks a page as read.
func (s *crawl) markRead(page onboarding.Page) {
	for _, address := range []string{page.URL, page.RequestedURL} {
		s.pool.done(keyOf(address))
	}
	for _, mark := range fingerprints(page) {
		s.marks[mark] = true
	}
}

// discover adds the pages that a page links to, and the one that it calls canonical: that is
// to be read itself, for many pages name one of another text.
func (s *crawl) discover(page onboarding.Page) {
	for _, link := range page.Links {
		if target := s.siteAddress(link.Href); target != nil {
			s.pool.add(target)
		}
	}
	if target := s.siteAddress(page.Canonical); target != nil && key(target) != keyOf(page.URL) {
		s.pool.add(target)
	}
}

// sameSite reports whether an address belongs to the site: the same host, with or
// without www.
func (s *crawl) sameSite(u *url.URL) bool { return bareHost(u) == bareHost(s.start) }
