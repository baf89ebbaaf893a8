//go:build chaosswitch

package jobs

import (
	"context"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres"
)

// defect tells whether the environment asks for that defect.
func defect(name string) bool { return os.Getenv("CHAOS_SWITCH") == name }

// unfence makes a submission look as if it were the job's, whatever it is.
func unfence(ctx context.Context, tx pgx.Tx, submissionID uuid.UUID, jobID int64) error {
	if !defect("fence") {
		return nil
	}
	_, err := tx.Exec(ctx, `update submissions set job_id = $2, status = 'in_progress', finished_at = null, failure_code = null, failure_message = null
		where id = $1 and (job_id <> $2 or status <> 'in_progress')`, submissionID, jobID)
	return err
}

// completeFirst stores the result and ends the job, so that the submission and its
// step are left for a second transaction, a moment later.
func completeFirst(ctx context.Context, pool *pgxpool.Pool, e ending) (ending, error) {
	if !defect("transaction") || e.failure != nil {
		return e, nil
	}
	err := postgres.InTx(ctx, pool, e.submission.UserID, func(tx pgx.Tx, q *postgres.Queries) error {
		if _, _, err := lockWork(ctx, q, e.submission); err != nil {
			return err
		}
		p := postgres.NewPipeline()
		if err := e.save(ctx, q, p); err != nil {
			return err
		}
		if _, err := p.Run(ctx, q); err != nil {
			return err
		}
		return e.endJob(ctx, tx, q)
	})
	time.Sleep(300 * time.Millisecond)
	e.save = func(context.Context, *postgres.Queries, *postgres.Pipeline) error { return nil }
	e.endJob = func(context.Context, pgx.Tx, *postgres.Queries) error { return nil }
	return e, err
}
