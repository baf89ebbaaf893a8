package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// supervisor is the outermost middleware around every job. It loads the
// submission, runs the worker, decides the outcome and applies it; River is left
// with retries and snoozes only.
type supervisor struct {
	river.MiddlewareDefaults
	pool    *pgxpool.Pool
	river   *river.Client[pgx.Tx]
	keys    Keys
	running *registry
	metrics *metrics
	log     *slog.Logger
	// announce is told each session that changes.
	announce flow.Announce
}

// Work implements rivertype.WorkerMiddleware.
func (s *supervisor) Work(ctx context.Context, job *rivertype.JobRow, next func(context.Context) error) error {
	limit, ok := flow.Timeouts[onboarding.Kind(job.Kind)]
	began := time.Now()
	s.metrics.queueWait.WithLabelValues(job.Kind, job.Queue).Observe(max(began.Sub(job.ScheduledAt), 0).Seconds())
	if !ok { // upkeep, which no submission waits for
		err := next(ctx)
		s.metrics.ran(job.Kind, upkeepAction(ctx, job, err), time.Since(began))
		return err
	}
	work, err := queue.WorkOf(job)
	if err != nil {
		s.log.ErrorContext(ctx, "job dropped", "kind", job.Kind, "job_id", job.ID, "error", err)
		return nil // the sweep ends its submission
	}
	ctx, stopTimer := context.WithTimeoutCause(ctx, limit, errOutOfTime)
	defer stopTimer()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer s.running.add(job.ID, work.SubmissionID, cancel)()

	r := &run{
		Claim: flow.Claim{Pool: s.pool, JobID: job.ID, Announce: s.announce},
		kind:  job.Kind, work: work, user: s.keys.Fingerprint([]byte(work.UserID)), attempts: work.AttemptsUsed + job.Attempt,
	}
	ctx = context.WithValue(ctx, runKey{}, r)
	trace.SpanFromContext(ctx).SetAttributes(attribute.String("submission_id", work.SubmissionID.String()))
	if err = r.Load(ctx, work.SubmissionID, work.UserID); err == nil {
		err = abandon(ctx, abandonAfter, func() error { return next(ctx) })
	}
	spent := spent{attempts: r.attempts, snoozed: r.Submission.Snoozed}
	if !r.Submission.CreatedAt.IsZero() {
		spent.age = time.Since(r.Submission.CreatedAt)
	}
	o := decide(err, context.Cause(ctx), spent)
	o, err = s.apply(context.WithoutCancel(ctx), job, r, o, err, spent)
	s.observe(ctx, job, work, o, err, time.Since(began))
	return o.riverError(err)
}

// abandonAfter is how long work may go on after its context has ended.
const abandonAfter = 5 * time.Second

// abandon returns what do returns, its panic as an error, or the cause of ctx's end
// when do ignores that for so long that it is left behind: neither a step that is in
// progress nor a stop of the worker may wait for a loop.
func abandon(ctx context.Context, after time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- protect(do) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("left behind: %w", context.Cause(ctx))
	}
}

// apply carries out the outcome in the database and returns what became of it:
// another one if the submission turned out not to be the job's any more, or if it
// could not be written.
func (s *supervisor) apply(ctx context.Context, job *rivertype.JobRow, r *run, o outcome, err error, spent spent) (outcome, error) {
	applyErr := s.write(ctx, job, r, o)
	switch {
	case applyErr == nil:
		o.written = true
		return o, err
	case errors.Is(applyErr, onboarding.ErrSuperseded):
		return outcome{action: actionDrop}, applyErr
	case o.action != actionComplete && o.action != actionFail:
		return o, errors.Join(err, applyErr) // the message is lost, the wait is not
	case postgres.Unavailable(applyErr) && spent.age < outageBudget:
		// The database is away: later, from the checkpoints.
		return outcome{action: actionSnooze, wait: outageSnooze}, errors.Join(err, applyErr)
	case o.action == actionComplete:
		// The result can't be stored: the run failed after all.
		return s.apply(ctx, job, r, decide(applyErr, nil, spent), applyErr, spent)
	default:
		// Not even the failure can be stored: the job ends without its submission,
		// which the sweep then fails.
		return outcome{action: actionDrop}, errors.Join(err, applyErr)
	}
}

func (s *supervisor) write(ctx context.Context, job *rivertype.JobRow, r *run, o outcome) error {
	switch o.action {
	case actionComplete, actionFail:
		work, err := queue.WorkOf(job)
		if err != nil {
			return err
		}
		e := flow.Ending{
			Submission: r.Submission, JobID: job.ID, Attempts: r.attempts, Recoveries: work.Recoveries, Failure: o.failure,
			River: s.river, EndJob: queue.CompleteJob(job), Announce: s.announce, Metrics: s.metrics.outcomes,
		}
		if o.action == actionComplete { // work that was left behind may still write its result
			e.Save = r.save
		}
		defer func(began time.Time) {
			s.metrics.completionSeconds.WithLabelValues(job.Kind).Observe(time.Since(began).Seconds())
		}(time.Now())
		return flow.Finish(ctx, s.pool, e)
	case actionRetry, actionSnooze:
		if r.Submission.ID == uuid.Nil {
			return nil // it could not even be read
		}
		return s.sayWaiting(ctx, r, o)
	case actionInterrupt:
		return flow.HandBack(ctx, s.river, job, &r.Claim, queue.CompleteJob(job))
	default:
		return nil
	}
}

func (s *supervisor) sayWaiting(ctx context.Context, r *run, o outcome) error {
	ctx, cancel := context.WithTimeout(ctx, flow.FinishTimeout)
	defer cancel()
	var snoozed time.Duration
	if o.counted {
		snoozed = max(o.wait, leastSnooze)
	}
	return r.EnterWith(ctx, o.waitPhase(), snoozed, func(*postgres.Queries, *postgres.Pipeline) error { return nil })
}

// observe counts and logs one run. It is the only place that logs what a worker
// returned.
func (s *supervisor) observe(ctx context.Context, job *rivertype.JobRow, work queue.Work, o outcome, err error, took time.Duration) {
	s.metrics.ran(job.Kind, o.action, took)
	if o.action == actionComplete || o.action == actionFail {
		s.metrics.attempts.WithLabelValues(job.Kind).Observe(float64(work.AttemptsUsed + job.Attempt))
	}
	if o.action == actionSnooze {
		s.metrics.snoozed.WithLabelValues(job.Kind, o.snoozeReason()).Add(o.wait.Seconds())
	}
	attrs := []any{
		"kind", job.Kind, "job_id", job.ID, "submission_id", work.SubmissionID, "attempt", work.AttemptsUsed + job.Attempt,
		"recoveries", work.Recoveries, "outcome", string(o.action), "seconds", took.Seconds(),
	}
	level := slog.LevelInfo
	if o.action == actionFail {
		attrs = append(attrs, "code", string(o.failure.Code))
		if o.failure.Code == onboarding.FailureInternal {
			level = slog.LevelError
		}
	}
	if err != nil {
		attrs = append(attrs, "error", err)
	}
	var panicked *panicError
	if errors.As(err, &panicked) {
		attrs = append(attrs, "stack", string(panicked.stack))
	}
	s.log.Log(ctx, level, "job run ended", attrs...)
}
