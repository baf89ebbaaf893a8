package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// Results of the recovery of a lost job.
const (
	resultReplaced = "replaced" // a successor goes on
	resultRetired  = "retired"  // its submission no longer needs it
	resultFailed   = "failed"   // its submission has used up its recoveries
)

// errMoved means that a job that looked lost has ended or was replaced meanwhile.
var errMoved = errors.New("the job is not lost")

// The bounds of a sweep, so that one user's locked session does not hold up the
// recovery of the others.
const (
	replaceTimeout = time.Second
	sweepTimeout   = DeadAfter
)

// recoveryBudget is how many workers may be lost at one submission.
const recoveryBudget = 3

// BeatEvery is the interval of heartbeats and of sweeps.
const BeatEvery = 1500 * time.Millisecond

// DeadAfter is how long a worker may go without a heartbeat before its jobs count as lost.
const DeadAfter = 8 * time.Second

// recoverAtOnce is how many lost jobs a sweep recovers at a time.
const recoverAtOnce = 4

// Recovery replaces the jobs of dead workers and ends the submissions whose job has
// ended without them. Every worker has one.
//
// A job is lost when its row is in state running, it was taken more than DeadAfter ago,
// and the worker that took it last has not named it in a heartbeat younger than that.
// A lost job is retired and replaced by a successor in one transaction, so that
// whatever its worker does later meets a final row and a submission that belongs
// to another job.
type Recovery struct {
	*Changer
	// Lists sees all users.
	Lists *pgxpool.Pool
	// Steady reports whether the worker's own heartbeats have been regular for long enough to
	// judge others.
	Steady func() bool
}

// Run sweeps until ctx ends.
func (r *Recovery) Run(ctx context.Context) {
	queue.Every(ctx, BeatEvery, func(ctx context.Context) {
		if err := r.Tick(ctx); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "sweep not finished", "error", err)
		}
	})
}

// Tick sweeps once if Steady allows it.
func (r *Recovery) Tick(ctx context.Context) error {
	if !r.Steady() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	return r.sweep(ctx)
}

// sweep recovers the lost jobs and the orphaned submissions, one transaction each. All
// workers find the same lost jobs. Each takes them in a random order, so that they share the
// work and don't queue for the same row.
func (r *Recovery) sweep(ctx context.Context) error {
	q := system.New(r.Lists)
	lost, err := q.ListLostJobs(ctx, DeadAfter.Seconds())
	if err != nil {
		return fmt.Errorf("list lost jobs: %w", err)
	}
	rand.Shuffle(len(lost), func(a, b int) { lost[a], lost[b] = lost[b], lost[a] }) //nolint:gosec // no secret
	var group errgroup.Group
	group.SetLimit(recoverAtOnce)
	for _, job := range lost {
		group.Go(func() error {
			r.do(ctx, job.ID, func(ctx context.Context) (string, error) { return r.replace(ctx, job) })
			return nil
		})
	}
	_ = group.Wait() // do logs what failed
	orphans, err := q.ListOrphans(ctx)
	if err != nil {
		return fmt.Errorf("list orphaned submissions: %w", err)
	}
	for _, orphan := range orphans {
		r.do(ctx, orphan.JobID, func(ctx context.Context) (string, error) { return r.endOrphan(ctx, orphan) })
	}
	users, err := q.ListReleasable(ctx, NetworkShare)
	if err != nil {
		return fmt.Errorf("list held work: %w", err)
	}
	r.releaseLost(ctx, users)
	if err := q.DeleteOldBeats(ctx); err != nil {
		return fmt.Errorf("delete old beats: %w", err)
	}
	return nil
}

// do runs one piece of recovery with a timeout, and counts and logs the result.
func (r *Recovery) do(ctx context.Context, jobID int64, recover func(context.Context) (string, error)) {
	ctx, cancel := context.WithTimeout(ctx, replaceTimeout)
	defer cancel()
	result, err := recover(ctx)
	switch {
	case errors.Is(err, errMoved), errors.Is(err, onboarding.ErrSuperseded):
		return // another sweeper was faster, or the work went on
	case err != nil:
		r.Log.ErrorContext(ctx, "lost job not recovered", "job_id", jobID, "error", err)
	default:
		r.Metrics.recoveries.WithLabelValues(result).Inc()
		r.Log.WarnContext(ctx, "lost job recovered", "job_id", jobID, "result", result)
	}
}

// endOrphan fails a submission whose job has ended without it. If the job's row is gone,
// it was not cancelled: another job takes its place.
func (r *Recovery) endOrphan(ctx context.Context, orphan system.ListOrphansRow) (string, error) {
	var work queue.Work
	_ = json.Unmarshal(orphan.Args, &work) // unreadable args count as nothing used up
	claim := &Claim{Changer: r.Changer, Job: Job{
		ID: orphan.JobID, Queue: orphan.Queue, Attempts: work.AttemptsUsed + int(orphan.Attempt), Recoveries: work.Recoveries,
	}}
	if err := claim.Load(ctx, orphan.ID); err != nil {
		return "", err
	}
	if orphan.Missing {
		return resultReplaced, claim.requeue(ctx)
	}
	failure := &onboarding.Failure{Code: onboarding.FailureInternal}
	if orphan.Cancelled {
		failure.Code = onboarding.FailureCancelled
	}
	return resultFailed,
		claim.Finish(ctx, Ending{Failure: failure})
}

// requeue gives a submission whose job's row is gone one last job: what the former jobs have
// used up is not known.
func (r *Claim) requeue(ctx context.Context) error {
	r.Job.Attempts = 1
	err := postgres.InTx(ctx, r.Pool, r.Submission.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		current, err := r.lockOwned(ctx, q)
		if err != nil {
			return err
		}
		return r.queueSuccessor(ctx, q, recoveryBudget, current)
	})
	if err == nil {
		r.changed()
	}
	return err
}

// replace ends a lost job and, if its submission still needs one, queues the successor:
// session, step, submission, job, in one transaction. It returns what was done.
func (r *Recovery) replace(ctx context.Context, lost system.ListLostJobsRow) (result string, err error) {
	var work queue.Work
	if err := json.Unmarshal(lost.Args, &work); err != nil {
		// No worker can run it. Its submission is now an orphan.
		return resultRetired, retire(ctx, postgres.New(r.Lists), lost)
	}
	claim := &Claim{Changer: r.Changer, Job: Job{
		ID: lost.ID, Queue: lost.Queue, Attempts: work.AttemptsUsed + int(lost.Attempt), Recoveries: work.Recoveries,
	}}
	ctx = queue.WithTraceOf(ctx, lost.Metadata) // the successor belongs to it as well
	err = claim.Load(ctx, work.SubmissionID)
	if errors.Is(err, onboarding.ErrSuperseded) {
		return resultRetired, retire(ctx, postgres.New(r.Lists), lost)
	}
	if err != nil {
		return "", err
	}
	err = postgres.InTx(ctx, r.Pool, claim.Submission.UserID, func(tx pgx.Tx, q *postgres.Queries) (err error) {
		result, err = claim.replaceTx(ctx, tx, q, lost)
		return err
	})
	if err != nil || result == resultRetired {
		return result, err
	}
	claim.changed()
	if result == resultFailed {
		claim.ended()
		r.Metrics.finished(claim.Submission, &onboarding.Failure{Code: onboarding.FailureWorkerLost},
			onboarding.StepInProgress)
	}
	return result, nil
}

func (r *Claim) replaceTx(
	ctx context.Context, tx pgx.Tx, q *postgres.Queries, lost system.ListLostJobsRow,
) (result string, err error) {
	current, err := r.lockOwned(ctx, q)
	switch {
	case errors.Is(err, onboarding.ErrSuperseded):
		return resultRetired, retire(ctx, q, lost)
	case err != nil:
		return "", err
	case r.Job.Recoveries >= recoveryBudget:
		return resultFailed, r.end(ctx, tx, q, Ending{
			Failure: &onboarding.Failure{Code: onboarding.FailureWorkerLost},
			EndJob:  func(ctx context.Context, _ pgx.Tx) error { return retire(ctx, q, lost) },
		})
	}
	if err := r.queueSuccessor(ctx, q, r.Job.Recoveries+1, current); err != nil {
		return "", err
	}
	return resultReplaced, retire(ctx, q, lost)
}

// retire ends the row of a lost job. It returns errMoved if the row has changed meanwhile.
func retire(ctx context.Context, q *postgres.Queries, lost system.ListLostJobsRow) error {
	ended, err := q.RetireJob(ctx, app.RetireJobParams{
		ID: lost.ID, Attempt: int32(lost.Attempt), AttemptedAt: lost.AttemptedAt, Reason: "its worker was lost",
	})
	if err != nil {
		return fmt.Errorf("retire job %d: %w", lost.ID, err)
	}
	if ended == 0 {
		return errMoved
	}
	return nil
}
