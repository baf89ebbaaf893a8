package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

const headerKey = "Idempotency-Key"

func TestARequestWithAKeyIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	body := `{"data":{"website":"example.com"}}`
	first := f.as("ada", http.MethodPost, submit, body, headerKey, "k-1")
	require.Equal(t, 202, first.status, "%s", first.body)
	assert.Empty(t, first.header.Get("Idempotency-Replayed"))
	require.Equal(t, 200, f.as("ada", http.MethodPost, stepPath(2, "/cancel"), "").status)
	again := f.as("ada", http.MethodPost, submit, body, headerKey, "k-1")
	assert.Equal(t, 202, again.status)
	assert.Equal(t, string(first.body), string(again.body))
	for _, name := range []string{"Location", "Retry-After", "Content-Type", "Cache-Control"} {
		assert.Equal(t, first.header.Get(name), again.header.Get(name), name)
	}
	assert.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	assert.Equal(t, "pending", f.stepStatus(2), "it was not done again")

	for _, other := range []response{
		f.as("ada", http.MethodPost, submit, `{"data":{"website":"other.example"}}`, headerKey, "k-1"),
		f.as("ada", http.MethodPost, submit, body+" ", headerKey, "k-1"),
		f.as("ada", http.MethodPost, stepPath(3, "/complete"), body, headerKey, "k-1"),
		f.as("ada", http.MethodPost, submit+"?x=1", body, headerKey, "k-1"),
	} {
		requireProblem(t, other, 409, "idempotency_key_reused")
	}
	assert.Equal(t, 202, f.as("bob", http.MethodPost, submit, body, headerKey, "k-1").status, "keys are each user's own")
	assert.Equal(t, 200, f.as("ada", http.MethodGet, pathStat, "", headerKey, "k-1").status, "only of POST")
	assert.Equal(t, "in_progress", f.as("ada", http.MethodPost, submit, body, headerKey, "k-2").object(t)["status"])

	_, err := f.db.System.Exec(t.Context(), "update idempotency_keys set created_at = now() - interval '25 hours'")
	require.NoError(t, err)
	late := f.as("ada", http.MethodPost, submit, `{"data":{"website":"other.example"}}`, headerKey, "k-1")
	assert.Equal(t, 202, late.status, "a key is free again after a day")
	var left int
	require.NoError(t, f.db.System.QueryRow(t.Context(), "select count(*) from idempotency_keys where user_id = 'ada'").Scan(&left))
	assert.Equal(t, 1, left, "the old ones are gone")
}

func TestRefusalsAreRepeatedToo(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	first := f.as("ada", http.MethodPost, submit, `{"data":{"website":7}}`, headerKey, "bad")
	again := f.as("ada", http.MethodPost, submit, `{"data":{"website":7}}`, headerKey, "bad")
	requireProblem(t, again, 400, "invalid_field")
	assert.Equal(t, string(first.body), string(again.body))
	assert.Equal(t, "true", again.header.Get("Idempotency-Replayed"))

	submitWebsite(t, f, "example.com")
	wait := func() response {
		return f.as("ada", http.MethodPost, stepPath(4, "/complete"), `{"data":{"selectedPlatforms":[]}}`, headerKey, "later")
	}
	requireProblem(t, wait(), 409, "step_in_progress")
	complete(t, f, f.ok(http.MethodGet, stepPath(2, ""), "")["submission_id"].(string))
	assert.Equal(t, 202, wait().status, "what asks to come again is not remembered")
}

func TestIdempotencyKeysThatCantBeOne(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, key := range []string{"", " ", "a b", "é", strings.Repeat("x", 256)} {
		requireProblem(t, f.as("ada", http.MethodPost, base+"/start", "", headerKey, key), 400, "invalid_idempotency_key")
	}
	assert.Equal(t, 200, f.as("ada", http.MethodPost, base+"/start", "", headerKey, strings.Repeat("~", 255)).status)
	requireProblem(t, f.send(http.MethodPost, base+"/start", "", headerKey, "x"), 401, "unauthenticated")
}

func TestTheSameRequestAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	answers := make([]response, 8)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			answers[i] = f.as("ada", http.MethodPost, stepPath(3, "/complete"), `{"data":{}}`, headerKey, "once")
		})
	}
	group.Wait()
	for _, r := range answers {
		if r.status != 200 {
			requireProblem(t, r, 409, "request_in_flight")
			assert.Equal(t, "2", r.header.Get("Retry-After"))
		}
	}
	session, err := postgres.Session(t.Context(), f.db.App, "ada")
	require.NoError(t, err)
	assert.EqualValues(t, 1, session.Version, "it was done once")
}

func TestAFaultFreesTheKey(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	start := func() response { return f.as("ada", http.MethodPost, base+"/start", "", headerKey, "k") }
	faulty := newKeyFixture(t, func(c *httpapi.Config) {
		c.State.Session = func(context.Context, string) (onboarding.Session, error) {
			return onboarding.Session{}, errors.New("boom")
		}
	})
	for range 2 {
		requireProblem(t, faulty.as("ada", http.MethodPost, base+"/start", "", headerKey, "k"), 500, "internal_error")
	}
	assert.Equal(t, 200, start().status)

	// A process that ended while it was answering left the claim.
	_, err := f.db.System.Exec(t.Context(), "update idempotency_keys set status = null")
	require.NoError(t, err)
	requireProblem(t, start(), 409, "request_in_flight")
	// It holds the key for no longer than the request may take.
	_, err = f.db.System.Exec(t.Context(), "update idempotency_keys set created_at = now() - interval '20 seconds'")
	require.NoError(t, err)
	assert.Equal(t, 200, start().status)
}

func TestNoBodyIsKept(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	const secret = "sk-remember-0123456789-canary"
	r := f.as("ada", http.MethodPost, pathKeys, `{"provider":"openai","api_key":"`+secret+`"}`, headerKey, "k")
	require.Equal(t, 200, r.status, "%s", r.body)
	f.requireNowhere(secret, string(r.body))
	assert.Equal(t, "completed", f.stepStatus(1))
}
