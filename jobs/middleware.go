package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// supervisor is the outermost middleware around every job. It loads the
// submission, runs the worker, decides the outcome and applies it; River is left
// with retries, snoozes and interruptions only.
type supervisor struct {
	river.MiddlewareDefaults
	pool    *pgxpool.Pool
	running *registry
	metrics *metrics
	log     *slog.Logger
}

// Work implements rivertype.WorkerMiddleware.
func (s *supervisor) Work(ctx context.Context, job *rivertype.JobRow, next func(context.Context) error) error {
	began := time.Now()
	s.metrics.queueWait.WithLabelValues(job.Kind).Observe(max(began.Sub(job.ScheduledAt), 0).Seconds())
	work, err := workOf(job)
	if err != nil {
		return err
	}
	ctx, stopTimer := context.WithTimeoutCause(ctx, timeouts[onboarding.Kind(job.Kind)], errOutOfTime)
	defer stopTimer()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer s.running.add(job.ID, work.SubmissionID, cancel)()

	r := &run{pool: s.pool, jobID: job.ID}
	err = protect(func() error {
		if err := r.load(ctx, work.SubmissionID, work.UserID); err != nil {
			return err
		}
		return next(context.WithValue(ctx, runKey{}, r))
	})
	attempts := work.AttemptsUsed + job.Attempt
	o := decide(err, context.Cause(ctx), attempts, r.submission.Snoozed)
	o, err = s.apply(context.WithoutCancel(ctx), job, r, o, err, attempts)
	s.observe(ctx, job, work, o, err, time.Since(began))
	return o.riverError(err)
}

// apply carries out the outcome in the database and returns what became of it:
// another one if the submission turned out not to be the job's any more, or if it
// could not be written.
func (s *supervisor) apply(ctx context.Context, job *rivertype.JobRow, r *run, o outcome, err error, attempts int) (outcome, error) {
	applyErr := s.write(ctx, job, r, o)
	switch {
	case applyErr == nil:
		return o, err
	case errors.Is(applyErr, onboarding.ErrSuperseded):
		return outcome{action: actionDrop}, applyErr
	case o.action == actionComplete && !postgres.Unavailable(applyErr):
		// The result can't be stored: the run failed after all.
		return s.apply(ctx, job, r, decide(applyErr, nil, attempts, r.submission.Snoozed), applyErr, attempts)
	case o.action == actionComplete || o.action == actionFail:
		// The database is away: later, from the checkpoints.
		return outcome{action: actionSnooze, wait: outageSnooze}, errors.Join(err, applyErr)
	default:
		return o, errors.Join(err, applyErr) // the message is lost, the wait is not
	}
}

func (s *supervisor) write(ctx context.Context, job *rivertype.JobRow, r *run, o outcome) error {
	switch o.action {
	case actionComplete, actionFail:
		return finish(ctx, s.pool, ending{
			submission: r.submission, jobID: job.ID, failure: o.failure, save: r.save, endJob: completeJob(job),
		})
	case actionRetry, actionSnooze:
		return s.sayWaiting(ctx, r, o)
	default:
		return nil
	}
}

func (s *supervisor) sayWaiting(ctx context.Context, r *run, o outcome) error {
	ctx, cancel := context.WithTimeout(ctx, finishTimeout)
	defer cancel()
	var snoozed time.Duration
	if o.counted {
		snoozed = o.wait
	}
	return r.wait(ctx, o.waitPhase(), snoozed)
}

// observe counts and logs one run. It is the only place that logs what a worker
// returned.
func (s *supervisor) observe(ctx context.Context, job *rivertype.JobRow, work Work, o outcome, err error, took time.Duration) {
	s.metrics.runs.WithLabelValues(job.Kind, string(o.action)).Inc()
	s.metrics.runSeconds.WithLabelValues(job.Kind).Observe(took.Seconds())
	attrs := []any{
		"kind", job.Kind, "job_id", job.ID, "submission_id", work.SubmissionID, "attempt", work.AttemptsUsed + job.Attempt,
		"recoveries", work.Recoveries, "outcome", string(o.action), "seconds", took.Seconds(),
	}
	level := slog.LevelInfo
	if o.action == actionFail {
		s.metrics.failures.WithLabelValues(job.Kind, string(o.failure.Code)).Inc()
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
