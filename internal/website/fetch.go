package website

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/webpage"
)

// maxRedirects is how many redirects are followed for one page.
const maxRedirects = 5

// errPageTime is the cause of a context that ended because one page took too long,
// errSiteTime because the site's budget is used up.
var (
	errPageTime = errors.New("the time for one page is used up")
	errSiteTime = errors.New("the time for one site is used up")
)

// request is one GET.
type request struct {
	address *url.URL
	purpose purpose
	// limit is the most bytes of the body; cut reports whether a longer body is cut
	// there instead of refused.
	limit int64
	cut   bool
	// accept reports whether the body is to be read, by the header.
	accept func(http.Header) bool
	// acquire is onboarding.Crawl.Acquire.
	acquire func(context.Context, string) (func(error), error)
	// cookies may be nil.
	cookies http.CookieJar
}

// response is the response to a request, without a body unless it is a success.
type response struct {
	address *url.URL
	status  int
	header  http.Header
	body    []byte
	elapsed time.Duration
}

// get sends one request under the lock of its host. Redirects and error statuses are
// responses, not errors. Errors are *onboarding.Failure, those of r.acquire and, when
// ctx ended, its cause.
func (c *Crawler) get(ctx context.Context, r request, timeout time.Duration) (got response, err error) {
	if err := c.guard.checkURL(r.address); err != nil {
		return response{}, failureOf(err, r.address)
	}
	done, err := c.hosts.Acquire(ctx, bareHost(r.address))
	if err != nil {
		return response{}, err
	}
	defer done()
	if r.acquire != nil {
		release, acquireErr := r.acquire(ctx, strings.ToLower(r.address.Host))
		if acquireErr != nil {
			return response{}, acquireErr
		}
		defer func() { release(hostError(got, err)) }()
	}
	pageCtx, cancel := context.WithTimeoutCause(ctx, timeout, errPageTime)
	defer cancel()
	start := time.Now()
	tracer := trace.SpanFromContext(pageCtx).TracerProvider().Tracer("website")
	pageCtx, span := tracer.Start(pageCtx, "fetch "+r.purpose.name)
	got, err = c.send(pageCtx, r)
	span.SetAttributes(attribute.Int("http.response.status_code", got.status), attribute.Int("bytes", len(got.body)))
	if err != nil {
		span.SetStatus(codes.Error, "")
	}
	span.End()
	got.elapsed = time.Since(start)
	c.metrics.seconds.WithLabelValues(r.purpose.name).Observe(got.elapsed.Seconds())
	c.metrics.bytes.Add(float64(len(got.body)))
	switch {
	case err == nil:
		return got, nil
	case ctx.Err() != nil:
		return got, context.Cause(ctx)
	case pageCtx.Err() != nil:
		return got, failureOf(context.Cause(pageCtx), r.address)
	}
	return got, failureOf(err, r.address)
}

// hostError returns the error of an error status, for the release of r.acquire.
func hostError(got response, err error) error {
	if err == nil && got.status >= http.StatusBadRequest {
		return statusError(got)
	}
	return nil
}

// send sends the request and reads the body of a success.
func (c *Crawler) send(ctx context.Context, r request) (response, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	got := response{address: r.address}
	var secure handshake
	req, err := http.NewRequestWithContext(secure.watch(ctx), http.MethodGet, r.address.String(), nil)
	if err != nil {
		return got, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.1")
	req.Header.Set("Accept-Encoding", acceptEncoding) // so that net/http leaves the body as it is
	addCookies(req, r.cookies)
	// http.Client would follow redirects and put addresses into its errors.
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return got, secure.explain(err)
	}
	defer func() { _ = resp.Body.Close() }()
	keepCookies(resp, r)
	got.status, got.header = resp.StatusCode, resp.Header
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return got, nil
	}
	if r.accept != nil && !r.accept(resp.Header) {
		return got, errNotHTML
	}
	got.body, err = readBody(resp, r, stop)
	return got, err
}

// visit is the way to one page, through redirects and documents that only lead on.
type visit struct {
	// left is what is left of the time for the page.
	left time.Duration
	// redirects and hops are how many redirects and leading documents were followed.
	redirects, hops int
}

// newVisit begins a visit.
func (s *crawl) newVisit() *visit { return &visit{left: s.crawler.limits.pageTimeout} }

// moved reports whether the visit has left the address that it began at.
func (v *visit) moved() bool { return v.redirects+v.hops > 0 }

// follow sends r and follows redirects. It calls before, unless nil, with each address
// that it is about to request. Errors are those of get and before, and
// *onboarding.Failure too_many_redirects or redirect_forbidden.
func (c *Crawler) follow(
	ctx context.Context, v *visit, r request, before func(context.Context, *url.URL) error,
) (response, error) {
	for {
		if before != nil {
			if err := before(ctx, r.address); err != nil {
				return response{}, hopFailure(v, err)
			}
		}
		got, err := c.get(ctx, r, v.left)
		v.left -= got.elapsed
		if err != nil || got.status < 300 || got.status > 399 || got.header.Get("Location") == "" {
			return got, hopFailure(v, err)
		}
		if v.redirects == maxRedirects {
			return got, &onboarding.Failure{Code: onboarding.FailureTooManyRedirects, Subject: r.address.Hostname()}
		}
		v.redirects++
		if v.left <= 0 {
			return got, failureOf(errPageTime, r.address)
		}
		if r.address, err = redirectTarget(r.address, got.header.Get("Location")); err != nil {
			return got, err
		}
	}
}

// redirectTarget resolves a Location header. Only http and https addresses without a
// user name are allowed.
func redirectTarget(from *url.URL, location string) (*url.URL, error) {
	target := webpage.Absolute(from, location)
	if target == nil {
		return nil, &onboarding.Failure{Code: onboarding.FailureRedirectForbidden, Subject: from.Hostname()}
	}
	target.Fragment, target.RawFragment = "", ""
	return target, nil
}

// hopFailure turns a forbidden address into redirect_forbidden after a redirect: the
// address that the user entered is allowed, the target is not.
func hopFailure(v *visit, err error) error {
	var failure *onboarding.Failure
	if v.moved() && errors.As(err, &failure) &&
		(failure.Code == onboarding.FailureAddressForbidden || failure.Code == onboarding.FailurePortForbidden) {
		return &onboarding.Failure{Code: onboarding.FailureRedirectForbidden, Subject: failure.Subject, Err: failure.Err}
	}
	return err
}
