package jobs

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

// queueOf returns the queue of the newest job of a kind, "" if there is none.
func (b *bundle) queueOf(kind onboarding.Kind) string {
	b.t.Helper()
	return pgtest.One[string](b.t, b.db,
		`select coalesce((select queue from river_job where kind = $1 order by id desc limit 1), '')`, string(kind))
}

// The build that a result is left to takes a slot of the queue of the work that made the
// result: ten thousand retries of an operator must not stand before a user's build.
func TestWhatFollowsFromBulkWorkIsBulk(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		// submit returns the submission that the worker then completes.
		submit func(b *bundle) onboarding.Submission
		queue  string
	}{
		"a user's submission": {func(b *bundle) onboarding.Submission { return b.website("example.com") }, queue.Network},
		"an operator's retry": {func(b *bundle) onboarding.Submission {
			b.end(b.website("example.com"), robots)
			require.Equal(b.t, flow.OutcomeDone, b.operate((*flow.Operator).RetryFailed))
			return b.submission(*b.websiteStep().SubmissionID)
		}, queue.Bulk},
		"a replay": {func(b *bundle) onboarding.Submission {
			replay := b.replay(b.dies().ID)
			require.Equal(b.t, bulk.Replayed, replay.Outcome)
			return b.submission(replay.ReplayedAs)
		}, queue.Bulk},
		"a recovered retry": {func(b *bundle) onboarding.Submission {
			submission := b.lost()
			b.db.Exec(b.t, "update river_job set queue = 'bulk'")
			require.NoError(b.t, b.sweeper().Tick(b.t.Context()))
			return b.submission(submission.ID)
		}, queue.Bulk},
		"a job whose row is gone": {func(b *bundle) onboarding.Submission {
			submission := b.website("example.com")
			b.db.Exec(b.t, "delete from river_job")
			require.NoError(b.t, b.sweeper().Tick(b.t.Context()))
			return b.submission(submission.ID)
		}, queue.Network},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			submission := test.submit(b)
			assert.Equal(t, test.queue, b.queueOf(onboarding.KindWebsiteAnalysis))
			cfg := b.config(onePage)
			cfg.BuildInputs = func(onboarding.Sources) onboarding.Inputs { panic("left to a job") }
			b.start(cfg)
			require.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
			assert.Equal(t, queue.FollowUp(test.queue), b.queueOf(onboarding.KindPersonalizationInputs))
		})
	}
}

// So does the build that follows a build whose job has ended without it.
func TestWhatFollowsFromAnOrphanIsInItsQueue(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.preferences("Blog Posts")
	build := b.building()
	b.preferences("Articles")
	b.db.Exec(b.t, "update river_job set queue = 'bulk', state = 'cancelled', finalized_at = now()")
	require.NoError(t, b.sweeper().Tick(t.Context()))
	require.NotEqual(t, build, b.building())
	assert.Equal(t, queue.Bulk, b.queueOf(onboarding.KindPersonalizationInputs))
}

// No user waits for work that the doctor queues.
func TestWhatTheDoctorQueuesIsBulk(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	b.builds()
	b.db.Exec(b.t, loseData)
	require.NoError(t, b.doctor().Run(t.Context(), false))
	assert.Equal(t, queue.Bulk, b.queueOf(onboarding.KindWebsiteAnalysis))
}
