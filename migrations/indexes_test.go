package migrations_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// BenchmarkJobRows takes 200 rows of jobs through their states, with the indexes that
// the queue brings and with those of 00026_job_indexes.sql.
func BenchmarkJobRows(b *testing.B) {
	for name, change := range map[string]string{
		"ours": "",
		"river's": `drop index river_job_running;
			create index on river_job using gin (args); create index on river_job using gin (metadata)`,
	} {
		b.Run(name, func(b *testing.B) {
			pool := owner(b, pgtest.NewURL(b))
			_, err := pool.Exec(b.Context(), change)
			require.NoError(b, err)
			for b.Loop() {
				for _, statement := range []string{
					`insert into river_job (args, kind, metadata, max_attempts, queue) select jsonb_build_object(
						'submission_id', gen_random_uuid(), 'recoveries', 0), 'website_analysis', jsonb_build_object('traceparent', gen_random_uuid()), 25, 'interactive'
						from generate_series(1, 200) i`,
					"update river_job set state = 'running', attempted_at = now(), attempted_by = array['worker'] where state " +
						"= 'available'",
					"update river_job set state = 'completed', finalized_at = now() where state = 'running'",
				} {
					_, err := pool.Exec(b.Context(), statement)
					require.NoError(b, err)
				}
			}
		})
	}
}
