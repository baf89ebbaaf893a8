package maintenance

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// Each end is counted once, in slices, after a pause too. What is older than an hour is left out, and what is so new that
// others may still commit beside it waits.
func TestEndedWorkIsCountedOnce(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	end := func(age string) {
		b.db.Exec(t, `with s as (insert into onboarding_sessions (id, user_id, version)
				values (gen_random_uuid(), gen_random_uuid()::text, 1) returning id, user_id)
			insert into submissions (id, session_id, user_id, kind, input, job_id, phase, message, status, finished_at)
			select gen_random_uuid(), id, user_id, 'website_analysis', '{}', 1, 'done', 'Done.', 'completed', now() - $1::interval
			from s`, age)
	}
	counted := func() map[string]int {
		require.NoError(t, b.rollup().countWork(t.Context()))
		counts := map[string]int{}
		for _, grain := range []string{"minute", "ten minutes", "hour"} {
			counts[grain] = pgtest.One[int](t, b.db, "select coalesce(sum(count), 0)::int from rollup_work where grain = $1", grain)
		}
		return counts
	}
	all := func(n int) map[string]int { return map[string]int{"minute": n, "ten minutes": n, "hour": n} }

	for _, age := range []string{"2 hours", "50 minutes", "31 minutes", "29 minutes", "1 minute", "-1 minute"} {
		end(age)
	}
	assert.Equal(t, all(4), counted(), "not what is too old or too new")
	assert.Equal(t, all(4), counted(), "nothing twice")

	b.db.Exec(t, "update maintenance_progress set at = now() - interval '20 minutes' where task = 'work'")
	b.db.Exec(t, "delete from rollup_work")
	end("3 minutes")
	assert.Equal(t, all(2), counted(), "after a pause from where it was")
}
