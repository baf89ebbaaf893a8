package maintenance

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

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
// publishes, so that no sum counts anything twice. It is a collector of the last readings.
type Watcher struct {
	pool     *pgxpool.Pool // sees all users
	clientID string
	log      *slog.Logger
	watching prometheus.Gauge
	runs     *prometheus.CounterVec

	mu   sync.Mutex
	seen map[string][]prometheus.Metric // by group
}

// NewWatcher returns the watcher of the worker whose queue client has that id.
func NewWatcher(pool *pgxpool.Pool, clientID string, reg prometheus.Registerer, log *slog.Logger) *Watcher {
	w := &Watcher{
		pool: pool, clientID: clientID, log: log, seen: map[string][]prometheus.Metric{},
		watching: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "onboarding_watching",
			Help: "1 in the one worker that publishes the depth of the queues and the state of the database, 0 in the others.",
		}),
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_watches_total",
			Help: "Readings of the state of the queues and of the database, by result.",
		}, []string{"of", "result"}),
	}
	for _, group := range []string{watchQueue, watchDatabase} {
		for _, result := range []string{"ok", "error"} {
			w.runs.WithLabelValues(group, result)
		}
	}
	reg.MustRegister(w.watching, w.runs, w)
	return w
}

// Run watches until ctx ends, then publishes nothing more.
func (w *Watcher) Run(ctx context.Context) {
	defer w.forget()
	w.Tick(ctx)
	queue.Every(ctx, watchEvery, w.Tick)
}

// Tick reads once, if this worker is the leader.
func (w *Watcher) Tick(ctx context.Context) {
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
	w.read(ctx, watchQueue, w.readQueues)
	w.read(ctx, watchDatabase, w.readDatabase)
}

// forget drops the last readings: another worker publishes, or none can.
func (w *Watcher) forget() {
	w.watching.Set(0)
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.seen)
}

// read runs one group of statements and publishes what it returns, nothing if it fails.
func (w *Watcher) read(ctx context.Context, group string, at func(context.Context, pgx.Tx) ([]prometheus.Metric, error)) {
	var seen []prometheus.Metric
	err := pgx.BeginTxFunc(ctx, w.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) (err error) {
		if err := system.New(tx).BoundStatements(ctx, fmt.Sprint(watchTimeout.Milliseconds())); err != nil {
			return fmt.Errorf("bound the statements: %w", err)
		}
		seen, err = at(ctx, tx)
		return err
	})
	result := "ok"
	if err != nil {
		result = "error"
		w.log.WarnContext(ctx, "state of queues or database not read", "of", group, "error", err)
	}
	w.runs.WithLabelValues(group, result).Inc()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[group] = seen
}

// Collect implements prometheus.Collector.
func (w *Watcher) Collect(ch chan<- prometheus.Metric) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, group := range w.seen {
		for _, metric := range group {
			ch <- metric
		}
	}
}
