package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

// preview submits the preview of a website.
func (b *bundle) preview(address string) onboarding.Submission {
	b.t.Helper()
	submission, err := b.submit.PreviewWebsite(b.t.Context(), b.user, onboarding.WebsiteInput{Website: address})
	require.NoError(b.t, err)
	return submission
}

// text submits step 2 from a text.
func (b *bundle) text() onboarding.Submission {
	b.t.Helper()
	submission, err := b.submit.SubmitWebsite(b.t.Context(), b.user, onboarding.WebsiteInput{TextSample: "We bake."})
	require.NoError(b.t, err)
	return submission
}

// released asserts that of these submissions the job of each is available, and pending for the others.
func (b *bundle) released(all []onboarding.Submission, available ...bool) {
	b.t.Helper()
	for i, submission := range all {
		state, message := "pending", "Waiting for your other jobs."
		if available[i] {
			state, message = "available", "Waiting for a free worker."
		}
		reloaded := b.reload(submission)
		assert.Equal(b.t, state, b.jobState(reloaded.JobID), "submission %d", i)
		assert.Equal(b.t, !available[i], reloaded.Held, "submission %d", i)
		assert.Equal(b.t, message, reloaded.Progress.Message, "submission %d", i)
		assert.Equal(b.t, "queued", reloaded.Progress.Phase)
	}
}

// A user's third website waits for the others, in no queue that a worker fetches from; the end of one
// releases the oldest, in the same transaction. Another user and work without a website do not wait.
func TestUserHasTwoWebsitesRunning(t *testing.T) {
	t.Parallel()
	b := setup(t)
	all := []onboarding.Submission{
		b.website("one.example"), b.preview("two.example"), b.preview("three.example"), b.preview("four.example"),
	}
	b.released(all, true, true, false, false)
	assert.Equal(t, queue.Network, b.queueOf(onboarding.KindWebsitePreview))
	ben := b.as(t, "ben")
	assert.False(t, ben.website("one.example").Held)
	_, err := b.submit.PreviewWebsite(t.Context(), b.user, onboarding.WebsiteInput{TextSample: "We bake."})
	require.NoError(t, err)
	assert.Equal(t, queue.Interactive, b.queueOf(onboarding.KindWebsitePreview), "a text needs no network")

	b.end(all[0], robots)
	b.released(all[1:], true, true, false)
	b.end(all[2], robots)
	b.end(all[1], robots)
	b.released(all[3:], true)
	assert.Equal(t, 0, pgtest.One[int](t, b.db, "select sum(attempt) from river_job"))
}

// Held work is replaced, cancelled and joined like any other, and what stops releases the next.
func TestHeldWorkStops(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.preview("one.example"), b.preview("two.example")
	held := b.website("three.example")
	assert.Equal(t, held.ID, b.website("three.example").ID, "it is joined")
	third := b.preview("four.example")
	b.released([]onboarding.Submission{first, second, held, third}, true, true, false, false)

	replaced := b.website("five.example")
	assert.Equal(t, onboarding.SubmissionSuperseded, b.reload(held).Status)
	assert.Equal(t, "cancelled", b.jobState(held.JobID))
	b.released([]onboarding.Submission{third, replaced}, false, false)
	b.end(first, robots)
	b.released([]onboarding.Submission{third, replaced}, true, false)
	b.end(second, robots)
	b.released([]onboarding.Submission{replaced}, true)

	last := b.preview("six.example")
	b.released([]onboarding.Submission{last}, false)
	again := b.website("seven.example") // it takes the place of the one that it replaces
	b.released([]onboarding.Submission{again, last}, true, false)
	require.NoError(t, b.submit.Cancel(t.Context(), b.user, onboarding.StepWebsite))
	b.released([]onboarding.Submission{last}, true)
}

// Held work runs in its turn, from its first attempt, and nothing else of the worker waits for it.
func TestHeldWorkRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	running, release := make(chan struct{}, 4), make(chan struct{})
	cfg := b.config(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		running <- struct{}{}
		select {
		case <-release:
			return keepAll(ctx, crawl, 1)
		case <-ctx.Done():
			return onboarding.Site{}, context.Cause(ctx)
		}
	})
	cfg.InteractiveSlots, cfg.NetworkSlots = 1, 3
	b.start(cfg)
	all := []onboarding.Submission{b.preview("one.example"), b.preview("two.example"), b.preview("three.example")}
	<-running
	<-running
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(b.text().ID).Status)
	select {
	case <-running:
		t.Fatal("a third website is being read")
	case release <- struct{}{}:
	}
	<-running
	close(release)
	for _, submission := range all {
		ended := b.ended(submission.ID)
		assert.Equal(t, onboarding.SubmissionCompleted, ended.Status)
		assert.Equal(t, 1, pgtest.One[int](t, b.db, "select attempt from river_job where id = $1", ended.JobID))
	}
}

// A job that was queued as one that only computes and finds an API key goes where such work waits, and
// uses up neither an attempt nor a recovery.
func TestWorkThatNeedsTheNetworkMoves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.text()
	b.saveKeys(t, onboarding.ProviderOpenAI)
	first, second := b.preview("one.example"), b.preview("two.example")
	cfg := b.config(onePage)
	cfg.Models = &scriptedModels{script: func(context.Context, int, onboarding.Provider, string) (onboarding.Answer, error) {
		return answered("a"), nil
	}}
	b.db.Exec(t, "update river_job set state = 'pending' where queue = 'network'") // they run for long
	b.start(cfg)
	var moved onboarding.Submission
	require.Eventually(t, func() bool {
		moved = b.reload(submission)
		return moved.JobID != submission.JobID
	}, 20*time.Second, 10*time.Millisecond)
	b.released([]onboarding.Submission{moved}, false)
	assert.JSONEq(t, `{"submission_id": "`+submission.ID.String()+`", "recoveries": 0, "attempts_used": 0}`,
		pgtest.One[string](t, b.db, "select args::text from river_job where id = $1", moved.JobID))
	b.db.Exec(t, "update river_job set state = 'available' where id = any($1)", []int64{first.JobID, second.JobID})
	ended := b.ended(submission.ID)
	assert.Equal(t, onboarding.SubmissionCompleted, ended.Status)
	assert.Equal(t, "network 1",
		pgtest.One[string](t, b.db, "select concat_ws(' ', queue, attempt) from river_job where id = $1", ended.JobID))
}

// The sweep mends what should not happen: a release that was lost, a held job that was deleted or
// cancelled by hand.
func TestSweepMendsHeldWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	all := []onboarding.Submission{b.website("one.example"), b.preview("two.example"), b.preview("three.example")}
	b.released(all, true, true, false)
	b.db.Exec(t, "delete from river_job where id = $1", all[2].JobID)
	require.NoError(t, b.sweeper().Tick(t.Context()))
	require.NotEqual(t, all[2].JobID, b.reload(all[2]).JobID)
	b.released(all, true, true, false)

	b.db.Exec(t, "update river_job set state = 'cancelled', finalized_at = now() where id = $1", all[1].JobID)
	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, onboarding.FailureCancelled, b.reload(all[1]).FailureCode)
	b.released([]onboarding.Submission{all[0], all[2]}, true, true)

	b.db.Exec(t, "update submissions set held = true where id = $1", all[2].ID)
	b.db.Exec(t, "update river_job set state = 'pending' where id = $1", b.reload(all[2]).JobID)
	require.NoError(t, b.sweeper().Tick(t.Context()))
	assert.Equal(t, "available", b.jobState(b.reload(all[2]).JobID))
}

// The successor of a lost job has its place among its user's work.
func TestLostNetworkJobKeepsItsPlace(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lost := b.lost()
	second, held := b.preview("two.example"), b.preview("three.example")
	require.NoError(t, b.sweeper().Tick(t.Context()))
	moved := b.reload(lost)
	require.NotEqual(t, lost.JobID, moved.JobID)
	assert.Equal(t, "network available",
		pgtest.One[string](t, b.db, "select concat_ws(' ', queue, state) from river_job where id = $1", moved.JobID))
	b.released([]onboarding.Submission{second, held}, true, false)
	require.NoError(t, b.claim(moved, b.db.App).HandBack(t.Context(), func(context.Context, pgx.Tx) error { return nil }))
	b.released([]onboarding.Submission{second, held}, true, false)
	b.end(b.reload(lost), robots)
	b.released([]onboarding.Submission{second, held}, true, true)
	assert.Equal(t, 2, flow.NetworkShare)
}
