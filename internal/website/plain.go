package website

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// errNoTLS means that a server was reached over https and speaks no TLS.
var errNoTLS = errors.New("the server speaks no TLS")

// handshake watches the TLS handshake of one request.
type handshake struct{ failed atomic.Pointer[error] }

// watch returns a context whose request is watched.
func (h *handshake) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err != nil {
				h.failed.Store(&err)
			}
		},
	})
}

// explain adds errNoTLS to the error of a request whose connection was closed, or answered in
// another protocol, when it should have become a secure one.
func (h *handshake) explain(err error) error {
	var (
		record    tls.RecordHeaderError
		operation *net.OpError
	)
	failed := h.failed.Load()
	other := errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record)
	closed := failed != nil && !isCertificate(*failed) &&
		(!errors.As(*failed, &operation) || operation.Op == "read" && !operation.Timeout())
	var timeout net.Error
	isTimeout := errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.Canceled)
	if other || closed && !isTimeout {
		return fmt.Errorf("%w: %w", errNoTLS, err)
	}
	return err
}

// mayTryHTTP reports whether the start page is to be read over http, after an error over
// https: the user named no scheme, and the server refuses the connection or speaks no TLS. A
// bad certificate is no such reason.
func (s *crawl) mayTryHTTP(err error) bool {
	var (
		failure   *onboarding.Failure
		operation *net.OpError
	)
	if !s.request.AssumedScheme || s.start.Scheme != "https" || !errors.As(err, &failure) ||
		failure.Subject != s.start.Hostname() {
		return false
	}
	refused := failure.Code == onboarding.FailureUnreachable && errors.As(err, &operation) && operation.Op == "dial" &&
		!operation.Timeout()
	return refused || errors.Is(err, errNoTLS)
}

// withoutTLS returns the address for http.
func withoutTLS(u *url.URL) *url.URL {
	plain := *u
	plain.Scheme = "http"
	return &plain
}
