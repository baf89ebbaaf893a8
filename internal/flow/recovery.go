package flow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// What a sweep did with a lost job.
const (
	ResultReplaced = "replaced" // a successor goes on
	resultRetired  = "retired"  // nobody waits for it any more
	resultFailed   = "failed"   // its submission has used up its recoveries
)

// errMoved says that a job that looked lost ended or was replaced meanwhile.
var errMoved = errors.New("the job is not lost")

// The bounds of a sweep, so that one user's locked session does not hold up the
// recovery of the others.
const (
	replaceTimeout = time.Second
	sweepTimeout   = DeadAfter
)

// recoveryBudget is how many workers may be lost at one submission.
const recoveryBudget = 3

// BeatEvery is how often a worker says that it lives, and how often it sweeps.
const BeatEvery = 1500 * time.Millisecond

// DeadAfter is how long a worker may fail to beat before its jobs count as lost.
const DeadAfter = 8 * time.Second

// RecoverAtOnce is how many lost jobs a sweeper has under way.
const RecoverAtOnce = 4

// Recovery replaces the jobs of dead workers and ends the submissions whose job has
// ended without them. Every worker has one.
//
// A job is lost when its row says running, it was taken more than deadAfter ago,
// and the worker that took it last has not named it in a beat younger than that.
// A lost job is retired and replaced by a successor in one transaction, so that
// whatever its worker does later meets a final row and a submission that belongs
// to another job.
type Recovery struct {
	// Steady tells whether the worker may judge others.
	Steady  func() bool
	Lists   *pgxpool.Pool // sees all users
	Pool    *pgxpool.Pool
	River   *river.Client[pgx.Tx]
	Metrics *Metrics
	Log     *slog.Logger
	// Announce is told each session that changes.
	Announce Announce
}

// Run sweeps until ctx ends.
func (r *Recovery) Run(ctx context.Context) {
	ticker := time.NewTicker(BeatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := r.Tick(ctx); err != nil && ctx.Err() == nil {
			r.Log.WarnContext(ctx, "sweep not finished", "error", err)
		}
	}
}

// Tick sweeps if the worker may judge others.
func (r *Recovery) Tick(ctx context.Context) error {
	if !r.Steady() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sweepTimeout)
	defer cancel()
	return r.Sweep(ctx)
}

// Sweep ends the lost jobs and the orphaned submissions, one transaction each. All
// workers find the same lost jobs: each goes through them in an order of its own, so
// that they share them and don't wait in the same row.
func (r *Recovery) Sweep(ctx context.Context) error {
	q := system.New(r.Lists)
	lost, err := q.ListLostJobs(ctx, DeadAfter.Seconds())
	if err != nil {
		return fmt.Errorf("list lost jobs: %w", err)
	}
	rand.Shuffle(len(lost), func(a, b int) { lost[a], lost[b] = lost[b], lost[a] }) //nolint:gosec // no secret
	var group errgroup.Group
	group.SetLimit(RecoverAtOnce)
	for _, job := range lost {
		group.Go(func() error {
			r.do(ctx, job.ID, func(ctx context.Context) (string, error) { return r.Replace(ctx, job) })
			return nil
		})
	}
	_ = group.Wait() // do tells what failed
	orphans, err := q.ListOrphans(ctx)
	if err != nil {
		return fmt.Errorf("list orphaned submissions: %w", err)
	}
	for _, orphan := range orphans {
		r.do(ctx, orphan.JobID, func(ctx context.Context) (string, error) { return r.adopt(ctx, orphan) })
	}
	if err := q.DeleteOldBeats(ctx); err != nil {
		return fmt.Errorf("delete old beats: %w", err)
	}
	return nil
}

// do runs one piece of recovery within its time and counts and logs what it did.
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

// adopt fails a submission whose job has ended without it. If the job is not even
// there any more, nobody cancelled it: another takes its place.
func (r *Recovery) adopt(ctx context.Context, orphan system.ListOrphansRow) (string, error) {
	if orphan.Missing {
		return ResultReplaced, r.requeue(ctx, orphan)
	}
	failure := &onboarding.Failure{Code: onboarding.FailureInternal}
	if orphan.Cancelled {
		failure.Code = onboarding.FailureCancelled
	}
	submission, err := postgres.SubmissionByID(ctx, postgres.AsUser(r.Pool, orphan.UserID), orphan.ID)
	if err != nil {
		return "", err
	}
	var work queue.Work
	_ = json.Unmarshal(orphan.Args, &work) // who reads nothing there has used up nothing that is known
	return resultFailed, Finish(ctx, r.Pool, Ending{
		Submission: submission, JobID: orphan.JobID, Attempts: work.AttemptsUsed + int(orphan.Attempt), Recoveries: work.Recoveries,
		Failure: failure, River: r.River, Announce: r.Announce, Metrics: r.Metrics,
		EndJob: func(context.Context, pgx.Tx, *postgres.Queries) error { return nil },
	})
}

// requeue gives a submission whose job's row is gone another job: the last one,
// because nobody knows what the former have used up.
func (r *Recovery) requeue(ctx context.Context, orphan system.ListOrphansRow) error {
	var (
		work       = queue.Work{SubmissionID: orphan.ID, UserID: orphan.UserID, Recoveries: recoveryBudget - 1}
		submission onboarding.Submission
	)
	err := postgres.InTx(ctx, r.Pool, orphan.UserID, func(tx pgx.Tx, q *postgres.Queries) (err error) {
		if submission, _, err = lockSubmission(ctx, q, orphan.JobID, work); err != nil {
			return err
		}
		lost := system.ListLostJobsRow{ID: orphan.JobID, Attempt: 1, Kind: string(submission.Kind), Queue: queue.Interactive}
		return queueSuccessor(ctx, tx, q, r.River, lost, afterLoss(work, lost), submission)
	})
	if err == nil {
		r.tell(submission, ResultReplaced)
	}
	return err
}

// tell announces the session of a submission that was moved or ended, and counts an end.
func (r *Recovery) tell(submission onboarding.Submission, result string) {
	r.Announce.Changed(submission.SessionID)
	if result == resultFailed {
		r.Metrics.ended(submission, &onboarding.Failure{Code: onboarding.FailureWorkerLost}, onboarding.StepInProgress)
	}
}

// Replace ends a lost job and, if its submission still wants it, queues the
// successor: session, step, submission, job, in one transaction. It returns what
// was done.
func (r *Recovery) Replace(ctx context.Context, lost system.ListLostJobsRow) (result string, err error) {
	var (
		work       queue.Work
		submission onboarding.Submission
	)
	if err := json.Unmarshal(lost.Args, &work); err != nil {
		// Nobody can run it; its submission is an orphan from now on.
		return resultRetired, retire(ctx, postgres.New(r.Pool), lost)
	}
	ctx = queue.WithTraceOf(ctx, lost.Metadata) // the successor's as well
	err = postgres.InTx(ctx, r.Pool, work.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		submission, result, err = r.replaceTx(ctx, tx, q, lost, work)
		return err
	})
	if err == nil && result != resultRetired {
		r.tell(submission, result)
	}
	return result, err
}

func (r *Recovery) replaceTx(
	ctx context.Context, tx pgx.Tx, q *postgres.Queries, lost system.ListLostJobsRow, work queue.Work,
) (submission onboarding.Submission, result string, err error) {
	submission, status, err := lockSubmission(ctx, q, lost.ID, work)
	switch {
	case errors.Is(err, onboarding.ErrSuperseded):
		return submission, resultRetired, retire(ctx, q, lost)
	case err != nil:
		return submission, "", err
	case work.Recoveries >= recoveryBudget:
		return submission, resultFailed, Ending{
			Submission: submission, JobID: lost.ID, Attempts: work.AttemptsUsed + int(lost.Attempt), Recoveries: work.Recoveries,
			Failure: &onboarding.Failure{Code: onboarding.FailureWorkerLost}, River: r.River,
			EndJob: func(ctx context.Context, _ pgx.Tx, q *postgres.Queries) error { return retire(ctx, q, lost) },
		}.write(ctx, tx, q, status, submission.Progress)
	}
	if err := queueSuccessor(ctx, tx, q, r.River, lost, afterLoss(work, lost), submission); err != nil {
		return submission, "", err
	}
	return submission, ResultReplaced, retire(ctx, q, lost)
}

// lockSubmission takes the locks of session and step and returns the submission
// with the step's status, or onboarding.ErrSuperseded if it does not wait for this
// job any more.
func lockSubmission(ctx context.Context, q *postgres.Queries, jobID int64, work queue.Work) (
	submission onboarding.Submission, status onboarding.StepStatus, err error,
) {
	lock := func(q *postgres.Queries) (err error) {
		if err := LockSession(ctx, q, work.UserID); err != nil {
			return err
		}
		submission, err = postgres.SubmissionByID(ctx, q, work.SubmissionID)
		return err
	}
	p := postgres.NewPipeline()
	_ = lock(p.Queries)
	err = p.Read(ctx, q, lock)
	switch {
	case errors.Is(err, onboarding.ErrNotFound):
		return submission, "", onboarding.ErrSuperseded
	case err != nil:
		return submission, "", err
	case submission.JobID != jobID || submission.Status != onboarding.SubmissionInProgress:
		return submission, "", onboarding.ErrSuperseded
	}
	if submission.Step == 0 {
		return submission, "", nil
	}
	step, err := q.LockStep(ctx, postgres.LockStepParams{SessionID: submission.SessionID, Step: submission.Step})
	if err != nil {
		return submission, "", fmt.Errorf("lock step %d: %w", submission.Step, err)
	}
	return submission, step.Status, nil
}

// afterLoss are the args of the successor of a lost job.
func afterLoss(work queue.Work, lost system.ListLostJobsRow) queue.Work {
	work.Recoveries++
	work.AttemptsUsed += int(lost.Attempt) - 1 // the attempt that was lost is not a failed one
	return work
}

// queueSuccessor queues the job that goes on and moves the submission to it, with the step
// event of that.
func queueSuccessor(
	ctx context.Context, tx pgx.Tx, q *postgres.Queries, client *river.Client[pgx.Tx], lost system.ListLostJobsRow, work queue.Work, submission onboarding.Submission,
) error {
	successor, err := client.InsertTx(ctx, tx, queue.Args{Name: lost.Kind, Work: work}, queue.InsertOpts(lost.Queue))
	if err != nil {
		return fmt.Errorf("queue successor: %w", err)
	}
	next, p := submission.Progress.Enter(onboarding.PhaseRecovering), postgres.NewPipeline()
	_, _ = p.ReplaceJob(ctx, postgres.ReplaceJobParams{
		SuccessorID: successor.Job.ID, ID: work.SubmissionID, JobID: lost.ID,
		Progress: next.Value, ProgressCeiling: next.Ceiling, Phase: next.Phase, Message: next.Message,
	})
	_ = recordStep(ctx, p.Queries, submission)
	counts, err := p.Run(ctx, q)
	if err == nil && counts[0] == 0 {
		err = errMoved
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
		return errMoved
	}
	return nil
}
