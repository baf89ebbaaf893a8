package edge_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres"
)

const headerKey = "Idempotency-Key"

func TestARequestWithAKeyIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	body := `{"data":{"website":"example.com"}}`
	first := f.As("ada", http.MethodPost, apitest.PathSubmit, body, headerKey, "k-1")
	require.Equal(t, 202, first.Status, "%s", first.Body)
	assert.Empty(t, first.Header.Get("Idempotency-Replayed"))
	require.Equal(t, 200, f.As("ada", http.MethodPost, apitest.StepPath(2, "/cancel"), "").Status)
	again := f.As("ada", http.MethodPost, apitest.PathSubmit, body, headerKey, "k-1")
	assert.Equal(t, 202, again.Status)
	assert.Equal(t, string(first.Body), string(again.Body))
	for _, name := range []string{"Location", "Retry-After", "Content-Type", "Cache-Control"} {
		assert.Equal(t, first.Header.Get(name), again.Header.Get(name), name)
	}
	assert.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))
	assert.Equal(t, "pending", f.StepStatus(2), "it was not done again")

	for _, other := range []apitest.Response{
		f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website":"other.example"}}`, headerKey, "k-1"),
		f.As("ada", http.MethodPost, apitest.PathSubmit, body+" ", headerKey, "k-1"),
		f.As("ada", http.MethodPost, apitest.StepPath(3, "/complete"), body, headerKey, "k-1"),
		f.As("ada", http.MethodPost, apitest.PathSubmit+"?x=1", body, headerKey, "k-1"),
	} {
		apitest.RequireProblem(t, other, 409, "idempotency_key_reused")
	}
	assert.Equal(t, 202, f.As("bob", http.MethodPost, apitest.PathSubmit, body, headerKey, "k-1").Status,
		"keys are each user's own")
	assert.Equal(t, 200, f.As("ada", http.MethodGet, apitest.PathStatus, "", headerKey, "k-1").Status, "only of POST")
	assert.Equal(t, "in_progress",
		f.As("ada", http.MethodPost, apitest.PathSubmit, body, headerKey, "k-2").Object(t)["status"])

	_, err := f.DB.System.Exec(t.Context(), "update idempotency_keys set created_at = now() - interval '25 hours'")
	require.NoError(t, err)
	late := f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website":"other.example"}}`, headerKey, "k-1")
	assert.Equal(t, 202, late.Status, "a key is free again after a day")
	var left int
	require.NoError(t,
		f.DB.System.QueryRow(t.Context(), "select count(*) from idempotency_keys where user_id = 'ada'").Scan(&left))
	assert.Equal(t, 1, left, "the old ones are gone")
}

func TestRefusalsAreRepeatedToo(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	first := f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website":7}}`, headerKey, "bad")
	again := f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website":7}}`, headerKey, "bad")
	apitest.RequireProblem(t, again, 400, "invalid_field")
	assert.Equal(t, string(first.Body), string(again.Body))
	assert.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))

	apitest.SubmitWebsite(t, f, "example.com")
	wait := func() apitest.Response {
		return f.As("ada", http.MethodPost, apitest.StepPath(4, "/complete"), `{"data":{"selectedPlatforms":[]}}`,
			headerKey, "later")
	}
	apitest.RequireProblem(t, wait(), 409, "step_in_progress")
	apitest.Complete(t, f, f.OK(http.MethodGet, apitest.StepPath(2, ""), "")["submission_id"].(string))
	assert.Equal(t, 202, wait().Status, "what asks to come again is not remembered")
}

func TestIdempotencyKeysThatCantBeOne(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for _, key := range []string{"", " ", "a b", "é", strings.Repeat("x", 256)} {
		apitest.RequireProblem(t, f.As("ada", http.MethodPost, apitest.Base+"/start", "", headerKey, key), 400,
			"invalid_idempotency_key")
	}
	assert.Equal(t, 200,
		f.As("ada", http.MethodPost, apitest.Base+"/start", "", headerKey, strings.Repeat("~", 255)).Status)
	apitest.RequireProblem(t, f.Send(http.MethodPost, apitest.Base+"/start", "", headerKey, "x"), 401, "unauthenticated")
}

func TestTheSameRequestAtOnce(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	answers := make([]apitest.Response, 8)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			answers[i] = f.As("ada", http.MethodPost, apitest.StepPath(3, "/complete"), `{"data":{}}`, headerKey, "once")
		})
	}
	group.Wait()
	for _, r := range answers {
		if r.Status != 200 {
			apitest.RequireProblem(t, r, 409, "request_in_flight")
			assert.Equal(t, "2", r.Header.Get("Retry-After"))
		}
	}
	session, err := postgres.Session(t.Context(), f.DB.App, "ada")
	require.NoError(t, err)
	assert.EqualValues(t, 1, session.Version, "it was done once")
}

func TestAFaultFreesTheKey(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	start := func() apitest.Response {
		return f.As("ada", http.MethodPost, apitest.Base+"/start", "", headerKey, "k")
	}
	faulty := serveOwn(t, func(c *edge.Config) { c.Requests = postgres.NewRequests(f.DB.App) },
		func(context.Context) error { return errors.New("boom") })
	for range 2 {
		apitest.RequireProblem(t, faulty.As("ada", http.MethodPost, pathOwn, "", headerKey, "k"), 500, "internal_error")
	}
	assert.Equal(t, 200, start().Status)

	// A process that ended while it was answering left the claim.
	_, err := f.DB.System.Exec(t.Context(), "update idempotency_keys set status = null")
	require.NoError(t, err)
	apitest.RequireProblem(t, start(), 409, "request_in_flight")
	// It holds the key for no longer than the request may take.
	_, err = f.DB.System.Exec(t.Context(), "update idempotency_keys set created_at = now() - interval '20 seconds'")
	require.NoError(t, err)
	assert.Equal(t, 200, start().Status)
}

func TestNoBodyIsKept(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	const secret = "sk-remember-0123456789-canary"
	r := f.As("ada", http.MethodPost, apitest.PathKeys, `{"provider":"openai","api_key":"`+secret+`"}`, headerKey, "k")
	require.Equal(t, 200, r.Status, "%s", r.Body)
	f.RequireNowhere(secret, string(r.Body))
	assert.Equal(t, "completed", f.StepStatus(1))
}
