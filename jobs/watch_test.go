package jobs

import (
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

func (b *bundle) elect(clientID string) {
	b.t.Helper()
	b.exec(`insert into river_leader (elected_at, expires_at, leader_id) values (now(), now() + interval '1 minute', $1)
		on conflict (name) do update set leader_id = excluded.leader_id`, clientID)
}

// Queue and database are published by the elected worker and by no other.
func TestOnlyTheLeaderWatches(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.website("example.com")
	b.exec("update river_job set scheduled_at = now() - interval '90 seconds'")
	one, two := prometheus.NewRegistry(), prometheus.NewRegistry()
	first := maintenance.NewWatcher(b.db.System, "one", one, slog.New(slog.DiscardHandler))
	second := maintenance.NewWatcher(b.db.System, "two", two, slog.New(slog.DiscardHandler))
	waiting := labels{"queue": queue.Interactive, "state": "available"}

	first.Tick(t.Context())
	assert.Nil(t, read(t, one, "onboarding_queue_jobs", waiting), "nobody is elected")

	b.elect("one")
	first.Tick(t.Context())
	second.Tick(t.Context())
	assert.InDelta(t, 1, read(t, one, "onboarding_queue_jobs", waiting).GetGauge().GetValue(), 0)
	assert.InDelta(t, 90, read(t, one, "onboarding_queue_oldest_seconds", waiting).GetGauge().GetValue(), 30)
	assert.InDelta(t, 0, read(t, one, "onboarding_queue_jobs", labels{"queue": queue.Bulk, "state": "running"}).GetGauge().GetValue(), 0)
	assert.InDelta(t, 1, read(t, one, "onboarding_watching", nil).GetGauge().GetValue(), 0)
	assert.Nil(t, read(t, two, "onboarding_queue_jobs", waiting))
	assert.InDelta(t, 0, read(t, two, "onboarding_watching", nil).GetGauge().GetValue(), 0)

	b.elect("two")
	first.Tick(t.Context())
	second.Tick(t.Context())
	assert.Nil(t, read(t, one, "onboarding_queue_jobs", waiting), "another is elected")
	assert.InDelta(t, 1, read(t, two, "onboarding_queue_jobs", waiting).GetGauge().GetValue(), 0)
	assert.InDelta(t, 1, read(t, two, "onboarding_watches_total", labels{"of": "database", "result": "ok"}).GetCounter().GetValue(), 0)
}

func TestTheStateOfTheDatabaseIsWatched(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.elect("me")
	tx, err := b.db.App.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }()
	_, err = tx.Exec(t.Context(), "select pg_sleep(0.02)")
	require.NoError(t, err)
	reg := prometheus.NewRegistry()
	maintenance.NewWatcher(b.db.System, "me", reg, slog.New(slog.DiscardHandler)).Tick(t.Context())
	value := func(name string, of labels) float64 {
		t.Helper()
		metric := read(t, reg, "onboarding_"+name, of)
		require.NotNil(t, metric, name)
		return metric.GetGauge().GetValue()
	}
	assert.Greater(t, value("database_oldest_transaction_seconds", nil), 0.02)
	assert.GreaterOrEqual(t, value("database_connections", nil), 2.0)
	assert.Greater(t, value("database_max_connections", nil), value("database_connections", nil))
	assert.GreaterOrEqual(t, value("database_partitions_left", nil), 23.0)
	assert.GreaterOrEqual(t, value("schema_version", nil), float64(postgres.SchemaVersion))
	assert.InDelta(t, 0, value("database_invalid_indexes", nil), 0)
	assert.Less(t, value("database_notification_queue_usage", nil), 0.5)
	for _, table := range maintenance.WatchedTables {
		of := labels{"table": table}
		assert.Positive(t, value("database_table_bytes", of), table)
		value("database_dead_rows", of)
		value("database_vacuum_timestamp_seconds", of)
	}
}
