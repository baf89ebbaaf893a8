package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/hostname"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// The retry budget of a submission, for all of its jobs together.
const (
	attemptBudget = 4
	snoozeBudget  = 5 * time.Minute
	// defaultSnooze is the wait after a rate limit that does not say how long.
	defaultSnooze = 10 * time.Second
	// leastSnooze is what a shorter wait is counted as, so that the budget is used up.
	leastSnooze = time.Second
	// outageSnooze is the wait while the database is unavailable. It is not counted while the
	// submission is younger than outageBudget.
	outageSnooze = 2 * time.Second
	outageBudget = time.Hour
)

// retryDelay is the wait after a failed attempt: 1, 3 and 9 s.
func retryDelay(attempt int) time.Duration {
	return time.Duration(math.Pow(3, float64(attempt-1))) * time.Second
}

// action is what is done with a job after its worker has returned.
type action string

const (
	actionComplete  action = "completed"   // finish: the submission completes with its result
	actionFail      action = "failed"      // finish: the submission fails with a code
	actionRetry     action = "retried"     // left to River: error
	actionSnooze    action = "snoozed"     // left to River: snooze
	actionInterrupt action = "interrupted" // handed back: the worker is stopping
	actionMove      action = "moved"       // handed over to the queue of what waits for the network
	actionDrop      action = "superseded"  // nothing: the submission is not this job's
)

var actions = []action{
	actionComplete, actionFail, actionRetry, actionSnooze, actionInterrupt, actionMove, actionDrop,
}

// decision is what is done after one run.
type decision struct {
	action  action
	failure *onboarding.Failure // actionFail
	wait    time.Duration       // actionRetry, actionSnooze
	counted bool                // whether the snooze uses up the budget
	subject string              // the upstream that asked for the snooze
	written bool                // whether the database has it
}

// errSilent is the cause of a job's context that ended because its worker can't write
// heartbeats, so that the others take it for dead.
var errSilent = errors.New("the worker can't write heartbeats")

// errOutOfTime is the cause of a job's context that ended by its timeout.
var errOutOfTime = errors.New("out of time")

// panicError is a panic of a worker.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// protect turns a panic of do into an error.
func protect(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	return do()
}

// spent is how much of its budgets a submission has used up.
type spent struct {
	attempts int           // this one included
	snoozed  time.Duration // waiting for rate limits
	age      time.Duration // since it was submitted
}

// decide maps what a worker returned to a decision. cause is the cause of the
// job's context, nil while it is not cancelled.
func decide(err error, cause error, spent spent) decision {
	failure, failed := errors.AsType[*onboarding.Failure](err)
	limit, limited := errors.AsType[*onboarding.RateLimitError](err)
	_, panicked := errors.AsType[*panicError](err)
	switch {
	case err == nil:
		return decision{action: actionComplete}
	case errors.Is(err, onboarding.ErrSuperseded), errors.Is(cause, onboarding.ErrSuperseded):
		return decision{action: actionDrop}
	case errors.Is(cause, errSilent):
		return decision{action: actionSnooze, wait: outageSnooze}
	case panicked:
		return fail(onboarding.FailureInternal, err)
	case errors.Is(cause, errOutOfTime):
		return fail(onboarding.FailureTimeout, err)
	case errors.Is(cause, rivertype.ErrJobCancelledRemotely):
		return fail(onboarding.FailureCancelled, err)
	case cause != nil: // the worker is stopping, which is no failure of the work
		return decision{action: actionInterrupt}
	case errors.Is(err, errNeedsNetwork):
		return decision{action: actionMove, wait: outageSnooze}
	case limited:
		return decideSnooze(limit, spent.snoozed)
	case failed:
		return decideFailure(failure, spent.attempts)
	case postgres.Unavailable(err) && spent.age < outageBudget:
		return decision{action: actionSnooze, wait: outageSnooze}
	}
	if spent.attempts < attemptBudget {
		return decision{action: actionRetry, wait: retryDelay(spent.attempts)}
	}
	return fail(onboarding.FailureInternal, err)
}

func fail(code onboarding.FailureCode, err error) decision {
	return decision{action: actionFail, failure: &onboarding.Failure{Code: code, Err: err}}
}

func decideSnooze(limit *onboarding.RateLimitError, snoozed time.Duration) decision {
	wait := snoozeOf(limit)
	if snoozed+wait > snoozeBudget {
		return decision{action: actionFail, failure: &onboarding.Failure{
			Code: onboarding.FailureSiteRateLimited, Subject: limit.Subject, Err: limit,
		}}
	}
	return decision{action: actionSnooze, wait: wait, counted: true, subject: limit.Subject}
}

// snoozeOf returns how long to wait after a rate limit.
func snoozeOf(limit *onboarding.RateLimitError) time.Duration {
	if limit.RetryAfter <= 0 {
		return defaultSnooze
	}
	return limit.RetryAfter
}

func decideFailure(failure *onboarding.Failure, attempts int) decision {
	if failure.Temporary() && attempts < attemptBudget {
		return decision{action: actionRetry, wait: retryDelay(attempts), failure: failure}
	}
	return decision{action: actionFail, failure: failure}
}

// snoozeReason returns the label of what a snooze waits for.
func (d decision) snoozeReason() string {
	if d.counted {
		return snoozeRateLimit
	}
	return snoozeOutage
}

// retryPolicy schedules the retries that River is left with.
type retryPolicy struct{}

// NextRetry returns when the next attempt of job begins.
func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	work, err := queue.WorkOf(job)
	if err != nil {
		return time.Now().Add(time.Minute)
	}
	attempts := min(work.AttemptsUsed+job.Attempt, attemptBudget)
	return time.Now().Add(retryDelay(attempts))
}

// waitPhase returns the phase that shows the user what happened, in the first sentence of a
// failure, and when the work continues.
func (d decision) waitPhase() onboarding.Phase {
	if d.action == actionSnooze && d.counted {
		phase := onboarding.PhaseRateLimited
		phase.Message = fmt.Sprintf("%s asks us to slow down. Going on in %s.",
			hostname.Shown(d.subject), inWords(d.wait))
		return phase
	}
	phase := onboarding.PhaseRetrying
	reason := "Something went wrong on our side"
	if d.failure != nil {
		reason, _, _ = strings.Cut(d.failure.Sentence(), ". ")
	}
	phase.Message = fmt.Sprintf("%s. Trying again in %s.", reason, inWords(d.wait))
	return phase
}

// inWords returns a wait in words, rounded up.
func inWords(wait time.Duration) string {
	n, unit := int(math.Ceil(wait.Seconds())), "second"
	if n >= 120 {
		n, unit = int(math.Ceil(wait.Minutes())), "minute"
	}
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// riverError returns the error for River. It does not wrap err, which might be one that River
// acts on. An interrupted job that could not be handed back is left to River.
func (d decision) riverError(err error) error {
	switch d.action {
	case actionSnooze:
		return river.JobSnooze(d.wait)
	case actionRetry:
		return errors.New(err.Error())
	case actionMove:
		if d.written {
			return nil
		}
		return river.JobSnooze(d.wait)
	case actionInterrupt:
		if d.written {
			return nil
		}
		return fmt.Errorf("%w: %s", context.Canceled, err.Error()) // which River takes for an interruption
	default:
		return nil
	}
}
