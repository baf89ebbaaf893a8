package maintenance

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

func (b *bundle) elect(clientID string) {
	b.t.Helper()
	b.db.Exec(b.t, `insert into river_leader (elected_at, expires_at, leader_id) values (now(), now() + interval '1 minute', $1)
		on conflict (name) do update set leader_id = excluded.leader_id`, clientID)
}

var someSlots = map[string]int{queue.Interactive: 10, queue.Network: 10, queue.Bulk: 2}

// Queue and database are published by the elected worker and by no other.
func TestOnlyTheLeaderWatches(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	b.db.Exec(b.t, `insert into river_job (args, kind, max_attempts, queue, scheduled_at)
		values ('{}', 'website_analysis', 25, 'interactive', now() - interval '90 seconds')`)
	first := NewWatcher(b.db.System, "one", someSlots, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	second := NewWatcher(b.db.System, "two", someSlots, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	jobs := func(w *Watcher) prometheus.Collector { return w.queues["queue_jobs"] }
	value := func(w *Watcher, name, queue, state string) float64 {
		return testutil.ToFloat64(w.queues[name].WithLabelValues(queue, state))
	}

	first.tick(t.Context())
	assert.Zero(t, testutil.CollectAndCount(jobs(first)), "nobody is elected")

	b.elect("one")
	first.tick(t.Context())
	second.tick(t.Context())
	assert.InDelta(t, 1, value(first, "queue_jobs", queue.Interactive, "available"), 0)
	assert.InDelta(t, 90, value(first, "queue_oldest_seconds", queue.Interactive, "available"), 30)
	assert.Equal(t, len(queue.Names)*len(watchedStates), testutil.CollectAndCount(jobs(first)), "states without jobs too")
	assert.InDelta(t, 1, testutil.ToFloat64(first.watching), 0)
	assert.Zero(t, testutil.CollectAndCount(jobs(second)))
	assert.InDelta(t, 0, testutil.ToFloat64(second.watching), 0)

	b.elect("two")
	first.tick(t.Context())
	second.tick(t.Context())
	assert.Zero(t, testutil.CollectAndCount(jobs(first)), "another is elected")
	assert.InDelta(t, 1, value(second, "queue_jobs", queue.Interactive, "available"), 0)
	assert.InDelta(t, 1, testutil.ToFloat64(second.runs.WithLabelValues("database", "ok")), 0)
}

// A value that can't be read is no longer published.
func TestAFailedReadingIsForgotten(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	b.elect("me")
	w := NewWatcher(b.db.System, "me", someSlots, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	w.tick(t.Context())
	require.Positive(t, testutil.CollectAndCount(w.queues["queue_jobs"]))
	w.read(t.Context(), watchQueue, w.queues, func(context.Context, pgx.Tx) error { return errors.New("too slow") })
	assert.Zero(t, testutil.CollectAndCount(w.queues["queue_jobs"]))
	assert.Positive(t, testutil.CollectAndCount(w.databases["database_connections"]), "the other group stays")
}

func TestTheStateOfTheDatabaseIsWatched(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	b.elect("me")
	tx, err := b.db.App.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), "select pg_sleep(0.02)")
	require.NoError(t, err)
	w := NewWatcher(b.db.System, "me", someSlots, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	w.tick(t.Context())
	value := func(name string, of ...string) float64 {
		t.Helper()
		require.Positive(t, testutil.CollectAndCount(w.databases[name]), name)
		return testutil.ToFloat64(w.databases[name].WithLabelValues(of...))
	}
	assert.Greater(t, value("database_oldest_transaction_seconds"), 0.02)
	assert.GreaterOrEqual(t, value("database_connections"), 2.0)
	assert.Greater(t, value("database_max_connections"), value("database_connections"))
	assert.GreaterOrEqual(t, value("database_partitions_left"), 23.0)
	assert.GreaterOrEqual(t, value("schema_version"), float64(postgres.SchemaVersion))
	assert.InDelta(t, 0, value("database_invalid_indexes"), 0)
	assert.Less(t, value("database_notification_queue_usage"), 0.5)
	for _, table := range watchedTables {
		assert.Positive(t, value("database_table_bytes", table), table)
	}
	for _, name := range []string{"database_dead_rows", "database_live_rows", "database_vacuum_timestamp_seconds"} {
		assert.Equal(t, len(watchedTables), testutil.CollectAndCount(w.databases[name]), name)
	}
}
