package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
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
	changer *flow.Changer
	keys    Keys
	running *registry
	cpus    *cpus
	metrics *metrics
}

// Work implements rivertype.WorkerMiddleware.
func (s *supervisor) Work(ctx context.Context, job *rivertype.JobRow, next func(context.Context) error) error {
	began := time.Now()
	s.metrics.queueWait.WithLabelValues(job.Kind, job.Queue).Observe(max(began.Sub(job.ScheduledAt), 0).Seconds())
	timeout := onboarding.Kind(job.Kind).Info().Timeout
	if timeout == 0 { // no submission waits for it
		err := next(ctx)
		s.metrics.ran(job.Kind, detachedAction(ctx, job, err), time.Since(began))
		return err
	}
	work, err := queue.WorkOf(job)
	if err != nil {
		s.changer.Log.ErrorContext(ctx, "job dropped", "kind", job.Kind, "job_id", job.ID, "error", err)
		return nil // the next sweep ends its submission
	}
	ctx, stopTimer := context.WithTimeoutCause(ctx, timeout, errOutOfTime)
	defer stopTimer()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer s.running.add(job.ID, work.SubmissionID, cancel)()

	r := &run{
		row: job, work: work, cpus: s.cpus,
		Claim: flow.Claim{Changer: s.changer, Job: flow.Job{
			ID: job.ID, Queue: job.Queue, Attempts: work.AttemptsUsed + job.Attempt, Recoveries: work.Recoveries,
		}},
	}
	ctx = context.WithValue(ctx, runKey{}, r)
	trace.SpanFromContext(ctx).SetAttributes(attribute.String("submission_id", work.SubmissionID.String()))
	if err = r.Load(ctx, work.SubmissionID); err == nil {
		r.user = s.keys.Fingerprint([]byte(r.Submission.UserID))
	}
	switch {
	case err != nil:
	case job.Queue == queue.Interactive && r.Submission.Kind.NeedsNetwork(r.Submission.Input, false):
		err = errNeedsNetwork // an older release has queued it
	default:
		err = abandon(ctx, abandonAfter, func() error { return next(ctx) })
	}
	spent := spent{attempts: r.Job.Attempts, snoozed: r.Submission.Snoozed}
	if !r.Submission.CreatedAt.IsZero() {
		spent.age = time.Since(r.Submission.CreatedAt)
	}
	d := decide(err, context.Cause(ctx), spent)
	d, err = s.apply(context.WithoutCancel(ctx), r, d, err, spent)
	d.noteEnd(ctx, err)
	s.observe(ctx, r, d, err, time.Since(began))
	return d.riverError(err)
}

// abandonAfter is how long work may continue after its context has ended.
const abandonAfter = 5 * time.Second

// abandon returns the error of do, its panic as an error, or, if do has not returned for that
// long after the end of ctx, the cause of that end. do is then left running: neither a step
// that is in progress nor a stop of the worker may wait for an endless loop.
func abandon(ctx context.Context, after time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- protect(do) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(after):
		return fmt.Errorf("abandoned: %w", context.Cause(ctx))
	}
}

// apply carries out the decision in the database. It returns another one if the submission has
// ended or names another job by now, or if the decision could not be written.
func (s *supervisor) apply(ctx context.Context, r *run, d decision, err error, spent spent) (decision, error) {
	applyErr := s.write(ctx, r, d)
	switch {
	case applyErr == nil:
		d.written = true
		return d, err
	case errors.Is(applyErr, onboarding.ErrSuperseded):
		return decision{action: actionDrop}, applyErr
	case d.action != actionComplete && d.action != actionFail:
		return d, errors.Join(err, applyErr) // only the message to the user is lost
	case postgres.Unavailable(applyErr) && spent.age < outageBudget:
		// The database is unavailable: try again later, from the checkpoints.
		return decision{action: actionSnooze, wait: outageSnooze}, errors.Join(err, applyErr)
	case d.action == actionComplete:
		// The result can't be stored, so the run has failed.
		return s.apply(ctx, r, decide(applyErr, nil, spent), applyErr, spent)
	default:
		// Not even the failure can be stored. The job ends, and the next sweep fails its
		// submission.
		return decision{action: actionDrop}, errors.Join(err, applyErr)
	}
}

func (s *supervisor) write(ctx context.Context, r *run, d decision) error {
	switch d.action {
	case actionComplete, actionFail:
		e := flow.Ending{Failure: d.failure, Revision: r.revision.Load(), Row: r.row}
		if d.action == actionComplete { // abandoned work may still set its result
			e.Result = r.result
		}
		defer func(began time.Time) {
			s.metrics.completionSeconds.WithLabelValues(r.row.Kind).Observe(time.Since(began).Seconds())
		}(time.Now())
		return r.Finish(ctx, e)
	case actionRetry, actionSnooze:
		if r.Submission.ID == uuid.Nil {
			return nil // it could not even be read
		}
		var counted time.Duration
		if d.counted {
			counted = max(d.wait, leastSnooze)
		}
		return r.Wait(ctx, d.waitPhase(), counted)
	case actionInterrupt:
		return r.HandBack(ctx, queue.CompleteJob(r.row))
	case actionMove:
		return r.MoveToNetwork(ctx, queue.CompleteJob(r.row))
	default:
		return nil
	}
}

// observe counts and logs one run. It is the only place that logs what a worker
// returned.
func (s *supervisor) observe(ctx context.Context, r *run, d decision, err error, took time.Duration) {
	kind := r.row.Kind
	s.metrics.ran(kind, d.action, took)
	if d.action == actionComplete || d.action == actionFail {
		s.metrics.attempts.WithLabelValues(kind).Observe(float64(r.Job.Attempts))
	}
	if d.action == actionSnooze {
		s.metrics.snoozed.WithLabelValues(kind, d.snoozeReason()).Add(d.wait.Seconds())
	}
	attrs := []any{
		"kind", kind, "job_id", r.Job.ID, "submission_id", r.work.SubmissionID, "attempt", r.Job.Attempts,
		"recoveries", r.Job.Recoveries, "outcome", string(d.action), "seconds", took.Seconds(),
	}
	level := slog.LevelInfo
	if d.action == actionFail {
		attrs = append(attrs, "code", string(d.failure.Code))
		if d.failure.Code == onboarding.FailureInternal {
			level = slog.LevelError
		}
	}
	if err != nil {
		attrs = append(attrs, "error", err)
	}
	if panicked, ok := errors.AsType[*panicError](err); ok {
		attrs = append(attrs, "stack", string(panicked.stack))
	}
	s.changer.Log.Log(ctx, level, "job run ended", attrs...)
}
