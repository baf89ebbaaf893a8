// Package exa asks the search provider Exa for websites that are similar to one, with
// a user's own key.
//
// It must not keep keys, retry, or put a key, an address or an answer into an error.
package exa

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// DefaultURL is Exa's own address.
const DefaultURL = "https://api.exa.ai"

const (
	name = "Exa"
	// timeout bounds one call in all.
	timeout = 30 * time.Second
	// maxAnswer bounds an answer in bytes; a hundred summaries have some 300 KiB.
	maxAnswer = 4 << 20
)

// Client asks Exa. It is safe for concurrent use.
type Client struct {
	address string
	http    *http.Client
}

// New returns a client of the API at address, DefaultURL if that is empty. The
// transport must refuse addresses that are not public.
func New(address string, transport http.RoundTripper) *Client {
	if address == "" {
		address = DefaultURL
	}
	return &Client{address: strings.TrimRight(address, "/"), http: &http.Client{
		Transport: transport, Timeout: timeout,
		// A redirect would take the key to another address.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// query is the body of POST /findSimilar.
type query struct {
	URL            string   `json:"url"`
	NumResults     int      `json:"numResults"`
	ExcludeDomains []string `json:"excludeDomains"`
	Contents       contents `json:"contents"`
}

type contents struct {
	Summary    struct{} `json:"summary"`
	Highlights struct {
		Sentences int `json:"numSentences"`
		PerURL    int `json:"highlightsPerUrl"`
	} `json:"highlights"`
}

// Similar returns websites that are similar to the asked one, the most similar first
// and none of them that website itself. Errors are *onboarding.RateLimitError and
// *onboarding.Failure, or the end of ctx.
func (c *Client) Similar(ctx context.Context, key onboarding.Secret, asked onboarding.CompetitorSearch) ([]onboarding.FoundCompetitor, error) {
	site, err := url.Parse(asked.Website)
	if err != nil {
		return nil, failure(onboarding.FailureProviderRejected, "the website has no address")
	}
	q := query{URL: asked.Website, NumResults: asked.Count, ExcludeDomains: []string{bareHost(site)}}
	q.Contents.Highlights.Sentences, q.Contents.Highlights.PerURL = 2, 3
	body, err := json.Marshal(q)
	if err != nil {
		return nil, fmt.Errorf("encode search: %w", err)
	}
	var found answer
	if err := c.post(ctx, string(key), "/findSimilar", body, &found); err != nil {
		return nil, err
	}
	return found.competitors(bareHost(site), asked.Count), nil
}

func (c *Client) post(ctx context.Context, key, path string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.address+path, bytes.NewReader(body))
	if err != nil {
		return failure(onboarding.FailureProviderForbidden, "the address is none")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Api-Key", key)
	response, err := c.http.Do(request)
	if err != nil {
		return connectionFailure(ctx, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return statusFailure(response)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return connectionFailure(ctx, err)
	case len(data) > maxAnswer || json.Unmarshal(data, into) != nil:
		return failure(onboarding.FailureProviderUnavailable, "the answer is not what the protocol says")
	}
	return nil
}

func failure(code onboarding.FailureCode, cause string) error {
	return &onboarding.Failure{Code: code, Subject: name, Err: errors.New(cause)}
}

// connectionFailure tells in words of ours what ended a connection: errors of net/http
// quote addresses.
func connectionFailure(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedPort):
		return failure(onboarding.FailureProviderForbidden, "the address is not public")
	}
	return failure(onboarding.FailureProviderUnavailable, "no answer")
}

func statusFailure(response *http.Response) error {
	cause := "status " + strconv.Itoa(response.StatusCode)
	switch status := response.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return failure(onboarding.FailureKeyRefused, cause)
	case status == http.StatusPaymentRequired:
		return failure(onboarding.FailureProviderQuota, cause)
	case status == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // 0 says that nothing usable was said
		return &onboarding.RateLimitError{RetryAfter: time.Duration(min(max(seconds, 0), 3600)) * time.Second, Subject: name}
	case status >= http.StatusInternalServerError:
		return failure(onboarding.FailureProviderUnavailable, cause)
	}
	return failure(onboarding.FailureProviderRejected, cause)
}
