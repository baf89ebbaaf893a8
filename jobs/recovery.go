package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// The clockwork of recovery. A worker that is killed is replaced after deadAfter,
// its last beat and the next sweep: 8 to 12 s.
const (
	beatEvery = 2 * time.Second
	deadAfter = 8 * time.Second
)

// What a sweep did with a lost job.
const (
	resultReplaced = "replaced" // a successor goes on
	resultRetired  = "retired"  // nobody waits for it any more
	resultFailed   = "failed"   // its submission has used up its recoveries
)

// errAlive says that a job that looked lost moved meanwhile.
var errAlive = errors.New("the job is not lost")

// recovery beats for its worker and replaces the jobs of dead ones.
//
// A job is lost when its row says running, it was taken more than deadAfter ago,
// and the worker that took it last has not named it in a beat younger than that.
// A lost job is retired and replaced by a successor in one transaction, so that
// whatever its worker does later meets a final row and a submission that belongs
// to another job.
type recovery struct {
	clientID string
	system   *pgxpool.Pool // one connection of its own
	app      *pgxpool.Pool
	river    *river.Client[pgx.Tx]
	running  *registry
	metrics  *metrics
	log      *slog.Logger

	// steadySince is when the present gap-free row of beats began, lastBeat when
	// the newest was written.
	steadySince, lastBeat time.Time
}

// run beats and sweeps until ctx ends.
func (r *recovery) run(ctx context.Context) {
	ticker := time.NewTicker(beatEvery)
	defer ticker.Stop()
	for {
		r.tick(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// tick beats, and sweeps if the beats have been free of gaps for deadAfter: after
// an outage of the database nobody's beats are young, and nobody is dead.
func (r *recovery) tick(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, deadAfter)
	defer cancel()
	if err := r.beat(ctx); err != nil {
		r.metrics.beats.WithLabelValues("error").Inc()
		if ctx.Err() == nil {
			r.log.WarnContext(ctx, "beat not written", "error", err)
		}
		return
	}
	r.metrics.beats.WithLabelValues("ok").Inc()
	if time.Since(r.steadySince) < deadAfter {
		return
	}
	if err := r.sweep(ctx); err != nil {
		r.log.WarnContext(ctx, "sweep not finished", "error", err)
	}
}

// beat writes which jobs run here and cancels those that are no longer wanted.
func (r *recovery) beat(ctx context.Context) error {
	jobIDs, submissionIDs := r.running.list()
	beatCtx, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	unwanted, err := system.New(r.system).Beat(beatCtx, system.BeatParams{
		ClientID: r.clientID, JobIds: jobIDs, SubmissionIds: submissionIDs,
	})
	if err != nil {
		return err
	}
	now := time.Now()
	if now.Sub(r.lastBeat) > 2*beatEvery {
		r.steadySince = now
	}
	r.lastBeat = now
	for _, id := range unwanted {
		r.running.cancel(id, onboarding.ErrSuperseded)
	}
	return nil
}

// end withdraws the worker's beat, so that what it still holds is lost at once.
func (r *recovery) end(ctx context.Context) error {
	return system.New(r.system).EndBeats(ctx, r.clientID)
}

// sweep replaces the lost jobs, one transaction each.
func (r *recovery) sweep(ctx context.Context) error {
	q := system.New(r.system)
	lost, err := q.ListLostJobs(ctx, deadAfter.Seconds())
	if err != nil {
		return fmt.Errorf("list lost jobs: %w", err)
	}
	for _, job := range lost {
		result, err := r.replace(ctx, job)
		switch {
		case errors.Is(err, errAlive):
			continue // another sweeper was faster, or the job ended
		case err != nil:
			r.log.ErrorContext(ctx, "lost job not replaced", "job_id", job.ID, "kind", job.Kind, "error", err)
			continue
		}
		r.metrics.recoveries.WithLabelValues(result).Inc()
		r.log.WarnContext(ctx, "lost job ended", "job_id", job.ID, "kind", job.Kind, "result", result)
	}
	if err := q.DeleteOldBeats(ctx); err != nil {
		return fmt.Errorf("delete old beats: %w", err)
	}
	return nil
}

// replace ends a lost job and, if its submission still wants it, queues the
// successor: session, step, submission, job, in one transaction. It returns what
// was done.
func (r *recovery) replace(ctx context.Context, lost system.ListLostJobsRow) (result string, err error) {
	var work Work
	if err := json.Unmarshal(lost.Args, &work); err != nil {
		return "", fmt.Errorf("decode args: %w", err)
	}
	err = postgres.InTx(ctx, r.app, work.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		result, err = r.replaceTx(ctx, tx, q, lost, work)
		return err
	})
	return result, err
}

func (r *recovery) replaceTx(ctx context.Context, tx pgx.Tx, q *postgres.Queries, lost system.ListLostJobsRow, work Work) (string, error) {
	submission, status, err := r.lockSubmission(ctx, q, lost.ID, work)
	switch {
	case errors.Is(err, onboarding.ErrSuperseded):
		return resultRetired, retire(ctx, q, lost)
	case err != nil:
		return "", err
	case work.Recoveries >= recoveryBudget:
		return resultFailed, ending{
			submission: submission, jobID: lost.ID, failure: &onboarding.Failure{Code: onboarding.FailureWorkerLost},
			endJob: func(ctx context.Context, _ pgx.Tx, q *postgres.Queries) error { return retire(ctx, q, lost) },
		}.write(ctx, tx, q, status)
	}
	if err := r.insertSuccessor(ctx, tx, q, lost, work); err != nil {
		return "", err
	}
	if err := recordStep(ctx, q, submission); err != nil {
		return "", err
	}
	return resultReplaced, retire(ctx, q, lost)
}

// lockSubmission takes the locks of session and step and returns the submission
// with the step's status, or onboarding.ErrSuperseded if it does not wait for this
// job any more.
func (r *recovery) lockSubmission(ctx context.Context, q *postgres.Queries, jobID int64, work Work) (
	submission onboarding.Submission, status onboarding.StepStatus, err error,
) {
	if err := lockSession(ctx, q, work.UserID); err != nil {
		return submission, "", err
	}
	submission, err = postgres.SubmissionByID(ctx, q, work.SubmissionID)
	switch {
	case errors.Is(err, onboarding.ErrNotFound):
		return submission, "", onboarding.ErrSuperseded
	case err != nil:
		return submission, "", err
	case submission.JobID != jobID || submission.Status != onboarding.SubmissionInProgress:
		return submission, "", onboarding.ErrSuperseded
	}
	status, err = lockStep(ctx, q, submission)
	return submission, status, err
}

func (r *recovery) insertSuccessor(ctx context.Context, tx pgx.Tx, q *postgres.Queries, lost system.ListLostJobsRow, work Work) error {
	work.Recoveries++
	work.AttemptsUsed += int(lost.Attempt) - 1 // the attempt that was lost is not a failed one
	successor, err := r.river.InsertTx(ctx, tx, kindArgs{kind: lost.Kind, Work: work}, insertOpts(lost.Queue))
	if err != nil {
		return fmt.Errorf("queue successor: %w", err)
	}
	phase := onboarding.PhaseRecovering
	moved, err := q.ReplaceJob(ctx, postgres.ReplaceJobParams{
		SuccessorID: successor.Job.ID, ID: work.SubmissionID, JobID: lost.ID, Phase: phase.Name, Message: phase.Message,
	})
	if err == nil && moved == 0 {
		err = errAlive
	}
	if err != nil {
		return fmt.Errorf("move submission %s to its successor: %w", work.SubmissionID, err)
	}
	return nil
}

// retire ends the row of a lost job, unless it moved meanwhile.
func retire(ctx context.Context, q *postgres.Queries, lost system.ListLostJobsRow) error {
	ended, err := q.RetireJob(ctx, postgres.RetireJobParams{
		ID: lost.ID, Attempt: lost.Attempt, AttemptedAt: &lost.AttemptedAt, Reason: "its worker was lost",
	})
	if err != nil {
		return fmt.Errorf("retire job %d: %w", lost.ID, err)
	}
	if ended == 0 {
		return errAlive
	}
	return nil
}
