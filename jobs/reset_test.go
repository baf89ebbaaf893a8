package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// held returns the sources that count.
func (b *bundle) held() onboarding.Sources {
	b.t.Helper()
	sources, err := postgres.Sources(b.t.Context(), postgres.AsUser(b.db.App, b.user), b.user)
	require.NoError(b.t, err)
	return sources
}

// Stopping a running step, in whichever way: the worker's context ends within 2 s,
// and what the worker then returns is applied to nothing.
func TestStoppedWorkIsNeverApplied(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*flow.Submitter, context.Context, string) error{
		"cancel":    func(s *flow.Submitter, ctx context.Context, user string) error { return s.Cancel(ctx, user, step2) },
		"reset":     func(s *flow.Submitter, ctx context.Context, user string) error { return s.Reset(ctx, user, step2) },
		"reset all": func(s *flow.Submitter, ctx context.Context, user string) error { return s.ResetAll(ctx, user, true) },
	}
	for name, stop := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			started, ended := make(chan struct{}), make(chan struct{})
			b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
				close(started)
				<-ctx.Done()
				close(ended)
				return onboarding.Site{URL: crawl.URL, Pages: []onboarding.Page{page(1)}}, nil // as if it had not noticed
			})
			submission := b.website("example.com")
			<-started
			require.NoError(t, stop(b.submit, t.Context(), b.user))
			stopped, version := time.Now(), b.session().Version
			<-ended
			assert.Less(t, time.Since(stopped), 2*time.Second)
			require.Eventually(t, func() bool { return b.jobState(submission.JobID) != "running" }, 5*time.Second,
				10*time.Millisecond)

			assert.Equal(t, onboarding.SubmissionCancelled, b.reload(submission).Status)
			assert.Equal(t, onboarding.StepPending, b.websiteStep().Status)
			assert.Equal(t, version, b.session().Version, "the worker has changed nothing")
			assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from website_analyses"))
			assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from checkpoints")+pgtest.One[int](b.t, b.db, "select count(*) from page_digests"))
		})
	}
}

// Results of steps that were reset stay readable, but no longer count.
func TestResetOfOneStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(1, 2, 3, 4, 6)
	require.True(t, b.session().IsCompleted())
	require.Equal(t, 100, b.session().CompletionPercentage(), "steps 1 to 4, 5 skipped, 6")
	version := b.session().Version
	mustReset(b)

	session := b.session()
	assert.Equal(t, onboarding.StepPending, session.Step(step2).Status)
	assert.Nil(t, session.Step(step2).ResultSubmissionID)
	assert.Nil(t, session.Step(step2).CompletedAt)
	assert.False(t, session.Step(step2).Done())
	assert.False(t, session.IsCompleted(), "a finished onboarding is open again")
	assert.Equal(t, onboarding.StepPending, session.Step(6).Status)
	assert.Equal(t, version+2, session.Version, "steps 2 and 6 have changed")
	assert.Equal(t, session.Version, b.events())
	assert.Equal(t, onboarding.StepNumber(2), session.NextStep())

	sources := b.held()
	assert.Nil(t, sources.Analysis)
	assert.NotNil(t, sources.Preferences)
	assert.NotNil(t, sources.Personas)
	_, err := postgres.LatestAnalysis(t.Context(), b.db.App, b.user)
	require.NoError(t, err, "it stays readable")
	_, err = b.submit.GeneratePersonas(t.Context(), b.user, linkedin)
	requireConflict(t, err, "analysis_missing")
}

// The reset of step 6 alone opens a finished onboarding with one change.
func TestResetOfTheFinish(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2, 3, 4, 6)
	version := b.session().Version
	require.NoError(t, b.submit.Reset(t.Context(), b.user, onboarding.StepFinish))
	assert.False(t, b.session().IsCompleted())
	assert.Equal(t, onboarding.StepPending, b.session().Step(6).Status)
	assert.Equal(t, version+1, b.session().Version)
	require.NoError(t, b.submit.Complete(t.Context(), b.user, 0), "nothing else is missing")
}

func TestResetOfAll(t *testing.T) {
	t.Parallel()
	for name, deleteData := range map[string]bool{"data kept": false, "data deleted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.done(1, 2, 3, 4, 5, 6)
			b.builds()
			running := b.website("example.org")
			version := b.session().Version
			require.NoError(t, b.submit.ResetAll(t.Context(), b.user, deleteData))

			session := b.session()
			for _, step := range session.Steps {
				assert.Equal(t, onboarding.StepPending, step.Status, step.Number)
				assert.False(t, step.Done(), step.Number)
			}
			assert.False(t, session.IsCompleted())
			assert.Zero(t, session.CompletionPercentage())
			assert.Equal(t, version+onboarding.StepCount, session.Version)
			assert.Equal(t, session.Version, b.events())
			assert.Equal(t, onboarding.SubmissionCancelled, b.reload(running).Status)
			keys, err := postgres.Keys(t.Context(), postgres.AsUser(b.db.App, b.user), b.user)
			require.NoError(t, err)
			assert.Len(t, keys, 1, "keys are kept")
			sources := b.held()
			assert.Nil(t, sources.Analysis)
			assert.Nil(t, sources.Preferences)
			assert.Nil(t, sources.Personas)

			stored := 1
			if deleteData {
				stored = 0
			}
			for _, table := range []string{"website_analyses", "research_preferences", "persona_data"} {
				assert.Equal(t, stored, pgtest.One[int](b.t, b.db, "select count(*) from "+table), table)
			}
			assert.Equal(t, stored, pgtest.One[int](b.t, b.db, "select count(inputs) from personalization_inputs"))
			assert.Equal(t, deleteData, session.Step(5).Data == nil)
			assert.Equal(t, deleteData, (session.Step(2).Website == ""), "prefill")
		})
	}
}

// After a reset the inputs are built again, from nothing: the defaults.
func TestResetRebuildsTheInputs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		return keepAll(ctx, crawl, 1)
	})
	isDefault := func(want bool) func() bool {
		return func() bool {
			inputs, err := b.inputs()
			return err == nil && inputs.IsDefault == want && b.building() == [16]byte{}
		}
	}
	b.ended(b.website("example.com").ID)
	require.Eventually(t, isDefault(false), 10*time.Second, 10*time.Millisecond)
	mustReset(b)
	require.Eventually(t, isDefault(true), 10*time.Second, 10*time.Millisecond)
	_, err := b.submit.Retry(t.Context(), b.user, step2)
	require.NoError(t, err)
	require.Eventually(t, isDefault(false), 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.submit.ResetAll(t.Context(), b.user, true))
	require.Eventually(t, isDefault(true), 10*time.Second, 10*time.Millisecond)
}

// A build that has read what is deleted meanwhile does not bring it back.
func TestDeletedDataDoesNotComeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2)
	build := b.submission(b.building())
	require.NoError(t, b.submit.ResetAll(t.Context(), b.user, true))
	assert.Equal(t, onboarding.SubmissionCancelled, b.reload(build).Status)
	assert.NotEqual(t, build.ID, b.building(), "another is queued")
	err := b.claim(build, b.db.App).Finish(t.Context(), flow.Ending{Result: anyResult(t, build)})
	require.ErrorIs(t, err, onboarding.ErrSuperseded)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(inputs) from personalization_inputs"))
}

// Deleting an analysis takes the result from step 2 if it is that, and only then.
func TestDeleteAnalysis(t *testing.T) {
	t.Parallel()
	id := func(b *bundle, website string) int64 {
		return pgtest.One[int64](b.t, b.db, "select id from website_analyses where website_url = $1", website)
	}
	t.Run("the result", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.done(2, 3, 4, 6)
		version := b.session().Version
		require.NoError(t, b.submit.DeleteAnalysis(t.Context(), b.user, id(b, "https://example.com")))
		assert.Equal(t, onboarding.StepPending, b.websiteStep().Status)
		assert.False(t, b.session().IsCompleted())
		assert.Equal(t, version+2, b.session().Version)
	})
	t.Run("the result while a newer submission runs", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.done(2)
		running := b.website("example.org")
		require.NoError(t, b.submit.DeleteAnalysis(t.Context(), b.user, id(b, "https://example.com")))
		assert.Equal(t, onboarding.StepInProgress, b.websiteStep().Status)
		assert.False(t, b.websiteStep().Done())
		b.end(b.reload(running), nil)
		assert.True(t, b.websiteStep().Done(), "the running work goes on")
	})
	t.Run("an older one", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.done(2)
		b.end(b.website("example.org"), nil)
		require.NoError(t, b.submit.DeleteAnalysis(t.Context(), b.user, id(b, "https://example.com")))
		assert.Equal(t, onboarding.StepCompleted, b.websiteStep().Status)
		assert.NotNil(t, b.held().Analysis)
	})
	t.Run("another user's", func(t *testing.T) {
		t.Parallel()
		b := setup(t)
		b.done(2)
		require.ErrorIs(t, b.submit.DeleteAnalysis(t.Context(), "user_bob", id(b, "https://example.com")),
			onboarding.ErrNotFound)
		assert.NotNil(t, b.held().Analysis)
	})
}
