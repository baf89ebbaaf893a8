package onboarding

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// firstWait is how long a call waits before it is repeated where the API says nothing; the next waits are twice as long.
const firstWait = 500 * time.Millisecond

// finalError is an error that another attempt won't change.
type finalError struct{ error }

func (e *finalError) Unwrap() error { return e.error }

// wait returns for how long to wait before a request that failed is repeated, and whether it is.
func (s *sender) wait(request *http.Request, err error, attempt int) (time.Duration, bool) {
	var final *finalError
	if attempt >= s.o.Attempts || request.Context().Err() != nil || errors.As(err, &final) {
		return 0, false
	}
	backoff := min(firstWait<<(attempt-1), s.o.LongestWait)
	backoff -= time.Duration(rand.Int64N(int64(backoff)/2 + 1))
	var problem *ProblemError
	switch {
	case !errors.As(err, &problem):
		return backoff, true // there was no answer
	case problem.Code == "too_many_idempotency_keys":
		request.Header.Del(headerIdempotencyKey)
		return 0, true
	case problem.RetryAfter > 0:
		return problem.RetryAfter, problem.RetryAfter <= s.o.LongestWait
	}
	return backoff, passing(problem.Status)
}

// passing reports whether a status comes from overload, proxies and restarts.
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// pause waits, or returns why the context has ended.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
