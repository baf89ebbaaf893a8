package jobs

import (
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// grown makes the tables large without telling the planner.
const grown = `with s as materialized (select gen_random_uuid() as id, 'grown-' || n as name from generate_series(1, 2000) n),
sessions as (insert into onboarding_sessions (id, user_id) select id, name from s),
steps as (insert into onboarding_steps (session_id, user_id, step) select id, name, n from s, generate_series(1, 6) n),
work as (
	insert into submissions (id, session_id, user_id, kind, step, status, input, job_id, phase, message, finished_at)
	select gen_random_uuid(), id, name, 'website_analysis', 2, 'completed', '{}', 1, 'finished', '', now()
	from s, generate_series(1, 3)
), inputs as (
	insert into personalization_inputs (session_id, user_id, revision, inputs, built_at) select id, name, 1, '{}', now() from s
), jobs as (
	insert into river_job (kind, queue, args, max_attempts, priority, state, attempt, finalized_at)
	select 'website_analysis', 'interactive', '{}', 25, 1, 'completed', 1, now() from s, generate_series(1, 3)
)
insert into step_events (session_id, seq, user_id, step, status) select id, n, name, n, 'pending' from s, generate_series(1, 6) n`

// On a database that was migrated a moment ago the plans of all statements are made while the tables are empty
// and unknown to the planner. They are good when the tables have grown.
func TestPlansOfEmptyTablesAreGoodForFullOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, table := range []string{"onboarding_sessions", "onboarding_steps", "submissions", "river_job", "personalization_inputs"} {
		b.owner("alter table " + table + " set (autovacuum_enabled = off)")
	}
	for i := range 7 { // a plan is kept from the sixth time at the latest
		b.user = fmt.Sprintf("early-%d", i)
		b.done(2, 3, 4)
	}
	b.owner("set session_replication_role = replica; " + grown)
	read := func() int {
		for _, pool := range []*pgxpool.Pool{b.db.App, b.db.System} {
			for _, conn := range pool.AcquireAllIdle(t.Context()) {
				_, err := conn.Exec(t.Context(), "select pg_stat_force_next_flush()")
				conn.Release()
				require.NoError(t, err)
			}
		}
		return pgtest.One[int](t, b.db, "select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0) / 10), 0)::int from pg_stat_user_tables "+
			"where schemaname = 'public' and relname not like 'goose%'")
	}
	before := read()
	b.user = "late"
	b.done(2, 3, 4)
	assert.Less(t, read()-before, 200, "rows read by sequential scans, and a tenth of those read by index")
}
