// Package exa asks the search provider Exa for websites that are similar to one, with a user's own key.
package exa

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/provider"
)

// DefaultURL is Exa's own address.
const DefaultURL = "https://api.exa.ai"

// timeout bounds one call in all.
const timeout = 30 * time.Second

// Client asks Exa. It is safe for concurrent use.
type Client struct {
	address   string
	transport http.RoundTripper
}

// New returns a client of the API at address, DefaultURL if that is empty. The
// transport must refuse addresses that are not public.
func New(address string, transport http.RoundTripper) *Client {
	return &Client{address: cmp.Or(address, DefaultURL), transport: transport}
}

// Similar returns websites that are similar to the asked one, the most similar first
// and none of them that website itself. Errors are *onboarding.RateLimitError and
// *onboarding.Failure, or the end of ctx.
func (c *Client) Similar(
	ctx context.Context, key onboarding.Secret, asked onboarding.CompetitorSearch,
) ([]onboarding.FoundCompetitor, error) {
	header := http.Header{"X-Api-Key": {string(key)}}
	api := provider.API{Name: "Exa", BaseURL: c.address, Header: header, Transport: c.transport}
	site, err := url.Parse(asked.Website)
	if err != nil {
		return nil, api.Failure(onboarding.FailureProviderRejected, "the website has no address")
	}
	ctx, cancel := provider.WithTimeout(ctx, timeout)
	defer cancel()
	query := map[string]any{
		"url": asked.Website, "numResults": asked.Count, "excludeDomains": []string{bareHost(site)},
		"contents": map[string]any{
			"summary": struct{}{}, "highlights": map[string]int{"numSentences": 2, "highlightsPerUrl": 3},
		},
	}
	var found answer
	err = api.Call(ctx, "/findSimilar", query, &found)
	switch {
	case errors.Is(err, onboarding.ErrBadAnswer):
		return nil, api.Failure(onboarding.FailureProviderUnavailable, "the answer is not what the protocol says")
	case err != nil:
		return nil, err
	}
	return found.competitors(bareHost(site), asked.Count), nil
}
