package flow

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// HandBack queues a successor for a job that a stopping worker does not finish, and ends the
// job, in one transaction. Like a lost job it is replaced, not run again, so that whatever
// its worker still does can't affect another run. It uses up neither an attempt nor a recovery.
func (r *Claim) HandBack(ctx context.Context, endJob EndJob) error {
	return r.handOver(ctx, "hand back", endJob, func(context.Context, *postgres.Queries, *onboarding.Submission) error {
		return nil
	})
}

// MoveToNetwork hands a job that turns out to wait for the network over to a successor in the
// queue for that, as HandBack does. The successor is held if the user's share is used up.
func (r *Claim) MoveToNetwork(ctx context.Context, endJob EndJob) error {
	return r.handOver(ctx, "move", endJob, func(
		ctx context.Context, q *postgres.Queries, current *onboarding.Submission,
	) error {
		running, err := q.CountRunning(ctx, r.Submission.SessionID)
		if err != nil {
			return fmt.Errorf("count running submissions: %w", err)
		}
		current.Network, current.Held = true, running.Network >= NetworkShare
		r.Job.Queue = queue.Network
		return nil
	})
}

// handOver ends a job and queues its successor, which place may put elsewhere.
func (r *Claim) handOver(ctx context.Context, what string, endJob EndJob,
	place func(context.Context, *postgres.Queries, *onboarding.Submission) error,
) error {
	if r.Submission.ID == uuid.Nil {
		return fmt.Errorf("%s job %d: its submission was not read", what, r.Job.ID)
	}
	ctx, cancel := context.WithTimeout(ctx, WriteTimeout)
	defer cancel()
	err := postgres.InTx(ctx, r.Pool, r.Submission.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		current, err := r.lockOwned(ctx, q)
		if err == nil {
			err = place(ctx, q, &current)
		}
		if err != nil {
			return err
		}
		if err := r.queueSuccessor(ctx, q, r.Job.Recoveries, current); err != nil {
			return err
		}
		return endJob(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("%s job %d: %w", what, r.Job.ID, err)
	}
	r.changed()
	return nil
}

// lockOwned is lock. It returns onboarding.ErrSuperseded if the submission has ended or names
// another job.
func (r *Claim) lockOwned(ctx context.Context, q *postgres.Queries) (onboarding.Submission, error) {
	current, err := r.lock(ctx, q)
	if err == nil && (current.JobID != r.Job.ID || current.Status != onboarding.SubmissionInProgress) {
		err = onboarding.ErrSuperseded
	}
	return current, err
}

// queueSuccessor queues the job that takes over, in the queue of this one, points the submission to
// it and writes the step event. The present attempt does not count as failed. The successor of a
// job that is held, which only an operator can end, is held as well.
func (r *Claim) queueSuccessor(
	ctx context.Context, q *postgres.Queries, recoveries int, current onboarding.Submission,
) error {
	s := r.Submission
	work := queue.Work{SubmissionID: s.ID, Recoveries: recoveries, AttemptsUsed: r.Job.Attempts - 1}
	job, err := r.Wakings.Job(ctx, string(s.Kind), work, r.Job.Queue, current.Held)
	if err != nil {
		return err
	}
	successor, err := q.QueueJob(ctx, job)
	if err != nil {
		return fmt.Errorf("queue successor: %w", err)
	}
	phase := onboarding.PhaseRecovering
	if current.Held {
		phase = onboarding.QueuedPhase(s.Kind, true)
	}
	next, p := current.Progress.Enter(phase), postgres.NewPipeline()
	_, _ = p.ReplaceJob(ctx, app.ReplaceJobParams{
		SuccessorID: successor, ID: s.ID, JobID: r.Job.ID, Network: current.Network, Held: current.Held,
		Progress: next.Value, ProgressCeiling: next.Ceiling, Phase: next.Phase, Message: next.Message,
	})
	r.record(ctx, p)
	if err := r.run(ctx, p, q, errMoved); err != nil {
		return fmt.Errorf("move submission %s to its successor: %w", s.ID, err)
	}
	return nil
}
