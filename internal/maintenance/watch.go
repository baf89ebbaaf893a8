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
	// watchEvery is how often queue and database are looked at.
	watchEvery = 10 * time.Second
	// watchTimeout bounds each statement: what is asked when the database is in trouble
	// must not add to it.
	watchTimeout = 2 * time.Second
)

// The groups of statements that are run together: one that fails hides only its own.
const (
	watchQueue    = "queue"
	watchDatabase = "database"
)

// Watcher publishes what belongs to no process: the depth of the queues and the state of
// the database. Every worker has one; the one whose queue client is elected leader
// watches, the others publish nothing of it, so that no sum counts it twice. It is a
// collector of what was seen last.
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
			Help: "Looks at the queue and at the database by result.",
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
	defer w.rest()
	w.Tick(ctx)
	queue.Every(ctx, watchEvery, w.Tick)
}

// Tick looks once, if this worker is elected.
func (w *Watcher) Tick(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 3*watchTimeout)
	defer cancel()
	leads, err := system.New(w.pool).IsLeader(ctx, w.clientID)
	if err != nil || !leads {
		w.rest()
		if err != nil && ctx.Err() == nil {
			w.log.WarnContext(ctx, "not known who watches", "error", err)
		}
		return
	}
	w.watching.Set(1)
	w.look(ctx, watchQueue, w.lookAtQueue)
	w.look(ctx, watchDatabase, w.lookAtDatabase)
}

// rest forgets what was seen: another worker watches, or nobody can.
func (w *Watcher) rest() {
	w.watching.Set(0)
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.seen)
}

// look runs one group of statements and publishes what it returns, nothing if it fails.
func (w *Watcher) look(ctx context.Context, group string, at func(context.Context, pgx.Tx) ([]prometheus.Metric, error)) {
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
		w.log.WarnContext(ctx, "look failed", "of", group, "error", err)
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
