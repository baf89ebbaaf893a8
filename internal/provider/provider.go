// Package provider calls the HTTP APIs of providers: one request with a user's own key, one JSON answer.
//
// It must not keep keys, retry, follow redirects, or put a key, an address or what a server said into an error.
package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// maxAnswer bounds the body of a response, in bytes after decompression. The largest
	// legitimate ones have some 300 KiB.
	maxAnswer = 4 << 20
	// maxProblem bounds how much of an error's body is read, in bytes.
	maxProblem = 64 << 10
)

// API is the API of one provider for one user.
type API struct {
	// Name is the provider's, for people.
	Name string
	// BaseURL is what paths are appended to.
	BaseURL string
	// Header is sent with each request. It holds the key.
	Header http.Header
	// Transport must refuse addresses that are not public.
	Transport http.RoundTripper
}

// errNoAnswer is the cause of the end of a context of WithTimeout.
var errNoAnswer = errors.New("no answer in time")

// WithTimeout returns a context for calls that take that long in all. Its end is a failure of the
// provider, other than that of ctx.
func WithTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, timeout, errNoAnswer)
}

// Call sends in as JSON to a path, or gets the path if in is nil, and decodes the answer into out.
// Errors are *onboarding.RateLimitError, *onboarding.Failure with one of the codes key_refused and
// provider_…, wrap onboarding.ErrBadAnswer, or are the end of ctx.
func (a API) Call(ctx context.Context, path string, in, out any) error {
	method, body := http.MethodGet, []byte(nil)
	var err error
	if in != nil {
		method = http.MethodPost
		if body, err = json.Marshal(in); err != nil {
			return a.Failure(onboarding.FailureProviderRejected, "the request could not be encoded")
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(a.BaseURL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return a.Failure(onboarding.FailureProviderRejected, "the request could not be made")
	}
	req.Header = a.Header.Clone()
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	// No http.Client: it would follow a redirect, which takes the key and the prompt to
	// another address.
	resp, err := a.Transport.RoundTrip(req)
	if err != nil {
		return a.broken(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= http.StatusMultipleChoices {
		// A body that breaks off still leaves the status, which says more.
		content, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
		if ctx.Err() != nil {
			return a.broken(ctx, ctx.Err())
		}
		return a.statusFailure(resp.StatusCode, resp.Header, content)
	}
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return a.broken(ctx, err)
	}
	if err := a.reportedIn(resp.Header, content); err != nil {
		return err
	}
	return decode(content, out)
}

// Failure returns a failure of the provider. The cause must be a text of the caller's, never the server's.
func (a API) Failure(code onboarding.FailureCode, cause string) error {
	return &onboarding.Failure{Code: code, Subject: a.Name, Err: errors.New(cause)}
}

// BadAnswer wraps onboarding.ErrBadAnswer with the reason, which must never be a
// part of the answer.
func BadAnswer(reason string) error { return fmt.Errorf("%w: %s", onboarding.ErrBadAnswer, reason) }

// decode reads an answer. A field of another type than expected is left zero, as servers
// of users' own differ in fields that don't matter here.
func decode(content []byte, out any) error {
	if len(content) > maxAnswer {
		return BadAnswer("it is larger than 4 MiB")
	}
	var mismatch *json.UnmarshalTypeError
	err := json.Unmarshal(content, out)
	if errors.As(err, &mismatch) && mismatch.Field != "" {
		err = nil
	}
	if err != nil || string(bytes.TrimSpace(content)) == "null" {
		return BadAnswer("it is not what the protocol says")
	}
	return nil
}
