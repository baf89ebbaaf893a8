package provider

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// broken maps what ended a connection. The causes are texts of this package, because the errors
// of net/http quote addresses and what a server sent.
func (a API) broken(ctx context.Context, err error) error {
	noAnswer := errors.Is(context.Cause(ctx), errNoAnswer)
	if ctx.Err() != nil && !noAnswer {
		return ctx.Err()
	}
	var (
		lookup    *net.DNSError
		operation *net.OpError
		timeout   net.Error
	)
	unreachable := func(cause string) error {
		return &onboarding.Failure{
			Code: onboarding.FailureProviderUnavailable, Subject: a.Name,
			Err: fmt.Errorf("%w: %s", onboarding.ErrUnreachable, cause),
		}
	}
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort),
		errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return a.Failure(onboarding.FailureProviderForbidden, "the address is not public")
	case noAnswer, errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return unreachable("no answer in time")
	case errors.As(err, &lookup):
		return unreachable("the host name could not be looked up")
	case isTLS(err):
		return unreachable("no secure connection")
	case errors.As(err, &operation) && operation.Op == "dial":
		return unreachable("no connection")
	}
	return a.Failure(onboarding.FailureProviderUnavailable, "the connection broke off")
}

func isTLS(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		alert        tls.AlertError
		authority    x509.UnknownAuthorityError
	)
	return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &verification) || errors.As(err, &record) ||
		errors.As(err, &alert) || errors.As(err, &authority)
}

// statusOverloaded is Anthropic's status for "all users together ask too much".
const statusOverloaded = 529

// statusFailure maps a status that is no success.
func (a API) statusFailure(status int, header http.Header, body []byte) error {
	reported := problemOf(body)
	fail := func(code onboarding.FailureCode) error {
		return a.Failure(code, strings.TrimSpace("status "+strconv.Itoa(status)+" "+reported.code))
	}
	switch {
	case status == http.StatusPaymentRequired, reported.quota:
		return fail(onboarding.FailureProviderQuota)
	case status == http.StatusUnauthorized, status == http.StatusForbidden, reported.keyInvalid:
		return fail(onboarding.FailureKeyRefused)
	case status == http.StatusTooManyRequests, status == statusOverloaded,
		status == http.StatusServiceUnavailable && saysWhen(header):
		return &onboarding.RateLimitError{RetryAfter: retryAfter(header, reported, time.Now()), Subject: a.Name}
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return fail(onboarding.FailureProviderUnavailable)
	}
	return fail(onboarding.FailureProviderRejected)
}

// Reported maps an error object that stands in the place of an answer, or beside one, as a status would be mapped;
// null, nothing and what is neither an object nor a text is no error.
func (a API) Reported(reported json.RawMessage) error { return a.reported(nil, reported) }

// reportedIn does the same for the field "error" of a body of the status 200.
func (a API) reportedIn(header http.Header, body []byte) error {
	var envelope struct {
		Error json.RawMessage `json:"error"`
	}
	_ = json.Unmarshal(body, &envelope) // the decoder of the answer reports what is wrong with it
	return a.reported(header, envelope.Error)
}

func (a API) reported(header http.Header, object json.RawMessage) error {
	var wire wireProblem
	_ = json.Unmarshal(object, &wire) // what is no object leaves it empty
	if text(object) == "" && wire.empty() {
		return nil
	}
	return a.statusFailure(wire.status(), header, object)
}

func (w wireProblem) empty() bool {
	return w.Code == nil && w.Type == nil && w.Message == nil && w.Details == nil
}

// statusesOf are the statuses of the codes that come without one.
var statusesOf = map[string]int{
	"invalid_api_key": http.StatusUnauthorized, "authentication_error": http.StatusUnauthorized,
	"permission_error": http.StatusForbidden, "rate_limit_error": http.StatusTooManyRequests,
	"rate_limit_exceeded": http.StatusTooManyRequests, "overloaded_error": statusOverloaded,
	"api_error": http.StatusInternalServerError, "server_error": http.StatusInternalServerError,
}

// status returns the status that an error names by number or by code, 400 where it names none.
func (w wireProblem) status() int {
	for _, raw := range []json.RawMessage{w.Code, w.Status, w.Type} {
		word := cmp.Or(text(raw), string(raw))
		if status, err := strconv.Atoi(word); err == nil && status >= 400 && status < 600 {
			return status
		}
		if status, known := statusesOf[word]; known {
			return status
		}
	}
	return http.StatusBadRequest
}

// problem is the content of an error's body.
type problem struct {
	// code is the provider's if it is a known one: others are not repeated.
	code       string
	quota      bool
	keyInvalid bool
	retryDelay time.Duration
}

// detail is google.rpc.ErrorInfo or google.rpc.RetryInfo.
type detail struct {
	Reason     string `json:"reason"`
	RetryDelay string `json:"retryDelay"`
}

// wireProblem is the error object of all providers taken together. The types of code and
// message vary, so that a part that does not fit is left out.
type wireProblem struct {
	Code    json.RawMessage `json:"code"`
	Type    json.RawMessage `json:"type"`
	Message json.RawMessage `json:"message"`
	Status  json.RawMessage `json:"status"`
	Details json.RawMessage `json:"details"`
}

// quotaCodes are OpenAI's and Anthropic's names for an account without credit, which
// come with the statuses 400, 402 and 429. Anthropic's 400 has only its sentence.
var quotaCodes = [...]string{
	"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "billing_error",
	"insufficient_credits",
}

// knownCodes are the other codes that a log may repeat.
var knownCodes = [...]string{
	"invalid_api_key", "authentication_error", "permission_error", "model_not_found", "not_found_error",
	"invalid_request_error",
	"rate_limit_error", "rate_limit_exceeded", "overloaded_error", "api_error", "server_error", "context_length_exceeded",
	"request_too_large",
}

// problemOf reads the body of an error: {"error": {…}}, that in an array (Gemini), or the
// object alone (Mistral).
func problemOf(body []byte) problem {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	var envelope struct {
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &envelope) == nil && len(envelope.Error) > 0 {
		body = envelope.Error
	}
	var wire wireProblem
	if json.Unmarshal(body, &wire) != nil {
		return problem{}
	}
	return wire.read()
}

func (w wireProblem) read() problem {
	var p problem
	for _, word := range []string{text(w.Type), text(w.Code)} {
		switch {
		case slices.Contains(quotaCodes[:], word):
			p.code, p.quota = word, true
		case slices.Contains(knownCodes[:], word) && !p.quota:
			p.code = word
		}
	}
	if strings.Contains(strings.ToLower(text(w.Message)), "credit balance is too low") {
		p.quota = true
	}
	var details []detail
	if json.Unmarshal(w.Details, &details) != nil {
		return p
	}
	for _, d := range details {
		if delay, err := time.ParseDuration(d.RetryDelay); err == nil {
			p.retryDelay = delay
		}
		p.keyInvalid = p.keyInvalid || d.Reason == "API_KEY_INVALID" // Gemini's status for it is 400
	}
	return p
}

// text returns a JSON string's value, "" for anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// maxWait is the longest wait that a provider can ask for.
const maxWait = time.Hour

func saysWhen(header http.Header) bool {
	return header.Get("Retry-After") != "" || header.Get("Retry-After-Ms") != ""
}

// retryAfter returns how long to wait, 0 when nothing usable was sent and maxWait at
// most: OpenAI's retry-after-ms, Retry-After as seconds or date (RFC 9110, section
// 10.2.3), or Google's delay in the body.
func retryAfter(header http.Header, reported problem, now time.Time) time.Duration {
	if wait, ok := number(header.Get("Retry-After-Ms"), time.Millisecond); ok {
		return wait
	}
	value := strings.TrimSpace(header.Get("Retry-After"))
	if wait, ok := number(value, time.Second); ok {
		return wait
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), maxWait)
	}
	return min(max(reported.retryDelay, 0), maxWait)
}

// number reads a number of units, within 0 and maxWait.
func number(value string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || math.IsNaN(n) {
		return 0, false
	}
	return time.Duration(min(max(n, 0), float64(maxWait/unit)) * float64(unit)), true
}
