package maintenance

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// workLag is how long an end may take to commit before it is counted.
	workLag = 10 * time.Second
	// workSlice is the time whose ends one transaction counts; jobs are kept for an hour after it.
	workSlice = 5 * time.Minute
	// workSlices bounds one tick.
	workSlices = 12
)

// countWork counts what has ended since the last time, for the curves of the console. The first time it begins an hour
// ago, as after a pause that was longer.
func (r *Rollup) countWork(ctx context.Context) error {
	for range workSlices {
		more := false
		err := pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) (err error) {
			more, err = countWorkSlice(ctx, system.New(tx))
			return err
		})
		if err != nil {
			return fmt.Errorf("count ended work: %w", err)
		}
		if !more {
			return nil
		}
	}
	return nil
}

// countWorkSlice counts one slice, and reports whether more are left.
func countWorkSlice(ctx context.Context, q *system.Queries) (more bool, err error) {
	mine, err := q.TakeRollupLock(ctx)
	if err != nil || !mine {
		return false, err
	}
	progress, err := q.GetProgress(ctx, rollup.TaskWork)
	if err != nil {
		return false, err
	}
	since, until := progress.At, progress.Now.Add(-workLag)
	if oldest := until.Add(-time.Hour); since.Before(oldest) {
		since = oldest
		if err := q.DeleteOldWork(ctx); err != nil {
			return false, err
		}
	}
	if end := since.Add(workSlice); end.Before(until) {
		until, more = end, true
	}
	if !until.After(since) {
		return false, nil
	}
	if err := rollup.CountWork(ctx, q, since, until); err != nil {
		return false, err
	}
	if until.Truncate(time.Hour) != since.Truncate(time.Hour) {
		if err := q.DeleteOldWork(ctx); err != nil {
			return false, err
		}
	}
	return more, q.SetProgress(ctx, system.SetProgressParams{Task: rollup.TaskWork, At: until})
}
