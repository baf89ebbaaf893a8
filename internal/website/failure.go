package website

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"github.com/alwrity/onboarding/internal/onboarding"
)

var (
	errNotHTML  = errors.New("the body is not HTML")
	errTooLarge = errors.New("the body is larger than the limit")
)

// failureOf maps an error of a request to the failure that the user sees.
func failureOf(err error, address *url.URL) *onboarding.Failure {
	return &onboarding.Failure{Code: codeOf(err), Subject: address.Hostname(), Err: withoutURL(err)}
}

// withoutURL strips the address that net/url and net/http put into their errors: its
// query may hold private data.
func withoutURL(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}

func codeOf(err error) onboarding.FailureCode {
	var (
		lookup    *net.DNSError
		operation *net.OpError
		timeout   net.Error
	)
	switch {
	case errors.Is(err, errTooLarge):
		return onboarding.FailureTooLarge
	case errors.Is(err, errNotHTML):
		return onboarding.FailureNotHTML
	case errors.Is(err, errPageTime), errors.Is(err, errSiteTime):
		return onboarding.FailureTooSlow
	case errors.Is(err, ssrf.ErrProhibitedPort):
		return onboarding.FailurePortForbidden
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork),
		errors.Is(err, ssrf.ErrInvalidHostPort):
		return onboarding.FailureAddressForbidden
	case errors.As(err, &lookup):
		if lookup.IsNotFound {
			return onboarding.FailureHostNotFound
		}
		return onboarding.FailureHostLookup
	case isCertificate(err):
		return onboarding.FailureCertificate
	case errors.Is(err, errNoTLS), errors.As(err, &operation) && operation.Op == "remote error":
		return onboarding.FailureNoTLS
	case errors.As(err, &operation) && operation.Op == "dial":
		return onboarding.FailureUnreachable
	case errors.As(err, &timeout) && timeout.Timeout():
		return onboarding.FailureTooSlow
	case errors.As(err, &operation):
		return onboarding.FailureUnreachable
	}
	return onboarding.FailureSiteError
}

// isCertificate reports whether err means that the certificate of a server is not valid.
func isCertificate(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		authority    x509.UnknownAuthorityError
		name         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &name) ||
		errors.As(err, &invalid)
}

// statusError maps the status of a response to an error, nil for a success.
func statusError(got response) error {
	host := got.address.Hostname()
	fail := func(code onboarding.FailureCode) error {
		return &onboarding.Failure{Code: code, Subject: host, Err: errors.New("status " + strconv.Itoa(got.status))}
	}
	retryAfter := got.header.Get("Retry-After")
	switch {
	case got.status >= 200 && got.status <= 299:
		return nil
	case got.status == http.StatusTooManyRequests, got.status == http.StatusServiceUnavailable && retryAfter != "":
		return &onboarding.RateLimitError{RetryAfter: parseRetryAfter(retryAfter, time.Now()), Subject: host}
	case got.status == http.StatusNotFound, got.status == http.StatusGone:
		return fail(onboarding.FailurePageNotFound)
	case got.status == http.StatusRequestTimeout:
		return fail(onboarding.FailureTooSlow)
	case got.status >= 400 && got.status <= 499:
		return fail(onboarding.FailureAccessDenied)
	}
	return fail(onboarding.FailureSiteError)
}

// maxRetryAfter is the longest wait that a website may request.
const maxRetryAfter = time.Hour

// parseRetryAfter reads a Retry-After header, seconds or a date (RFC 9110, section
// 10.2.3). It returns at most maxRetryAfter, and zero for an invalid header.
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
