package maintenance

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// WatchedTables are the tables that change most and those that grow most.
var WatchedTables = []string{
	"river_job", "submissions", "onboarding_steps", "onboarding_sessions", "step_events", "checkpoints", "page_digests",
	"idempotency_keys", "worker_beats", "upstream_limits", "website_analyses", "persona_data", "personalization_inputs",
	"model_calls", "bulk_items", "audit_log",
}

// watchedStates are the states of jobs that have not ended.
var watchedStates = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled, rivertype.JobStatePending,
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("onboarding_"+name, help, labels, nil)
}

// What a watcher publishes.
var (
	descQueueJobs = describe("queue_jobs",
		"Jobs that have not ended, by queue and state.", "queue", "state")
	descQueueOldest = describe("queue_oldest_seconds",
		"Time since the oldest job of a queue and state could start; 0 if there is none or its time has not come.", "queue", "state")
	descUnreplayed = describe("dead_jobs_unreplayed",
		"Dead jobs that were not replayed.")
	descSchema = describe("schema_version",
		"The number of the newest migration that the database has.")
	descTransaction = describe("database_oldest_transaction_seconds",
		"Age of the oldest open transaction of any session; missing where onboarding_system may not read statistics.")
	descConnections = describe("database_connections",
		"Connections of all programs to the database server.")
	descMaxConnections = describe("database_max_connections",
		"Connections that the database server accepts, without those that it reserves for superusers.")
	descNotifications = describe("database_notification_queue_usage",
		"Share of the server's queue of notifications that is full, 0 to 1.")
	descInvalid = describe("database_invalid_indexes",
		"Invalid indexes, which cost writes and serve no reads: a rebuild was interrupted or is running.")
	descPartitions = describe("database_partitions_left",
		"Partitions of step_events for months that have not begun.")
	descDeadRows = describe("database_dead_rows",
		"Rows of a table that no vacuum has removed yet, as PostgreSQL estimates them.", "table")
	descLiveRows = describe("database_live_rows",
		"Rows of a table, as PostgreSQL estimates them.", "table")
	descBytes = describe("database_table_bytes",
		"Size of a table with its indexes.", "table")
	descVacuumed = describe("database_vacuum_timestamp_seconds",
		"When a table was last vacuumed, as Unix time; 0 for never.", "table")
)

// Describe implements prometheus.Collector.
func (w *Watcher) Describe(ch chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		descQueueJobs, descQueueOldest, descUnreplayed, descSchema, descTransaction, descConnections, descMaxConnections, descNotifications,
		descInvalid, descPartitions, descDeadRows, descLiveRows, descBytes, descVacuumed,
	} {
		ch <- desc
	}
}

// sample is a gauge's value now.
func sample(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}

func (*Watcher) readQueues(ctx context.Context, tx pgx.Tx) ([]prometheus.Metric, error) {
	q := system.New(tx)
	rows, err := q.CountQueues(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the queues: %w", err)
	}
	unreplayed, err := q.CountUnreplayed(ctx)
	if err != nil {
		return nil, fmt.Errorf("count the dead jobs: %w", err)
	}
	type place struct{ queue, state string }
	jobs := map[place]system.CountQueuesRow{}
	for _, queue := range []string{queue.Interactive, queue.Bulk} {
		for _, state := range watchedStates {
			jobs[place{queue, string(state)}] = system.CountQueuesRow{}
		}
	}
	for _, row := range rows {
		if _, ours := jobs[place{row.Queue, row.State}]; ours {
			jobs[place{row.Queue, row.State}] = row
		}
	}
	seen := []prometheus.Metric{sample(descUnreplayed, float64(unreplayed))}
	for at, row := range jobs {
		seen = append(seen,
			sample(descQueueJobs, float64(row.Jobs), at.queue, at.state),
			sample(descQueueOldest, row.OldestSeconds, at.queue, at.state))
	}
	return seen, nil
}

func (*Watcher) readDatabase(ctx context.Context, tx pgx.Tx) ([]prometheus.Metric, error) {
	q := system.New(tx)
	now, err := q.WatchDatabase(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the state of the server: %w", err)
	}
	seen := []prometheus.Metric{
		sample(descConnections, float64(now.Connections)),
		sample(descMaxConnections, float64(now.MaxConnections)),
		sample(descNotifications, now.NotificationQueueUsage),
		sample(descInvalid, float64(now.InvalidIndexes)),
		sample(descPartitions, float64(now.PartitionsLeft)),
	}
	if now.OldestTransactionSeconds >= 0 {
		seen = append(seen, sample(descTransaction, now.OldestTransactionSeconds))
	}
	version, err := postgres.DatabaseVersion(ctx, tx)
	if err != nil {
		return nil, err
	}
	seen = append(seen, sample(descSchema, float64(version)))
	tables, err := q.WatchTables(ctx, WatchedTables)
	if err != nil {
		return nil, fmt.Errorf("read the state of the tables: %w", err)
	}
	for _, t := range tables {
		seen = append(seen,
			sample(descDeadRows, float64(t.DeadRows), t.Relation), sample(descLiveRows, float64(t.LiveRows), t.Relation),
			sample(descBytes, float64(t.Bytes), t.Relation), sample(descVacuumed, t.VacuumedAt, t.Relation))
	}
	return seen, nil
}
