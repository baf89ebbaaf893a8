package walk_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/walk"
)

func TestCallReturnsTheProblem(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/api/onboarding/step/2/complete", r.URL.Path)
		assert.Equal(t, "Bearer token", r.Header.Get("Authorization"))
		assert.Equal(t, "key", r.Header.Get("Idempotency-Key"))
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"code":"database_unavailable","detail":"Try again."}`))
	}))
	t.Cleanup(server.Close)
	client := walk.Client{URL: server.URL, Token: "token", IdempotencyKey: "key", HTTP: server.Client()}
	_, err := walk.User{Call: client.Call}.SubmitWebsite(t.Context(), "https://a.example")
	var refused *walk.Refused
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, walk.Refused{
		Method: "POST", Path: "/api/onboarding/step/2/complete", Status: 503, RetryAfter: "7", Code: "database_unavailable",
		Detail: "Try again.",
	}, *refused)
}

func TestCallRefusesWhatItCannotDecode(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(
		w http.ResponseWriter, _ *http.Request,
	) {
		_, _ = w.Write([]byte("<html>"))
	}))
	t.Cleanup(server.Close)
	var status struct{}
	err := walk.Client{URL: server.URL, HTTP: server.Client()}.Call(t.Context(), http.MethodGet, "/status", nil, &status)
	require.ErrorIs(t, err, walk.ErrUndecodable)
}
