package edge_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// A user's writes are bounded, those that are refused included; reads and other users are not held up.
func TestWritesOfAUser(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Edge.Limits.WritesPerSecond, c.Edge.Limits.WritesBurst = 1, 4 })
	for i := range 4 {
		path := apitest.Base + "/step/9/skip" // there is no such step
		if i%2 == 0 {
			path = apitest.Base + "/start"
		}
		assert.NotEqual(t, http.StatusTooManyRequests, f.As("ada", http.MethodPost, path, "").Status)
	}
	r := f.As("ada", http.MethodPost, apitest.Base+"/start", "")
	problem := apitest.RequireProblem(t, r, 429, "too_many_writes")
	assert.Equal(t, "1", r.Header.Get("Retry-After"))
	assert.InDelta(t, 1, problem["retry_after"], 0)
	apitest.RequireProblem(t, f.As("ada", http.MethodGet, apitest.Base+"/api-keys/validate", ""), 429, "too_many_writes")
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodGet, apitest.Base+"/status", "").Status)
	assert.Equal(t, http.StatusOK, f.As("bob", http.MethodPost, apitest.Base+"/start", "").Status)
}

// Those of a network address are limited too, with a token or without.
func TestWritesOfAnAddress(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Edge.Limits.AddressWritesPerSecond = 1 })
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodPost, apitest.Base+"/start", "").Status)
	assert.Equal(t, http.StatusOK, f.As("bob", http.MethodPost, apitest.Base+"/start", "").Status)
	assert.Equal(t, http.StatusUnauthorized, f.Send(http.MethodPost, apitest.Base+"/start", "").Status)
	r := f.As("carol", http.MethodPost, apitest.Base+"/start", "")
	apitest.RequireProblem(t, r, 429, "too_many_writes_from_address")
	apitest.RequireProblem(t, f.Send(http.MethodPost, apitest.Base+"/start", ""), 429, "too_many_writes_from_address")
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodGet, apitest.Base+"/status", "").Status)
}

// A user's reads are bounded, and apart from the writes; other users are not held up.
func TestReadsOfAUser(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Edge.Limits.ReadsPerSecond, c.Edge.Limits.ReadsBurst = 1, 3 })
	for _, path := range []string{"/status", "/step/9", "/personalization-inputs"} {
		assert.NotEqual(t, http.StatusTooManyRequests, f.As("ada", http.MethodGet, apitest.Base+path, "").Status)
	}
	r := f.As("ada", http.MethodGet, apitest.Base+"/status", "", "If-None-Match", `"1"`)
	problem := apitest.RequireProblem(t, r, 429, "too_many_reads")
	assert.Equal(t, "1", r.Header.Get("Retry-After"))
	assert.InDelta(t, 1, problem["retry_after"], 0)
	assert.Equal(t, http.StatusTooManyRequests, f.As("ada", http.MethodHead, apitest.Base+"/status", "").Status)
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodPost, apitest.Base+"/start", "").Status)
	assert.Equal(t, http.StatusOK, f.As("bob", http.MethodGet, apitest.Base+"/status", "").Status)
	assert.NotRegexp(t, `"level":"INFO".*too_many_reads`, f.Log.String(), "who asks without bound fills no log")
}

// So are those of a network address, with a token or without, whatever is there to read.
func TestReadsOfAnAddress(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Edge.Limits.AddressReadsPerSecond = 1 })
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodGet, apitest.Base+"/status", "").Status)
	assert.Equal(t, http.StatusNotFound, f.Send(http.MethodGet, "/nothing", "").Status)
	assert.Equal(t, http.StatusUnauthorized, f.Send(http.MethodGet, apitest.Base+"/status", "").Status)
	for _, path := range []string{"/", "/nothing", "/openapi.json", "/ops", apitest.Base + "/status"} {
		apitest.RequireProblem(t, f.As("bob", http.MethodGet, path, ""), 429, "too_many_reads_from_address")
	}
	assert.Equal(t, http.StatusOK, f.Send(http.MethodGet, "/healthz", "").Status, "a load balancer asks as it likes")
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodPost, apitest.Base+"/start", "").Status)
}
