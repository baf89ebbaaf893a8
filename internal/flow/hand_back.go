package flow

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// HandBack queues a successor for a job that a stopping worker does not finish, and
// ends the job, in one transaction: like a lost one it is replaced, not run again, so
// that nothing that its worker still does or has left behind meets another's run. It
// uses up neither an attempt nor a recovery. endJob ends the job's own row.
func HandBack(
	ctx context.Context, client *river.Client[pgx.Tx], job *rivertype.JobRow, r *Claim, endJob func(context.Context, pgx.Tx, *postgres.Queries) error,
) error {
	if r.Submission.ID == uuid.Nil {
		return fmt.Errorf("hand back job %d: its submission was not read", job.ID)
	}
	work, err := queue.WorkOf(job)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, FinishTimeout)
	defer cancel()
	err = postgres.InTx(ctx, r.Pool, work.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		submission, _, err := lockSubmission(ctx, q, job.ID, work)
		if err != nil {
			return err
		}
		next := work
		next.AttemptsUsed += job.Attempt - 1
		if err := queueSuccessor(ctx, tx, q, client, system.ListLostJobsRow{ID: job.ID, Kind: job.Kind, Queue: job.Queue}, next, submission); err != nil {
			return err
		}
		return endJob(ctx, tx, q)
	})
	if err != nil {
		return fmt.Errorf("hand back job %d: %w", job.ID, err)
	}
	if r.Submission.Step != 0 {
		r.Announce.Changed(r.Submission.SessionID)
	}
	return nil
}
