package queue

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// FetchCooldown is River's debounce. In an insert-only client it limits the rate of
// notifications, which serialise commits; in a worker it is the wait before a fetch.
const FetchCooldown = 5 * time.Millisecond

// NewClient returns a queue client that only inserts and cancels. pool must assume the system role.
func NewClient(
	pool *pgxpool.Pool, log *slog.Logger, middleware ...rivertype.Middleware,
) (*river.Client[pgx.Tx], error) {
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		FetchCooldown:       FetchCooldown,
		Logger:              log,
		Middleware:          middleware,
		SkipUnknownJobCheck: true, // it has no workers
	})
	if err != nil {
		return nil, fmt.Errorf("make the queue client: %w", err)
	}
	return client, nil
}

// Every calls do at each interval until ctx ends.
func Every(ctx context.Context, interval time.Duration, do func(context.Context)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			do(ctx)
		}
	}
}

// CompleteJob returns the function that ends a running job in its user's transaction. It returns
// onboarding.ErrSuperseded if that run of the job does not run any more.
func CompleteJob(job *rivertype.JobRow) func(context.Context, pgx.Tx) error {
	return func(ctx context.Context, tx pgx.Tx) error {
		done, err := postgres.New(tx).CompleteJobs(ctx, app.CompleteJobsParams{
			Ids: []int64{job.ID}, AttemptedAts: []time.Time{*job.AttemptedAt},
		})
		if err != nil {
			return fmt.Errorf("complete job %d: %w", job.ID, err)
		}
		if done == 0 {
			return fmt.Errorf("complete job %d: it runs no more: %w", job.ID, onboarding.ErrSuperseded)
		}
		return nil
	}
}
