package edge_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// A user's writes are bounded, those that are refused included; reads and other users are not.
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

// So are those of a network address, whoever sends them, with a token or without.
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
