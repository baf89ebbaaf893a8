package maintenance

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// A user who has done nothing for 24 hours is announced once a stall; not one who has continued, finished or waits for
// work.
func TestStalls(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for user, hours := range map[string]int{"stalled": 25, "going on": 23, "old": 60, "finished": 25, "working": 25} {
		db.Exec(t, `with s as (
				insert into onboarding_sessions (id, user_id, version, completed_at)
				values (gen_random_uuid(), $1, 1, case when $1 = 'finished' then now() end) returning id, user_id
			), t as (
				insert into onboarding_steps (session_id, user_id, step, status)
				select id, user_id, n, case when n = 1 then 'completed' when $1 = 'working' and n = 2 then 'in_progress' else 'pending' end
				from s, generate_series(1, 6) n
			)
			insert into step_events (session_id, seq, at, user_id, step, status)
			select id, 1, now() - make_interval(hours => $2), user_id, 1, 'pending' from s`, user, hours)
	}
	db.Exec(t, "insert into webhook_receivers (name, kinds) values ('crm', '{onboarding.stalled}')")
	db.Exec(t, "insert into maintenance_progress (task, at) values ('stalls', now() - interval '48 hours')")
	s := NewStalls(db.System, prometheus.NewRegistry())
	told := func() []string {
		return pgtest.One[[]string](t, db, "select coalesce(array_agg(user_id || ' ' || step order by id), '{}') from outbox_events")
	}
	require.NoError(t, s.Run(t.Context()))
	assert.Equal(t, []string{"stalled 2"}, told())
	require.NoError(t, s.Run(t.Context()))
	assert.Equal(t, []string{"stalled 2"}, told(), "once")
	assert.InDelta(t, 1, testutil.ToFloat64(s.stalls.WithLabelValues("2")), 0)

	db.Exec(t, `insert into step_events (session_id, seq, at, user_id, step, status)
		select id, 2, now() - interval '24 hours 1 second', user_id, 2, 'pending' from onboarding_sessions where user_id = 'stalled'`)
	db.Exec(t, "update onboarding_sessions set version = 2 where user_id = 'stalled'")
	db.Exec(t, "update maintenance_progress set at = now() - interval '24 hours 1 minute' where task = 'stalls'")
	require.NoError(t, s.Run(t.Context()))
	assert.Equal(t, []string{"stalled 2", "stalled 2"}, told(), "a second stall")
}
