package jobs

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestDecide(t *testing.T) {
	t.Parallel()
	temporary := &onboarding.Failure{Code: onboarding.FailureSiteError, Subject: "example.com"}
	permanent := &onboarding.Failure{Code: onboarding.FailureRobots, Subject: "example.com"}
	boom := errors.New("boom")
	stopping := errors.New("stop initiated")
	tests := []struct {
		name     string
		err      error
		cause    error
		attempts int
		snoozed  time.Duration
		age      time.Duration
		action   action
		code     onboarding.FailureCode
		wait     time.Duration
	}{
		{name: "success", action: actionComplete},
		{name: "success although cancelled meanwhile", cause: rivertype.ErrJobCancelledRemotely, action: actionComplete},
		{
			name: "permanent failure", err: fmt.Errorf("crawl: %w", permanent), attempts: 1, action: actionFail,
			code: onboarding.FailureRobots,
		},
		{name: "temporary failure, first", err: temporary, attempts: 1, action: actionRetry, wait: time.Second},
		{name: "temporary failure, second", err: temporary, attempts: 2, action: actionRetry, wait: 3 * time.Second},
		{name: "temporary failure, third", err: temporary, attempts: 3, action: actionRetry, wait: 9 * time.Second},
		{name: "temporary failure, last", err: temporary, attempts: 4, action: actionFail, code: onboarding.FailureSiteError},
		{name: "unknown error, first", err: boom, attempts: 1, action: actionRetry, wait: time.Second},
		{name: "unknown error, last", err: boom, attempts: 4, action: actionFail, code: onboarding.FailureInternal},
		{name: "panic", err: &panicError{value: boom}, attempts: 1, action: actionFail, code: onboarding.FailureInternal},
		{
			name: "rate limit", err: &onboarding.RateLimitError{RetryAfter: 7 * time.Second}, action: actionSnooze,
			wait: 7 * time.Second,
		},
		{name: "rate limit without a time", err: &onboarding.RateLimitError{}, action: actionSnooze, wait: defaultSnooze},
		{
			name: "rate limit up to the budget", err: &onboarding.RateLimitError{RetryAfter: time.Minute},
			snoozed: 4 * time.Minute, action: actionSnooze, wait: time.Minute,
		},
		{
			name: "rate limit beyond the budget", err: &onboarding.RateLimitError{RetryAfter: time.Minute},
			snoozed: 4*time.Minute + time.Second, action: actionFail, code: onboarding.FailureSiteRateLimited,
		},
		{
			name: "out of time", err: fmt.Errorf("crawl: %w", context.DeadlineExceeded), cause: errOutOfTime, action: actionFail,
			code: onboarding.FailureTimeout,
		},
		{
			name: "worker stopping, which the work made a failure of", err: temporary, cause: stopping, attempts: 4,
			action: actionInterrupt,
		},
		{name: "worker stopping, as the limiter says it", err: stopping, cause: stopping, action: actionInterrupt},
		{name: "worker stopping, but done", cause: stopping, action: actionComplete},
		{name: "worker stopping", err: fmt.Errorf("crawl: %w", context.Canceled), cause: stopping, action: actionInterrupt},
		{name: "superseded at the fence", err: onboarding.ErrSuperseded, action: actionDrop},
		{
			name: "superseded by the beat", err: fmt.Errorf("crawl: %w", context.Canceled), cause: onboarding.ErrSuperseded,
			action: actionDrop,
		},
		{
			name: "the worker can't beat", err: context.Canceled, cause: errSilent, attempts: 4, action: actionSnooze,
			wait: outageSnooze,
		},
		{
			name: "something is not found", err: onboarding.ErrNotFound, attempts: 4, action: actionFail,
			code: onboarding.FailureInternal,
		},
		{
			name: "cancelled by an operator", err: context.Canceled, cause: rivertype.ErrJobCancelledRemotely,
			action: actionFail, code: onboarding.FailureCancelled,
		},
		{name: "worker cancels its job", err: river.JobCancel(boom), attempts: 1, action: actionRetry, wait: time.Second},
		{
			name: "worker snoozes its job", err: river.JobSnooze(time.Second), attempts: 1, action: actionRetry,
			wait: time.Second,
		},
		{
			name: "connection timed out", err: fmt.Errorf("keep: %w", context.DeadlineExceeded), attempts: 4,
			action: actionSnooze, wait: outageSnooze,
		},
		{
			name: "database down for too long", err: &pgconn.PgError{Code: "57P01"}, attempts: 4, age: 2 * time.Hour,
			action: actionFail, code: onboarding.FailureInternal,
		},
		{name: "database down", err: &pgconn.PgError{Code: "57P01"}, attempts: 4, action: actionSnooze, wait: outageSnooze},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := decide(test.err, test.cause, spent{attempts: test.attempts, snoozed: test.snoozed, age: test.age})
			assert.Equal(t, test.action, o.action)
			assert.Equal(t, test.wait, o.wait)
			if test.code != "" {
				require.NotNil(t, o.failure)
				assert.Equal(t, test.code, o.failure.Code)
			}
		})
	}
}

// Only retries and snoozes are left to River, and interruptions that could not be written.
func TestRiverError(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	for _, final := range []action{actionComplete, actionFail, actionDrop} {
		assert.NoError(t, decision{action: final}.riverError(boom), final)
	}
	for name, order := range map[string]error{"cancel": river.JobCancel(boom), "snooze": river.JobSnooze(time.Second)} {
		err := decision{action: actionRetry}.riverError(fmt.Errorf("work: %w", order))
		require.Error(t, err, name)
		assert.NotErrorIs(t, err, order, "a retry holds no order to River")
	}
	require.NoError(t, decision{action: actionInterrupt, written: true}.riverError(boom))
	require.ErrorIs(t, decision{action: actionInterrupt}.riverError(boom), context.Canceled)
	var snooze *rivertype.JobSnoozeError
	require.ErrorAs(t, decision{action: actionSnooze, wait: time.Second}.riverError(boom), &snooze)
	assert.Equal(t, time.Second, snooze.Duration)
}

func TestProtectReturnsThePanic(t *testing.T) {
	t.Parallel()
	err := protect(func() error { panic("boom") })
	var panicked *panicError
	require.ErrorAs(t, err, &panicked)
	assert.Equal(t, "boom", panicked.value)
	assert.Contains(t, string(panicked.stack), "decision_test.go")
}

func TestRetryPolicyCountsEarlierJobs(t *testing.T) {
	t.Parallel()
	job := &rivertype.JobRow{Attempt: 1, EncodedArgs: []byte(`{"attempts_used": 2}`)}
	wait := time.Until(retryPolicy{}.NextRetry(job))
	assert.InDelta(t, 9, wait.Seconds(), 0.5)
}

// What a user is told while the work waits names the reason and the time.
func TestWaitPhase(t *testing.T) {
	t.Parallel()
	failure := &onboarding.Failure{Code: onboarding.FailureSiteError, Subject: "example.com"}
	phase := decision{action: actionRetry, wait: 3 * time.Second, failure: failure}.waitPhase()
	assert.Equal(t, "retrying", phase.Name)
	assert.Contains(t, phase.Message, "example.com")
	assert.Equal(t, "The website example.com answered with an error. Trying again in 3 seconds.", phase.Message)
	assert.Equal(t, "rate_limited", decision{action: actionSnooze, wait: time.Minute, counted: true}.waitPhase().Name)
}

func TestInWords(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]string{
		100 * time.Millisecond: "1 second", 9 * time.Second: "9 seconds", 60 * time.Second: "60 seconds",
		5 * time.Minute: "5 minutes",
	} {
		assert.Equal(t, want, inWords(wait))
	}
}

// Work that ignores the end of its context is left behind.
func TestAbandon(t *testing.T) {
	t.Parallel()
	forever := make(chan struct{})
	defer close(forever)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errOutOfTime)
	err := abandon(ctx, 10*time.Millisecond, func() error { <-forever; return nil })
	require.ErrorIs(t, err, errOutOfTime)
	require.NoError(t, abandon(ctx, time.Minute, func() error { return nil }))
}
