package jobs

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// begunAgain begins another run of every import the moment that it has ended.
const begunAgain = `create function begin_again() returns trigger language plpgsql as $$ begin
	update public.river_job set state = 'running', finalized_at = null, attempt = 2,
		attempted_at = now() + interval '1 hour' where id = new.id;
	return null;
end $$;
create trigger begin_again after update of state on river_job for each row
	when (new.state = 'completed' and new.attempt = 1 and new.kind = 'analysis_import') execute function begin_again()`

// River writes nothing to the row of a job that has ended with its work: a run that begins after that is another
// worker's.
func TestStaleWorkerLeavesTheNextRunAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.owner(begunAgain)
	submission := b.importAnalysis()
	stop := b.start(b.config(onePage))
	require.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
	stop() // River has written all that it writes
	assert.Equal(t, "running", b.jobState(submission.JobID))
	assert.Equal(t, 2, pgtest.One[int](t, b.db, "select attempt from river_job where id = $1", submission.JobID))
}

// A fetch reads the jobs that it takes, neither those that have ended nor all that wait. What the planner knows is of a
// time when none waited.
func TestFetchReadsWhatItTakes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const ended, waiting = 6000, 120
	b.owner("alter table river_job set (autovacuum_enabled = off)")
	b.db.Exec(t, `insert into river_job (kind, queue, args, max_attempts, priority, state, attempt, finalized_at)
		select 'analysis_import', 'interactive', '{}', 25, 1, 'completed', 1, now() from generate_series(1, $1::int)`, ended)
	b.owner("vacuum analyze river_job")
	for i := range waiting {
		b.as(t, fmt.Sprintf("waits-%d", i)).importAnalysis()
	}
	before := jobsRead(b)
	stop := b.start(b.config(onePage))
	b.eventually(func() bool {
		return pgtest.One[int](t, b.db, "select count(*) from submissions where status = 'in_progress'") == 0
	})
	stop()
	// What watches the queue may read all once. There were at least as many fetches as the jobs fill the slots.
	assert.Less(t, jobsRead(b)-before, 3*ended, "rows read of river_job")
}

// jobsRead returns how many rows of jobs were read, by sessions that have ended.
func jobsRead(b *bundle) int {
	return pgtest.One[int](b.t, b.db,
		"select seq_tup_read + idx_tup_fetch from pg_stat_user_tables where relname = 'river_job'")
}
