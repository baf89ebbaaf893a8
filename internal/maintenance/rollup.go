package maintenance

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

const (
	// rollupEvery is how often new events are counted.
	rollupEvery = 15 * time.Second
	// rollupOverlap is how much of the former interval is read again. A
	// transaction that writes an event commits within seconds, at worst within
	// REQUEST_TIMEOUT (5 minutes at most).
	rollupOverlap = 10 * time.Minute
	// sweepEvery is how often all sessions are read: to find those without a recent event,
	// if there are any, and those that are older than the rollups.
	sweepEvery = 24 * time.Hour
	// rollupBatch is how many sessions one transaction counts.
	rollupBatch   = 1000
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
	return NewRollup(pool, reg, log).tick(ctx)
}

// Run counts until ctx ends.
func (r *Rollup) Run(ctx context.Context) {
	count := func(ctx context.Context) {
		if err := r.tick(ctx); err != nil && ctx.Err() == nil {
			r.errors.Inc()
			r.log.WarnContext(ctx, "analytics not counted", "error", err)
		}
	}
	count(ctx)
	queue.Every(ctx, rollupEvery, count)
}

// tick counts until nothing is left, a batch in each transaction.
func (r *Rollup) tick(ctx context.Context) error {
	for {
		more, err := r.batch(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// batch counts one batch and reports whether there is more to do.
func (r *Rollup) batch(ctx context.Context) (more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, rollupTimeout)
	defer cancel()
	counted := 0
	err = pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		q := system.New(tx)
		mine, err := q.TakeRollupLock(ctx)
		if err != nil || !mine {
			return err
		}
		if err := q.BoundRollup(ctx); err != nil {
			return fmt.Errorf("bound the rollup: %w", err)
		}
		state, err := q.GetRollupState(ctx) // sees what the last holder of the lock has done
		if err != nil {
			return fmt.Errorf("read how far the rollups are: %w", err)
		}
		r.through.Set(float64(state.Through.Unix()))
		switch {
		case state.Now.Sub(state.SweptAt) >= sweepEvery:
			counted, more, err = r.sweep(ctx, q, state)
		case state.Now.Sub(state.Through) >= rollupEvery/2: // else another worker has just counted
			counted, more, err = r.recent(ctx, q, state)
		}
		return err
	})
	if err == nil {
		r.sessions.Add(float64(counted))
	}
	return more, err
}

// recent counts what is new.
func (r *Rollup) recent(
	ctx context.Context, q *system.Queries, state system.GetRollupStateRow,
) (counted int, more bool, err error) {
	sessions, err := rollup.UncountedSince(ctx, q, state.Through.Add(-rollupOverlap), rollupBatch)
	if err == nil {
		err = rollup.CountSessions(ctx, q, sessions)
	}
	more = len(sessions) == rollupBatch
	if err == nil && !more {
		err = q.SetRollupThrough(ctx, state.Now)
	}
	return len(sessions), more, err
}

// sweep counts the next of all sessions, whatever their time. What is new comes after
// the last.
func (r *Rollup) sweep(
	ctx context.Context, q *system.Queries, state system.GetRollupStateRow,
) (counted int, more bool, err error) {
	sessions, err := q.ListUncountedSessions(ctx,
		system.ListUncountedSessionsParams{AfterID: state.SweepAfter, MaxRows: rollupBatch})
	if err != nil {
		return 0, false, fmt.Errorf("list sessions: %w", err)
	}
	if err := rollup.CountSessions(ctx, q, sessions); err != nil {
		return 0, false, err
	}
	params := system.SetRollupSweepParams{Ended: len(sessions) < rollupBatch, SweepAfter: uuid.Nil}
	if !params.Ended {
		params.SweepAfter = sessions[len(sessions)-1].ID
	}
	if err := q.SetRollupSweep(ctx, params); err != nil {
		return 0, false, fmt.Errorf("note how far the sweep is: %w", err)
	}
	return len(sessions), true, nil
}
