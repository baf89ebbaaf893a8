package maintenance

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// watchedTables are the tables that change most and those that grow most.
var watchedTables = []string{
	"river_job", "submissions", "onboarding_steps", "onboarding_sessions", "step_events", "checkpoints", "page_digests",
	"idempotency_keys", "worker_beats", "upstream_limits", "website_analyses", "persona_data", "document_versions",
	"personalization_inputs", "model_calls", "bulk_items", "audit_log", "outbox_events", "webhook_lanes",
	"webhook_attempts",
}

// watchedStates are the states of jobs that have not ended.
var watchedStates = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	rivertype.JobStatePending,
}

// mostPending bounds how many events of a receiver are counted.
const mostPending = 10_000

// gauges are what one group of statements reads, by name without the prefix onboarding_. They
// have no series before they are set.
type gauges map[string]*prometheus.GaugeVec

// add registers a gauge.
func (g gauges) add(reg prometheus.Registerer, name, help string, labels ...string) {
	g[name] = promauto.With(reg).NewGaugeVec(prometheus.GaugeOpts{Name: "onboarding_" + name, Help: help}, labels)
}

func (g gauges) set(name string, value float64, labels ...string) {
	g[name].WithLabelValues(labels...).Set(value)
}

// forget drops all series.
func (g gauges) forget() {
	for _, gauge := range g {
		gauge.Reset()
	}
}

func newQueueGauges(reg prometheus.Registerer) gauges {
	g := gauges{}
	g.add(reg, "queue_jobs", "Jobs that have not ended, by queue and state.", "queue", "state")
	g.add(reg, "queue_oldest_seconds",
		"Time since the oldest job of a queue and state could start; 0 if there is none or its time has not come.",
		"queue", "state")
	g.add(reg, "workers_wanted",
		"How many workers like this one the queues want: those that run their jobs, and those that start what waits in time.")
	g.add(reg, "dead_jobs_unreplayed", "Dead jobs that were not replayed.")
	g.add(reg, "webhook_pending_events",
		"Events that a receiver of webhooks has not taken yet, counted up to 10000.", "receiver")
	g.add(reg, "webhook_oldest_seconds",
		"Age of the oldest event that a receiver of webhooks has not taken yet; 0 if there is none.", "receiver")
	return g
}

func newDatabaseGauges(reg prometheus.Registerer) gauges {
	g := gauges{}
	g.add(reg, "schema_version", "The number of the newest migration that the database has.")
	g.add(reg, "database_oldest_transaction_seconds",
		"Age of the oldest open transaction of any session; missing where onboarding_system may not read statistics.")
	g.add(reg, "database_connections", "Connections of all programs to the database server.")
	g.add(reg, "database_max_connections",
		"Connections that the database server accepts, without those that it reserves for superusers.")
	g.add(reg, "database_notification_queue_usage", "Share of the server's queue of notifications that is full, 0 to 1.")
	g.add(reg, "database_invalid_indexes",
		"Invalid indexes, which cost writes and serve no reads: a rebuild was interrupted or is running.")
	g.add(reg, "database_partitions_left", "Partitions of step_events for months that have not begun.")
	g.add(reg, "database_dead_rows",
		"Rows of a table that no vacuum has removed yet, as PostgreSQL estimates them.", "table")
	g.add(reg, "database_live_rows", "Rows of a table, as PostgreSQL estimates them.", "table")
	g.add(reg, "database_table_bytes", "Size of a table with its indexes.", "table")
	g.add(reg, "database_vacuum_timestamp_seconds", "When a table was last vacuumed, as Unix time; 0 for never.", "table")
	return g
}

// readQueues sets the gauges of the queues.
func (w *Watcher) readQueues(ctx context.Context, tx pgx.Tx) error {
	q, g := system.New(tx), w.queues
	rows, err := q.CountQueues(ctx)
	if err != nil {
		return fmt.Errorf("count the queues: %w", err)
	}
	ended, err := q.EndedJobs(ctx, watchEvery.Seconds())
	if err != nil {
		return fmt.Errorf("count the jobs that ended: %w", err)
	}
	unreplayed, err := q.CountUnreplayed(ctx)
	if err != nil {
		return fmt.Errorf("count the dead jobs: %w", err)
	}
	g.set("dead_jobs_unreplayed", float64(unreplayed))
	receivers, err := q.WatchReceivers(ctx, mostPending)
	if err != nil {
		return fmt.Errorf("count what receivers wait for: %w", err)
	}
	for _, name := range []string{"webhook_pending_events", "webhook_oldest_seconds"} {
		g[name].Reset() // receivers come and go
	}
	for _, r := range receivers {
		g.set("webhook_pending_events", float64(r.Pending), r.Name)
		g.set("webhook_oldest_seconds", r.OldestSeconds, r.Name)
	}
	for _, name := range queue.Names {
		for _, state := range watchedStates {
			var row system.CountQueuesRow // of a queue without such jobs
			if i := slices.IndexFunc(rows,
				func(r system.CountQueuesRow) bool { return r.Queue == name && r.State == string(state) }); i >= 0 {
				row = rows[i]
			}
			g.set("queue_jobs", float64(row.Jobs), name, string(state))
			g.set("queue_oldest_seconds", row.OldestSeconds, name, string(state))
		}
	}
	g.set("workers_wanted", w.fleet.read(loads(rows, ended)))
	return nil
}

// loads puts together what was read of each queue.
func loads(rows []system.CountQueuesRow, ended []system.EndedJobsRow) map[string]load {
	all := map[string]load{}
	for _, row := range rows {
		l := all[row.Queue]
		if row.State == string(rivertype.JobStateAvailable) {
			l.waiting = int(row.Jobs)
		}
		if row.State == string(rivertype.JobStateRunning) {
			l.running = int(row.Jobs)
		}
		all[row.Queue] = l
	}
	for _, row := range ended {
		l := all[row.Queue]
		l.ended, l.seconds = int(row.Jobs), row.Seconds
		all[row.Queue] = l
	}
	return all
}

// readDatabase sets the gauges of the database.
func (g gauges) readDatabase(ctx context.Context, tx pgx.Tx) error {
	q := system.New(tx)
	now, err := q.WatchDatabase(ctx)
	if err != nil {
		return fmt.Errorf("read the state of the server: %w", err)
	}
	version, err := postgres.DatabaseVersion(ctx, tx)
	if err != nil {
		return err
	}
	tables, err := q.WatchTables(ctx, watchedTables)
	if err != nil {
		return fmt.Errorf("read the state of the tables: %w", err)
	}
	g.set("schema_version", float64(version))
	g.set("database_connections", float64(now.Connections))
	g.set("database_max_connections", float64(now.MaxConnections))
	g.set("database_notification_queue_usage", now.NotificationQueueUsage)
	g.set("database_invalid_indexes", float64(now.InvalidIndexes))
	g.set("database_partitions_left", float64(now.PartitionsLeft))
	if now.OldestTransactionSeconds >= 0 {
		g.set("database_oldest_transaction_seconds", now.OldestTransactionSeconds)
	} else {
		g["database_oldest_transaction_seconds"].Reset()
	}
	for _, t := range tables {
		g.set("database_dead_rows", float64(t.DeadRows), t.Relation)
		g.set("database_live_rows", float64(t.LiveRows), t.Relation)
		g.set("database_table_bytes", float64(t.Bytes), t.Relation)
		g.set("database_vacuum_timestamp_seconds", t.VacuumedAt, t.Relation)
	}
	return nil
}
