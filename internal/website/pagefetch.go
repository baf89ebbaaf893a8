package website

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/mediatype"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
	"github.com/alwrity/onboarding/internal/webpage/leads"
)

const (
	// maxHops is how many documents that only lead on are followed for one page.
	maxHops = 5
	// maxFrames is how many frames are read for one page, in maxDepth levels.
	maxFrames = 5
	maxDepth  = 2
)

// pageVisit is a visit that reads the documents of one page.
type pageVisit struct {
	visit
	// bytes is what is left of the size of a page, frames the number of frames read.
	bytes  int64
	frames int
	// again reports whether a document was loaded again for the cookies that it set.
	again bool
}

// document is an HTML document as it came.
type document struct {
	address   *url.URL
	mediaType string
	header    http.Header
	body      []byte
}

// readPage fetches and digests one page. Documents without much text of their own that lead
// on, by a refresh or a script, are followed as redirects are; frames are read as parts of
// their page.
func (s *crawl) readPage(ctx context.Context, address *url.URL) (onboarding.Page, error) {
	v := &pageVisit{visit: *s.newVisit(), bytes: s.crawler.limits.maxBytes}
	page, err := s.readThrough(ctx, v, address, 0)
	page.RequestedURL, page.FetchedAt = address.String(), time.Now().UTC().Truncate(time.Millisecond)
	return page, err
}

// readThrough reads the document at an address, at a depth of frames, or the one that it
// leads to.
func (s *crawl) readThrough(
	ctx context.Context, v *pageVisit, address *url.URL, depth int,
) (onboarding.Page, error) {
	for {
		doc, err := s.fetch(ctx, v, address)
		if err != nil {
			return onboarding.Page{}, err
		}
		page, err := webpage.Digest(ctx, doc.body, doc.mediaType, doc.address)
		if !webpage.IsStub(page, err) {
			return page, err
		}
		lead := leads.Of(doc.body, doc.mediaType, doc.address, doc.header.Get("Refresh"))
		next := s.next(v, doc, lead)
		if next == nil {
			return s.withFrames(ctx, v, page, lead, depth)
		}
		if v.hops == maxHops {
			return onboarding.Page{}, &onboarding.Failure{
				Code: onboarding.FailureTooManyRedirects, Subject: doc.address.Hostname(),
			}
		}
		v.hops++
		s.tries++
		address = next
	}
}

// next returns the address that a stub leads to, nil for none. One that loads itself again is
// followed once, if it has set a cookie. A frame that is all of a page and of another website
// is where a domain leads that only shows another.
func (s *crawl) next(v *pageVisit, doc document, lead leads.Lead) *url.URL {
	switch {
	case lead.Next == nil:
		frames := lead.Frames
		if len(frames) == 1 && frames[0].Fills && frames[0].Address != nil && len(s.site.Pages) == 0 &&
			!sameDomain(frames[0].Address, doc.address) {
			return frames[0].Address
		}
		return nil
	case lead.Next.String() != doc.address.String():
		return lead.Next
	case !v.again && len(doc.header.Values("Set-Cookie")) > 0:
		v.again = true
		return lead.Next
	}
	return nil
}

// fetch fetches a document, and follows redirects.
func (s *crawl) fetch(ctx context.Context, v *pageVisit, address *url.URL) (document, error) {
	got, err := s.crawler.follow(ctx, &v.visit, request{
		address: address, purpose: forPage, limit: v.bytes, acquire: s.request.Acquire, cookies: s.cookies,
		accept: func(h http.Header) bool { return mediatype.MayBePage(mediatype.Of(h.Values("Content-Type"))) },
	}, s.beforePage)
	if err != nil {
		return document{}, err
	}
	v.bytes -= int64(len(got.body))
	if err := statusError(got); err != nil {
		return document{}, err
	}
	mediaType, isPage := mediatype.OfPage(mediatype.Of(got.header.Values("Content-Type")), got.body)
	if !isPage {
		return document{}, failureOf(errNotHTML, got.address)
	}
	return document{address: got.address, mediaType: mediaType, header: got.header, body: got.body}, nil
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
