package website

import (
	"context"
	"net/url"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
	"github.com/alwrity/onboarding/internal/webpage/leads"
)

// withFrames adds to a page what its frames show. A frame that can't be read is left out,
// unless there is nothing else.
func (s *crawl) withFrames(
	ctx context.Context, v *pageVisit, page onboarding.Page, lead leads.Lead, depth int,
) (onboarding.Page, error) {
	var parts []onboarding.Page
	var failed error
	for _, frame := range lead.Frames {
		if depth == maxDepth || v.frames == maxFrames {
			break
		}
		v.frames++
		part, err := s.readFrame(ctx, v, page, frame, depth)
		switch {
		case ctx.Err() != nil:
			return onboarding.Page{}, context.Cause(ctx)
		case err == nil, webpage.IsStub(part, err): // one without text may have links
			parts = append(parts, part)
		case failed == nil:
			failed = err
		}
	}
	if len(parts) == 0 && lead.NoFrames != "" {
		if part, err := digestInner(ctx, page, lead.NoFrames); err == nil {
			parts = append(parts, part)
		}
	}
	page, err := webpage.WithFrames(page, parts)
	if err != nil && failed != nil {
		return page, failed
	}
	return page, err
}

// readFrame reads one frame of a page. Frames of other websites, such as players and maps,
// are not read.
func (s *crawl) readFrame(
	ctx context.Context, v *pageVisit, page onboarding.Page, frame leads.Frame, depth int,
) (onboarding.Page, error) {
	if frame.Address == nil {
		return digestInner(ctx, page, frame.Inner)
	}
	outer, err := url.Parse(page.URL)
	if err != nil || !sameDomain(outer, frame.Address) {
		return onboarding.Page{}, &onboarding.Failure{
			Code: onboarding.FailureRedirectForbidden, Subject: frame.Address.Hostname(),
		}
	}
	s.tries++
	part, err := s.readThrough(ctx, v, frame.Address, depth+1)
	s.pool.done(key(frame.Address))
	s.pool.done(keyOf(part.URL))
	return part, err
}

// digestInner digests HTML that a page holds for a frame.
func digestInner(ctx context.Context, page onboarding.Page, inner string) (onboarding.Page, error) {
	outer, err := url.Parse(page.URL)
	if err != nil {
		return onboarding.Page{}, err
	}
	return webpage.Digest(ctx, []byte(inner), "text/html; charset=utf-8", outer)
}
