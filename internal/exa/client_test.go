package exa_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/exa"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const key = "01234567-89ab-cdef-0123-456789abcdef"

var asked = onboarding.CompetitorSearch{Website: "https://www.own.example/shop", Count: 2}

func serve(t *testing.T, handle http.HandlerFunc) *exa.Client {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return exa.New(server.URL+"/", &http.Transport{})
}

func TestSimilar(t *testing.T) {
	t.Parallel()
	client := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/findSimilar", r.URL.Path)
		assert.Equal(t, key, r.Header.Get("X-Api-Key"))
		var body map[string]any
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		assert.Equal(t, "https://www.own.example/shop", body["url"])
		assert.Equal(t, []any{"own.example"}, body["excludeDomains"])
		_, _ = w.Write([]byte(`{"requestId":"r","results":[
			{"url":"https://own.example/about","title":"self"},
			{"url":"javascript:alert(1)","title":"no website"},
			{"url":"https://www.first.example/a","title":"First","score":0.5,"summary":"What it is.","highlights":["One."],"favicon":"data:x","publishedDate":"2024-01-02T00:00:00.000Z"},
			{"url":"https://first.example/b","title":"again"},
			{"url":"https://second.example","title":null,"score":null},
			{"url":"https://third.example","title":"one too many"}]}`))
	})
	found, err := client.Similar(t.Context(), key, asked)
	require.NoError(t, err)
	require.Len(t, found, 2)
	assert.Equal(t, "first.example", found[0].Domain)
	assert.Equal(t, "What it is.", found[0].Summary)
	assert.Equal(t, []string{"One."}, found[0].Highlights)
	assert.InDelta(t, 0.5, *found[0].RelevanceScore, 0)
	assert.Nil(t, found[0].Favicon, "not an address that a page may load")
	assert.Equal(t, "second.example", found[1].Title, "a result without a title")
	assert.NotNil(t, found[1].Highlights)
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for status, code := range map[int]onboarding.FailureCode{
		401: onboarding.FailureKeyRefused, 402: onboarding.FailureProviderQuota, 400: onboarding.FailureProviderRejected,
		302: onboarding.FailureProviderRejected, 503: onboarding.FailureProviderUnavailable,
	} {
		client := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := client.Similar(t.Context(), key, asked)
		var failure *onboarding.Failure
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, code, failure.Code, status)
		assert.NotContains(t, err.Error(), key)
	}
	client := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	_, err := client.Similar(t.Context(), key, asked)
	var limit *onboarding.RateLimitError
	require.ErrorAs(t, err, &limit)
	assert.Equal(t, 7*time.Second, limit.RetryAfter)

	client = serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) })
	_, err = client.Similar(t.Context(), key, asked)
	var failure *onboarding.Failure
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, onboarding.FailureProviderUnavailable, failure.Code)
}
