package maintenance

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// stored makes onboardings that ended long ago and are counted, each with ten jobs that ended a minute ago.
const stored = `with s as materialized (
	select gen_random_uuid() as id, gen_random_uuid() as submission, 'stored-' || gen_random_uuid() as name,
		timestamptz '2000-01-15' as at from generate_series(1, $1::int)
), sessions as (
	insert into onboarding_sessions (id, user_id, version, started_at, updated_at) select id, name, 6, at, at from s
), steps as (
	insert into onboarding_steps (session_id, user_id, step, status, submission_id, result_submission_id, updated_at)
	select id, name, n, case when n = 6 then 'pending' else 'completed' end, case when n = 2 then submission end,
		case when n = 2 then submission end, at from s, generate_series(1, 6) n where n <> 4
), work as (
	insert into submissions (id, session_id, user_id, kind, step, status, input, job_id, phase, message, created_at, finished_at)
	select submission, id, name, 'website_analysis', 2, 'completed', '{}', 1, 'finished', '', at, now() - interval '1 day' from s
), analyses as (
	insert into website_analyses (session_id, user_id, website_url, submission_id, analysis)
	select id, name, 'https://example.com', submission, '{}' from s
), inputs as (
	insert into personalization_inputs (session_id, user_id, wanted_revision, revision, inputs, built_at)
	select id, name, 1, 1, '{}', at from s
), counted as (
	insert into rollup_sessions (session_id, user_id, version) select id, name, 6 from s
), jobs as (
	insert into river_job (kind, queue, args, max_attempts, priority, state, attempt, finalized_at)
	select 'website_analysis', 'interactive', '{}', 25, 1, 'completed', 1, now() - interval '1 minute'
	from s, generate_series(1, 10)
), calls as (
	insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, cached_tokens, output_tokens)
	select id, name, submission, 'openai', 'm', 'analysis', 1, 0, 1 from s
), audits as (
	insert into audit_log (actor, action, user_id) select 'ops', 'account.delete', name from s
), dead as (
	insert into idempotency_keys (user_id, session_id, key, salt, request_hash) select name, id, 'k', '', '' from s
)
insert into step_events (session_id, seq, at, user_id, step, status)
select id, n, at, name, n, 'completed' from s, generate_series(1, 6) n`

// Every statement of the maintenance reads as many rows among 12,000 stored onboardings as among 3,000.
func TestMaintenanceCostsByWhatIsNew(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pool, err := pgxpool.New(t.Context(), db.URL)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	_, err = pool.Exec(t.Context(),
		"create table step_events_old partition of step_events for values from ('2000-01-01') to ('2000-02-01')")
	require.NoError(t, err)
	held, err := pool.Acquire(t.Context())
	require.NoError(t, err)
	t.Cleanup(held.Release)
	owner := held.Conn()
	store := func(n int) {
		_, err := owner.Exec(t.Context(), "set session_replication_role = replica")
		require.NoError(t, err)
		_, err = owner.Exec(t.Context(), stored, n)
		require.NoError(t, err)
		_, err = owner.Exec(t.Context(), "vacuum analyze")
		require.NoError(t, err)
	}
	store(3000)
	few := costs(t, owner)
	store(9000)
	many := costs(t, owner)
	for name, rows := range many {
		assert.LessOrEqual(t, rows, few[name]*1.2+20, "%s reads by what is stored: %.0f rows before", name, few[name])
	}
}

// costs returns how many rows each statement reads.
func costs(t *testing.T, conn *pgx.Conn) map[string]float64 {
	t.Helper()
	rows, err := conn.Query(t.Context(), "select id from onboarding_sessions order by id limit 200")
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	require.NoError(t, err)
	var uncounted []rollup.Uncounted
	for _, id := range ids {
		uncounted = append(uncounted, rollup.Uncounted{
			ID: id, FromVersion: 3, ToVersion: 6, StartedAt: time.Date(2000, 1, 15, 0, 0, 0, 0, time.UTC),
		})
	}
	now := time.Now()
	since, middle := now.Add(-rollupSlice), ids[100]
	visited := map[string]float64{}
	for name, run := range map[string]func(q *system.Queries, ctx context.Context) error{
		"ListContradictions": func(q *system.Queries, ctx context.Context) error {
			_, err := (&Doctor{}).look(ctx, q, ids)
			return err
		},
		"ListChangedIDs": func(q *system.Queries, ctx context.Context) error {
			_, err := q.ListChangedIDs(ctx, system.ListChangedIDsParams{Since: since, Until: now})
			return err
		},
		"ListSessionIDs": func(q *system.Queries, ctx context.Context) error {
			_, err := q.ListSessionIDs(ctx, system.ListSessionIDsParams{AfterID: middle, MaxRows: doctorChunk})
			return err
		},
		"ListChangedSessions": func(q *system.Queries, ctx context.Context) error {
			_, err := rollup.UncountedIn(ctx, q, since, now, rollupBatch)
			return err
		},
		"ListNextSessions": func(q *system.Queries, ctx context.Context) error {
			_, err := q.ListNextSessions(ctx, system.ListNextSessionsParams{AfterID: middle, MaxRows: rollupBatch})
			return err
		},
		"RollUp": func(q *system.Queries, ctx context.Context) error { return rollup.CountSessions(ctx, q, uncounted) },
		"DeleteOldSubmissions": func(q *system.Queries, ctx context.Context) error {
			_, err := q.DeleteOldSubmissions(ctx, system.DeleteOldSubmissionsParams{Days: 30, MaxRows: retentionRows})
			return err
		},
	} {
		visited[name] = explain(t, conn, name, run)
	}
	keep := Keep{StepEvents: 36500, ModelCalls: 400, AuditLog: 730, BulkOperations: 30}
	for _, table := range NewRetention(nil, keep, prometheus.NewRegistry()).tables {
		if table.name == "submissions" {
			continue // above, without how far it is
		}
		visited[table.name] = explain(t, conn, table.name, func(q *system.Queries, ctx context.Context) error {
			_, _, err := table.delete(ctx, q, int32(table.days))
			return err
		})
	}
	return visited
}

// plan is a node of the plan of a statement that was run.
type plan struct {
	Type    string  `json:"Node Type"`
	Rows    float64 `json:"Actual Rows"`
	Loops   float64 `json:"Actual Loops"`
	Removed float64 `json:"Rows Removed by Filter"`
	Recheck float64 `json:"Rows Removed by Index Recheck"`
	Index   string  `json:"Index Name"`
	Table   string  `json:"Relation Name"`
	Plans   []plan  `json:"Plans"`
}

// visited returns how many rows the node and those under it read of tables.
func (p plan) visited() (rows float64) {
	if p.Table != "" && p.Type != "ModifyTable" {
		rows = (p.Rows + p.Removed + p.Recheck) * p.Loops
	}
	for _, under := range p.Plans {
		rows += under.visited()
	}
	return rows
}

// recorder keeps the statement that is sent through it.
type recorder struct {
	system.DBTX

	sql  string
	args []any
}

func (r *recorder) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	r.sql, r.args = sql, args
	return r.DBTX.Exec(ctx, sql, args...)
}

func (r *recorder) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	r.sql, r.args = sql, args
	return r.DBTX.Query(ctx, sql, args...)
}

func (r *recorder) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	r.sql, r.args = sql, args
	return r.DBTX.QueryRow(ctx, sql, args...)
}

// explain runs a statement, takes it back, and returns how many rows it reads.
func explain(
	t *testing.T, conn *pgx.Conn, name string, run func(*system.Queries, context.Context) error,
) float64 {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.Background()) }()
	r := &recorder{DBTX: tx}
	savepoint, err := tx.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, run(system.New(r), t.Context()), name)
	require.NoError(t, savepoint.Rollback(t.Context()))
	var document []byte
	err = tx.QueryRow(t.Context(), "explain (analyze, timing off, format json) "+r.sql, r.args...).Scan(&document)
	require.NoError(t, err, name)
	var read []struct{ Plan plan }
	require.NoError(t, json.Unmarshal(document, &read))
	return read[0].Plan.visited()
}
