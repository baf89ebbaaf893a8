package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// The retry budget of a submission, whatever number of jobs it takes.
const (
	attemptBudget  = 4
	snoozeBudget   = 5 * time.Minute
	recoveryBudget = 3
	// defaultSnooze is the wait when the other side does not say how long.
	defaultSnooze = 10 * time.Second
	// outageSnooze is the wait while the database can't be used. It is not counted.
	outageSnooze = 2 * time.Second
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
	actionInterrupt action = "interrupted" // left to River: the worker is stopping
	actionDrop      action = "superseded"  // nothing: the submission is not this job's
)

var actions = []action{actionComplete, actionFail, actionRetry, actionSnooze, actionInterrupt, actionDrop}

// outcome is the decision about one run.
type outcome struct {
	action  action
	failure *onboarding.Failure // actionFail
	wait    time.Duration       // actionRetry, actionSnooze
	counted bool                // whether the snooze uses up the budget
}

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

// decide maps what a worker returned to an outcome. cause is the cause of the
// job's context, nil while it is not cancelled; attempts counts this one.
func decide(err error, cause error, attempts int, snoozed time.Duration) outcome {
	var (
		failure   *onboarding.Failure
		rateLimit *onboarding.RateLimitError
		panicked  *panicError
	)
	switch {
	case err == nil:
		return outcome{action: actionComplete}
	case errors.Is(err, onboarding.ErrSuperseded), errors.Is(err, onboarding.ErrNotFound), errors.Is(cause, onboarding.ErrSuperseded):
		return outcome{action: actionDrop}
	case errors.As(err, &panicked):
		return fail(onboarding.FailureInternal, err)
	case errors.Is(cause, errOutOfTime):
		return fail(onboarding.FailureTimeout, err)
	case errors.Is(cause, rivertype.ErrJobCancelledRemotely), errors.As(err, new(*rivertype.JobCancelError)):
		return fail(onboarding.FailureCancelled, err)
	case cause != nil && errors.Is(err, context.Canceled):
		return outcome{action: actionInterrupt}
	case errors.As(err, &rateLimit):
		return decideSnooze(rateLimit, snoozed)
	case errors.As(err, &failure):
		return decideFailure(failure, attempts)
	case postgres.Unavailable(err):
		return outcome{action: actionSnooze, wait: outageSnooze}
	}
	if attempts < attemptBudget {
		return outcome{action: actionRetry, wait: retryDelay(attempts)}
	}
	return fail(onboarding.FailureInternal, err)
}

func fail(code onboarding.FailureCode, err error) outcome {
	return outcome{action: actionFail, failure: &onboarding.Failure{Code: code, Err: err}}
}

func decideSnooze(limit *onboarding.RateLimitError, snoozed time.Duration) outcome {
	wait := limit.RetryAfter
	if wait <= 0 {
		wait = defaultSnooze
	}
	if snoozed+wait > snoozeBudget {
		return outcome{action: actionFail, failure: &onboarding.Failure{
			Code: onboarding.FailureSiteRateLimited, Subject: limit.Subject, Err: limit,
		}}
	}
	return outcome{action: actionSnooze, wait: wait, counted: true}
}

func decideFailure(failure *onboarding.Failure, attempts int) outcome {
	if failure.Temporary() && attempts < attemptBudget {
		return outcome{action: actionRetry, wait: retryDelay(attempts), failure: failure}
	}
	return outcome{action: actionFail, failure: failure}
}

// retryPolicy schedules the retries that River is left with.
type retryPolicy struct{}

// NextRetry returns when the next attempt of job begins.
func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	work, err := workOf(job)
	if err != nil {
		return time.Now().Add(time.Minute)
	}
	attempts := min(work.AttemptsUsed+job.Attempt, attemptBudget)
	return time.Now().Add(retryDelay(attempts))
}

// waitPhase says to the user what is waited for.
func (o outcome) waitPhase() onboarding.Phase {
	wait := o.wait.Round(time.Second)
	if o.action == actionSnooze && o.counted {
		phase := onboarding.PhaseRateLimited
		phase.Message = fmt.Sprintf("The website asks us to slow down. Going on in %s.", wait)
		return phase
	}
	phase := onboarding.PhaseRetrying
	reason := "Something went wrong on our side."
	if o.failure != nil {
		reason = o.failure.Sentence()
	}
	phase.Message = fmt.Sprintf("%s Trying again in %s.", reason, wait)
	return phase
}

// riverError is what River is told after err.
func (o outcome) riverError(err error) error {
	switch o.action {
	case actionSnooze:
		return river.JobSnooze(o.wait)
	case actionRetry, actionInterrupt:
		return err
	default:
		return nil
	}
}
