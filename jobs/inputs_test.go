package jobs

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// wanted returns the revision that the inputs should have.
func (b *bundle) wanted() int64 {
	b.t.Helper()
	return pgtest.One[int64](b.t, b.db, "select wanted_revision from personalization_inputs where user_id = $1", b.user)
}

// built waits until no build runs, and returns what was built last.
func (b *bundle) built() onboarding.StoredInputs {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return b.building() == uuid.Nil }, 15*time.Second, 10*time.Millisecond,
		"the builds do not end")
	inputs, err := b.inputs()
	require.NoError(b.t, err)
	return inputs
}

// builder counts the builds and calls a hook in each.
type builder struct {
	calls atomic.Int64
	hook  func(calls int64)
}

func (c *builder) build(sources onboarding.Sources) onboarding.Inputs {
	inputs := countSources(sources)
	c.hook(c.calls.Add(1))
	return inputs
}

// builds starts a worker whose builds call the hook when they have read everything.
func (b *bundle) buildsWith(hook func(calls int64)) *builder {
	b.t.Helper()
	counted := &builder{hook: hook}
	cfg := b.config(onePage)
	cfg.BuildInputs = counted.build
	b.start(cfg)
	return counted
}

// A burst of changes before a worker comes is one build that has seen all of them.
func TestBurstBuildsOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i := range 20 {
		b.preferences(fmt.Sprintf("type %d", i))
	}
	require.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from submissions"))
	counted := b.buildsWith(func(int64) {})
	inputs := b.built()
	assert.EqualValues(t, 1, counted.calls.Load())
	assert.EqualValues(t, 20, inputs.Revision)
	assert.Equal(t, onboarding.List{"type 19"}, inputs.GapAnalysis.ContentGaps)
}

// A burst during a running build makes one more, which has seen all of it.
func TestChangesDuringABuildBuildOnceMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	begun, release := make(chan struct{}), make(chan struct{})
	counted := b.buildsWith(func(calls int64) {
		if calls == 1 {
			close(begun)
			<-release
		}
	})
	b.preferences("type 0")
	<-begun
	for i := range 19 {
		b.preferences(fmt.Sprintf("type %d", i+1))
	}
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from submissions"), "one build at a time")
	close(release)
	inputs := b.built()
	assert.EqualValues(t, 2, counted.calls.Load())
	assert.EqualValues(t, 20, inputs.Revision)
	assert.Equal(t, b.wanted(), inputs.Revision)
	assert.Equal(t, onboarding.List{"type 19"}, inputs.GapAnalysis.ContentGaps)
	assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select count(*) from submissions where status = 'completed'"))
}

// However changes and builds race, the last build has seen everything, and the
// revision never goes back.
func TestRacingChangesAreNotMissed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.buildsWith(func(int64) {})
	group, ctx := errgroup.WithContext(t.Context())
	for i := range 20 {
		group.Go(func() error {
			_, _, err := b.submit.SavePreferences(ctx, b.user,
				onboarding.PreferencesUpdate{ContentTypes: []string{fmt.Sprintf("type %d", i)}})
			return err
		})
	}
	require.NoError(t, group.Wait())
	inputs := b.built()
	assert.EqualValues(t, 20, b.wanted())
	assert.EqualValues(t, 20, inputs.Revision)
	assert.Equal(t, pgtest.One[[]string](b.t, b.db, "select content_types from research_preferences"),
		[]string(inputs.GapAnalysis.ContentGaps))
}

// A build that fails leaves what was built; the next change builds again, and so does
// one that came while it ran.
func TestFailedBuild(t *testing.T) {
	t.Parallel()
	for name, during := range map[string]bool{"a change after it": false, "a change during it": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			counted := b.buildsWith(func(calls int64) {
				if calls != 2 {
					return
				}
				if during {
					b.preferences("third")
				}
				panic("boom")
			})
			b.preferences("first")
			require.EqualValues(t, 1, b.built().Revision)
			b.preferences("second")
			require.Eventually(t, func() bool {
				return pgtest.One[int](b.t, b.db, "select count(*) from submissions where status = 'failed'") == 1
			}, 10*time.Second, 10*time.Millisecond)
			if !during {
				assert.Equal(t, onboarding.List{"first"}, b.built().GapAnalysis.ContentGaps, "the former stays")
				b.preferences("third")
			}
			inputs := b.built()
			assert.EqualValues(t, 3, counted.calls.Load())
			assert.EqualValues(t, 3, inputs.Revision)
			assert.Equal(t, onboarding.List{"third"}, inputs.GapAnalysis.ContentGaps)
		})
	}
}

// A build whose worker is lost is made by the successor, and what the lost one read
// is not stored over it.
func TestLostBuild(t *testing.T) {
	t.Parallel()
	b := setup(t)
	begun, release := make(chan struct{}), make(chan struct{})
	b.buildsWith(func(calls int64) {
		if calls == 1 {
			close(begun)
			<-release
		}
	})
	b.preferences("first")
	<-begun
	build := b.submission(b.building())
	b.preferences("second")
	b.loseJob(build.JobID)
	inputs := b.built()
	close(release)
	require.Eventually(t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from river_job where state not in ('completed', 'discarded')") == 0
	}, 10*time.Second, 10*time.Millisecond)
	after := b.built()
	assert.Equal(t, inputs, after)
	assert.Equal(t, onboarding.List{"second"}, after.GapAnalysis.ContentGaps)
	assert.Equal(t, b.wanted(), after.Revision)
}

// Everything that the inputs are built from asks for a build when it changes, in the
// same transaction; the revision says what the document has seen.
func TestWhatAsksForABuild(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(b *bundle)
		raises int64
	}{
		"a website analysis":   {func(b *bundle) { b.done(2) }, 1},
		"an imported analysis": {func(b *bundle) { b.end(b.importAnalysis(), nil) }, 1},
		"preferences":          {func(b *bundle) { b.done(3) }, 1},
		"personas":             {func(b *bundle) { b.done(4) }, 1},
		"imported personas":    {func(b *bundle) { b.end(b.importPersonas(""), nil) }, 1},
		"a reset":              {mustReset, 1},
		"a reset of all": {func(b *bundle) {
			require.NoError(b.t, b.submit.ResetAll(b.t.Context(), b.user, false))
		}, 1},
		"a deletion of all": {func(b *bundle) {
			require.NoError(b.t, b.submit.ResetAll(b.t.Context(), b.user, true))
		}, 1},
		"a deleted analysis": {func(b *bundle) {
			require.NoError(b.t, b.submit.DeleteAnalysis(b.t.Context(), b.user, b.held().Analysis.ID))
		}, 1},
		"an edited analysis": {func(b *bundle) {
			require.NoError(b.t, b.submit.UpdateAnalysis(b.t.Context(), b.user, b.held().Analysis.ID, onboarding.FlatAnalysis{}))
		}, 1},
		"a failed analysis": {func(b *bundle) { b.end(b.website("example.org"), robots) }, 0},
		"keys":              {func(b *bundle) { b.done(1) }, 0},
		"integrations":      {func(b *bundle) { b.done(5) }, 0},
	}
	shared := setup(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := shared.as(t, name)
			b.done(2)
			b.builds()
			before, err := b.inputs()
			require.NoError(t, err)
			require.Equal(t, b.wanted(), before.Revision)
			test.change(b)
			assert.Equal(t, test.raises == 1, b.building() != uuid.Nil)
			assert.Equal(t, before.Revision+test.raises, b.wanted())
			b.builds()
			after, err := b.inputs()
			require.NoError(t, err)
			assert.Equal(t, b.wanted(), after.Revision)
		})
	}
}

// A build changes no step: it writes no event and no version.
func TestBuildChangesNoStep(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.preferences("first")
	version := b.session().Version
	b.buildsWith(func(int64) {})
	inputs := b.built()
	assert.Equal(t, version, b.session().Version)
	assert.Equal(t, version, b.events())
	assert.WithinDuration(t, time.Now(), inputs.BuiltAt, time.Minute)
	assert.True(t, inputs.IsDefault, "without an analysis")
}

// A newer change that a running build has not read yet is part of it: what counts is
// what it reads under the lock.
func TestBuildReadsUnderTheLock(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.preferences("first")
	build := b.submission(b.building())
	b.preferences("second")
	counted := b.buildsWith(func(int64) {})
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(build.ID).Status)
	inputs := b.built()
	assert.EqualValues(t, 1, counted.calls.Load())
	assert.EqualValues(t, 2, inputs.Revision)
	assert.Equal(t, onboarding.List{"second"}, inputs.GapAnalysis.ContentGaps)
}

// What the user tells of the business is part of the inputs, also if the analysis that
// it was submitted for is cancelled.
func TestBusinessIsBuiltWithoutItsAnalysis(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.submit.SubmitBusiness(t.Context(), b.user,
		onboarding.BusinessInfo{BusinessDescription: "We roast coffee.", Industry: "Food"})
	require.NoError(t, err)
	require.NoError(t, b.submit.Cancel(t.Context(), b.user, step2))
	var industry atomic.Value
	cfg := b.config(onePage)
	cfg.BuildInputs = func(sources onboarding.Sources) onboarding.Inputs {
		if sources.Business != nil {
			industry.Store(sources.Business.Industry)
		}
		return countSources(sources)
	}
	b.start(cfg)
	b.built()
	assert.Equal(t, "Food", industry.Load())
}
