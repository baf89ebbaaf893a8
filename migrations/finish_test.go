package migrations_test

import (
	"context"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/migrations"
)

// downTo undoes the migrations after a version.
func downTo(t *testing.T, pool *pgxpool.Pool, version int64) {
	t.Helper()
	db := stdlib.OpenDBFromPool(pool)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS("."),
		goose.WithExcludeNames([]string{"schema.sql"}))
	require.NoError(t, err)
	_, err = provider.DownTo(t.Context(), version)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

// formerStatements are statements of the release before the app role lost its part in the queue,
// with $1 for the user and $2 for an id.
var formerStatements = []string{
	`with s as (insert into onboarding_sessions (id, user_id) values ($2, $1) returning id, user_id)
		insert into onboarding_steps (session_id, user_id, step) select id, user_id, 1 from s`,
	`with j as (insert into river_job (kind, args, queue, max_attempts)
			values ('website_analysis', jsonb_build_object('submission_id', $2::uuid, 'user_id', $1::text), 'interactive', 4) returning id)
		insert into submissions (id, session_id, user_id, kind, input, job_id, phase, message)
		select $2, $2, $1, 'website_analysis', '{}', id, 'queued', '' from j`,
	"update river_job set state = 'running', attempted_at = now() where args ->> 'submission_id' = $2::uuid::text and $1 <> ''",
	"select 1 / count(*) from river_job j where j.args ->> 'user_id' = $1 and $2::uuid is not null",
	"insert into stream_tickets values (sha256($1::text::bytea), $1, now() + interval '1 minute', now()), " +
		"(sha256($2::uuid::text::bytea), $1, now(), now())",
	`insert into upstream_limits (name, rate, slots, next_at, begins_at, taken_at) select $1 || $2::uuid, 1, 1, now(), now(), now()
		on conflict (name) do update set rate = 2`,
	"delete from bulk_items i using bulk_operations o where o.id = i.operation_id and i.user_id = $1 and $2::uuid is not null",
	"insert into audit_log (actor, action, user_id, detail) select $1, 'account.export', $1, jsonb_build_object('id', $2::uuid)",
	"select from river_leader, river_queue, river_notification where $1 <> $2::uuid::text",
}

// formerly makes the statements of the release before, as its programs do.
func formerly(t *testing.T, app *pgxpool.Pool, user string) (refused []string) {
	t.Helper()
	id := uuid.New()
	for _, sql := range formerStatements {
		err := pgx.BeginFunc(t.Context(), app, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), "select set_config('app.user_id', $1, true)", user)
			if err == nil {
				_, err = tx.Exec(t.Context(), sql, user, id)
			}
			return err
		})
		if err != nil {
			require.True(t, postgres.HasState(err, "42501"), "%s: %s", sql, err)
			refused = append(refused, sql)
		}
	}
	return refused
}

// A database that has been used keeps what the programs of the release before need, so that they go
// on beside the new ones, until the migration is finished.
func TestTheFormerReleaseRunsUntilFinish(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pool := owner(t, pgtest.Direct(db.URL))
	assert.NotEmpty(t, formerly(t, db.App, "new"), "a new database is finished")
	downTo(t, pool, 33)
	require.Empty(t, formerly(t, db.App, "ann"))
	require.NoError(t, up(t.Context(), pgtest.Direct(db.URL)))
	require.Empty(t, formerly(t, db.App, "bob"))
	unfinished := func() bool {
		tables, err := postgres.New(db.App).DescribeTables(t.Context())
		require.NoError(t, err)
		return tables.Unfinished
	}
	assert.True(t, unfinished())

	// A worker of the release before reads the user of a new job from its args.
	require.NoError(t, postgres.InTx(t.Context(), db.App, "carol", func(tx pgx.Tx, _ *postgres.Queries) error {
		_, err := tx.Exec(t.Context(), `select queue_job('website_analysis', 'interactive',
			'{"submission_id": "0197c1d2-0000-7000-8000-000000000000"}', '{}', 4, false, false)`)
		return err
	}))
	db.Exec(t, `with o as (insert into bulk_operations (id, kind, actor, total) values ($1, 'reset', 'ops', 1) returning id)
		insert into bulk_items (operation_id, position, user_id) select id, 1, 'dan' from o`, uuid.Max)
	db.Exec(t, `insert into river_job (kind, args, queue, max_attempts)
		values ('bulk_item', jsonb_build_object('operation_id', $1::uuid, 'position', 1), 'bulk', 4), ('doctor', '{}', 'bulk', 1)`, uuid.Max)
	const named = "select coalesce(string_agg(args ->> 'user_id', ' ' order by id), '') from river_job"
	assert.Equal(t, "ann bob carol dan", pgtest.One[string](t, db, named))

	for range 2 {
		require.NoError(t, migrations.Finish(t.Context(), pgtest.Direct(db.URL)))
	}
	assert.Empty(t, pgtest.One[string](t, db, named))
	assert.False(t, unfinished())
	assert.NotEmpty(t, formerly(t, db.App, "eve"))
	require.NoError(t, up(t.Context(), pgtest.Direct(db.URL)))
	got, err := dump(t.Context(), pool)
	require.NoError(t, err)
	committed, err := os.ReadFile("schema.sql")
	require.NoError(t, err)
	assert.Equal(t, string(committed), got, "an old database ends as a new one")
}

// Finishing waits for its locks a moment at a time: what comes meanwhile does not wait behind it.
func TestFinishHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pool := owner(t, pgtest.Direct(db.URL))
	downTo(t, pool, 33)
	require.NoError(t, migrations.Up(t.Context(), migrations.Config{URL: pgtest.Direct(db.URL), Log: slog.New(slog.DiscardHandler)}))
	reading, err := pool.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = reading.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = reading.Exec(t.Context(), "select from river_job")
	require.NoError(t, err)
	finished := make(chan error, 1)
	go func() { finished <- migrations.Finish(t.Context(), pgtest.Direct(db.URL)) }()
	tries := 0
	for tries < 10 {
		var waits bool
		require.NoError(t, pool.QueryRow(t.Context(), "select exists (select from pg_locks where not granted "+
			"and relation = 'river_job'::regclass)").Scan(&waits))
		if !waits {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		_, err := pool.Exec(ctx, "insert into river_job (kind, args, max_attempts) values ('any', '{}', 1)")
		cancel()
		require.NoError(t, err, "it gives up before the reader has ended")
		tries++
	}
	require.NoError(t, reading.Rollback(t.Context()))
	require.NoError(t, <-finished)
}
