package maintenance

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

const (
	// watchEvery is how often the state of queues and database is read.
	watchEvery = 10 * time.Second
	// watchTimeout bounds each statement, so that watching a database in trouble does not make
	// it worse.
	watchTimeout = 2 * time.Second
)

// The groups of statements. If one fails, only its own readings are missing.
const (
	watchQueue    = "queue"
	watchDatabase = "database"
)

// Watcher publishes what belongs to no single process: the depth of the queues and the state
// of the database. Every worker has one. Only the worker whose queue client is elected leader
// publishes, so that no sum counts anything twice.
type Watcher struct {
	pool              *pgxpool.Pool // sees all users
	clientID          string
	log               *slog.Logger
	watching          prometheus.Gauge
	runs              *prometheus.CounterVec
	queues, databases gauges
	fleet             fleet
}

// NewWatcher returns the watcher of the worker whose queue client has that id and so many slots for each queue.
func NewWatcher(
	pool *pgxpool.Pool, clientID string, slots map[string]int, reg prometheus.Registerer, log *slog.Logger,
) *Watcher {
	return &Watcher{
		fleet: fleet{slots: slots}, pool: pool, clientID: clientID, log: log,
		queues: newQueueGauges(reg), databases: newDatabaseGauges(reg),
		watching: metric.Gauge(reg, "onboarding_watching",
			"1 in the one worker that publishes the depth of the queues and the state of the database, 0 in the others."),
		runs: metric.Counters(reg, "onboarding_watches_total",
			"Readings of the state of the queues and of the database, by result.",
			metric.By("of", watchQueue, watchDatabase), metric.By("result", "ok", "error")),
	}
}

// Run watches until ctx ends, then publishes nothing more.
func (w *Watcher) Run(ctx context.Context) {
	defer w.forget()
	w.tick(ctx)
	queue.Every(ctx, watchEvery, w.tick)
}

// tick reads once, if this worker is the leader.
func (w *Watcher) tick(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*watchTimeout)
	defer cancel()
	leads, err := system.New(w.pool).IsLeader(ctx, w.clientID)
	if err != nil || !leads {
		w.forget()
		if err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "leader not known", "error", err)
		}
		return
	}
	w.watching.Set(1)
	w.read(ctx, watchQueue, w.queues, w.readQueues)
	w.read(ctx, watchDatabase, w.databases, w.databases.readDatabase)
}

// forget drops the last readings: another worker publishes, or none can.
func (w *Watcher) forget() {
	w.watching.Set(0)
	w.fleet = fleet{slots: w.fleet.slots}
	w.queues.forget()
	w.databases.forget()
}

// read runs one group of statements, which set gauges. If it fails, they are not published.
func (w *Watcher) read(ctx context.Context, group string, of gauges, set func(context.Context, pgx.Tx) error) {
	err := pgx.BeginTxFunc(ctx, w.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := system.New(tx).BoundStatements(ctx, fmt.Sprint(watchTimeout.Milliseconds())); err != nil {
			return fmt.Errorf("bound the statements: %w", err)
		}
		return set(ctx, tx)
	})
	result := "ok"
	if err != nil {
		result = "error"
		of.forget()
		w.log.WarnContext(ctx, "state of queues or database not read", "of", group, "error", err)
	}
	w.runs.WithLabelValues(group, result).Inc()
}
