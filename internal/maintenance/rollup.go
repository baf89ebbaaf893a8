package maintenance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

const (
	// rollupEvery is how often new events are counted.
	rollupEvery = 15 * time.Second
	// rollupOverlap is how much of the former interval is read again. A transaction that writes an event
	// commits within seconds; what takes longer the sweep finds.
	rollupOverlap = time.Minute
	// rollupSlice is the time whose events one transaction looks at, so that no statement is long after a pause.
	rollupSlice = 15 * time.Second
	// sweepEvery is how often all sessions are read: to find those without a recent event,
	// if there are any, and those that are older than the rollups.
	sweepEvery = 24 * time.Hour
	// sweepBatches is how many batches of sessions without anything new one tick reads.
	sweepBatches = 8
	// rollupBatch is how many sessions one transaction counts.
	rollupBatch   = 250
	rollupTimeout = time.Minute
)

// Rollup keeps the rollups of the analytics. Every worker has one; a lock in the
// database lets one of them count at a time. What makes an event count exactly once
// is the version up to which its session is counted, written in the same transaction:
// times only say where to look.
type Rollup struct {
	pool     *pgxpool.Pool // sees all users
	log      *slog.Logger
	sessions prometheus.Counter
	errors   prometheus.Counter
	through  prometheus.Gauge
}

// NewRollup returns the rollup of a database. pool must assume the system role.
func NewRollup(pool *pgxpool.Pool, reg prometheus.Registerer, log *slog.Logger) *Rollup {
	return &Rollup{
		pool: pool, log: log,
		sessions: metric.Counter(reg, "onboarding_rollup_sessions_total",
			"Sessions whose new events this worker has counted for the analytics."),
		errors: metric.Counter(reg, "onboarding_rollup_errors_total",
			"Times that counting for the analytics failed on this worker."),
		through: metric.Gauge(reg, "onboarding_rollup_through_timestamp_seconds",
			"Unix time through which events are counted for the analytics, as this worker last saw it."),
	}
}

// RollUp counts everything that is not yet counted for the analytics, or nothing while a
// worker is counting. The pool assumes the system role.
func RollUp(ctx context.Context, pool *pgxpool.Pool, reg prometheus.Registerer, log *slog.Logger) error {
	return NewRollup(pool, reg, log).tick(ctx, math.MaxInt)
}

// Run counts until ctx ends.
func (r *Rollup) Run(ctx context.Context) {
	count := func(ctx context.Context) {
		if err := errors.Join(r.tick(ctx, sweepBatches), r.countWork(ctx)); err != nil && ctx.Err() == nil {
			r.errors.Inc()
			r.log.WarnContext(ctx, "analytics not counted", "error", err)
		}
	}
	count(ctx)
	queue.Every(ctx, rollupEvery, count)
}

// tick counts until nothing new is left, and as much of the sweep as is due: it ends after so many batches in
// which nothing was new.
func (r *Rollup) tick(ctx context.Context, sweep int) error {
	err := r.countAll(ctx, sweep)
	if errors.Is(err, errCounting) {
		return nil
	}
	return err
}

func (r *Rollup) countAll(ctx context.Context, sweep int) error {
	cursor := time.Time{}
	for more := true; more; {
		if err := r.batch(ctx, func(q *system.Queries, state system.GetRollupStateRow) (counted int, err error) {
			counted, cursor, more, err = r.recent(ctx, q, state, cursor)
			return counted, err
		}); err != nil {
			return err
		}
	}
	for more := true; more && sweep > 0; {
		if err := r.batch(ctx, func(q *system.Queries, state system.GetRollupStateRow) (counted int, err error) {
			more = state.Now.Sub(state.SweptAt) >= sweepEvery
			if !more {
				return 0, nil
			}
			counted, err = r.sweep(ctx, q, state)
			if counted == 0 {
				sweep--
			}
			return counted, err
		}); err != nil {
			return err
		}
	}
	return nil
}

// batch counts one batch in a transaction, unless another worker is counting.
func (r *Rollup) batch(
	ctx context.Context, count func(*system.Queries, system.GetRollupStateRow) (int, error),
) error {
	ctx, cancel := context.WithTimeout(ctx, rollupTimeout)
	defer cancel()
	counted := 0
	err := postgres.InSystemTx(ctx, r.pool, func(tx pgx.Tx) error {
		q := system.New(tx)
		mine, err := q.TakeRollupLock(ctx)
		if err != nil {
			return err
		}
		if !mine {
			return errCounting
		}
		if err := q.BoundRollup(ctx); err != nil {
			return fmt.Errorf("bound the rollup: %w", err)
		}
		state, err := q.GetRollupState(ctx) // sees what the last holder of the lock has done
		if err != nil {
			return fmt.Errorf("read how far the rollups are: %w", err)
		}
		r.through.Set(float64(state.Through.Unix()))
		counted, err = count(q, state)
		return err
	})
	if err == nil {
		r.sessions.Add(float64(counted))
	}
	return err
}

// errCounting says that another worker is counting.
var errCounting = errors.New("another worker is counting")

// recent counts what is new in the slice of time at the cursor, and returns the next cursor. The zero cursor is
// before the first slice.
func (r *Rollup) recent(
	ctx context.Context, q *system.Queries, state system.GetRollupStateRow, cursor time.Time,
) (counted int, next time.Time, more bool, err error) {
	if cursor.IsZero() {
		if state.Now.Sub(state.Through) < rollupEvery/2 { // another worker has just counted
			return 0, cursor, false, nil
		}
		cursor = state.Through.Add(-rollupOverlap)
	}
	until := cursor.Add(rollupSlice)
	if until.After(state.Now) {
		until = state.Now
	}
	sessions, err := rollup.UncountedIn(ctx, q, cursor, until, rollupBatch)
	if err == nil {
		err = rollup.CountSessions(ctx, q, sessions)
	}
	if err != nil || len(sessions) == rollupBatch { // there may be more in this slice
		return len(sessions), cursor, true, err
	}
	if until.After(state.Through) {
		err = q.SetRollupThrough(ctx, until)
	}
	return len(sessions), until, until.Before(state.Now), err
}

// sweep counts the next of all sessions, whatever their time.
func (r *Rollup) sweep(
	ctx context.Context, q *system.Queries, state system.GetRollupStateRow,
) (counted int, err error) {
	next, err := q.ListNextSessions(ctx, system.ListNextSessionsParams{AfterID: state.SweepAfter, MaxRows: rollupBatch})
	if err != nil {
		return 0, fmt.Errorf("list sessions: %w", err)
	}
	params := system.SetRollupSweepParams{Ended: len(next) < rollupBatch, SweepAfter: uuid.Nil}
	if !params.Ended {
		params.SweepAfter = next[len(next)-1].ID
	}
	uncounted := slices.DeleteFunc(next, func(s rollup.Uncounted) bool { return s.ToVersion <= s.FromVersion && s.Placed })
	if err := rollup.CountSessions(ctx, q, uncounted); err != nil {
		return 0, err
	}
	if err := q.SetRollupSweep(ctx, params); err != nil {
		return 0, fmt.Errorf("note how far the sweep is: %w", err)
	}
	return len(uncounted), nil
}
