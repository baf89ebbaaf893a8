package wizard_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// So many calls of a user wait at a time. What the others would submit is not submitted; a step
// whose documents are stored is answered at once.
func TestWaitingCallsOfAUser(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) {
		c.Wizard.Patience, c.Edge.Limits.WaitingCalls = 3*time.Second, 2
	})
	const path = apitest.Base + "/style-detection/crawl"
	crawl := func(user string, n int) apitest.Response {
		return f.As(user, http.MethodPost, path, fmt.Sprintf(`{"url":"https://%d.example"}`, n))
	}
	var group sync.WaitGroup
	for n := range 2 {
		group.Go(func() { assert.Equal(t, http.StatusOK, crawl("ada", n).Status) })
	}
	require.Eventually(t, func() bool { return f.Count("select count(*) from submissions") == 2 }, 2*time.Second,
		5*time.Millisecond)
	r := crawl("ada", 3)
	problem := apitest.RequireProblem(t, r, 429, "too_many_waiting_calls")
	assert.NotEmpty(t, r.Header.Get("Retry-After"))
	assert.Positive(t, problem["retry_after"])
	assert.Equal(t, 2, f.Count("select count(*) from submissions"))
	began := time.Now()
	stored := f.SubmitStep(2, `{"website":"example.com","analysis":{"writing_style":{"tone":"dry"}}}`)
	assert.Equal(t, http.StatusAccepted, stored.Status, "%s", stored.Body)
	assert.Less(t, time.Since(began), time.Second)
	group.Wait()
	assert.Equal(t, http.StatusOK, crawl("bob", 1).Status)
	assert.Equal(t, http.StatusOK, crawl("ada", 0).Status, "it has given its place back")
}

// A used-up quota is refused with the time at which to retry.
func TestDailyLimitIsAnswered(t *testing.T) {
	t.Parallel()
	f := apitest.New(t, func(c *httpapi.Config) { c.Wizard.Submitter.Limits.AnalysesPerDay = 1 })
	require.Equal(t, http.StatusAccepted, f.SubmitStep(2, `{"website":"example.com"}`).Status)
	r := f.SubmitStep(2, `{"website":"example.org"}`)
	problem := apitest.RequireProblem(t, r, 429, "daily_limit")
	assert.Equal(t, "You have started 1 analyses today, which is the most for a day. Go on tomorrow: days end at midnight UTC.",
		problem["detail"])
	assert.Positive(t, problem["retry_after"])
	assert.LessOrEqual(t, problem["retry_after"], float64(24*60*60))
	assert.Equal(t, http.StatusAccepted, f.SubmitStep(2, `{"website":"example.com"}`).Status, "it is joined")
}

func TestIdempotencyKeysAreBounded(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	start := func(user, key string) apitest.Response {
		return f.As(user, http.MethodPost, apitest.Base+"/start", "", "Idempotency-Key", key)
	}
	require.Equal(t, http.StatusOK, start("ada", "first").Status)
	f.Exec(`insert into idempotency_keys (user_id, key, session_id, salt, request_hash)
		select user_id, 'k' || n, id, 's', 'h' from onboarding_sessions, generate_series(1, 499) n where user_id = 'ada'`)
	r := start("ada", "other")
	apitest.RequireProblem(t, r, 429, "too_many_idempotency_keys")
	assert.NotEmpty(t, r.Header.Get("Retry-After"))
	assert.Equal(t, "true", start("ada", "first").Header.Get("Idempotency-Replayed"))
	assert.Equal(t, http.StatusOK, start("bob", "other").Status)
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodPost, apitest.Base+"/start", "").Status)
}
