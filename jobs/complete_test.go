package jobs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// The finish names exactly the steps that are missing.
func TestCompleteNamesMissingSteps(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare func(b *bundle)
		named   []string // nil: it finishes
	}{
		"nothing done": {
			func(*bundle) {},
			[]string{"Step 2 (Website Analysis)", "Step 3 (AI Research)", "Step 4 (Personalization)"},
		},
		"one done": {func(b *bundle) { b.done(2) }, []string{"Step 3 (AI Research)", "Step 4 (Personalization)"}},
		"failed": {
			func(b *bundle) { b.end(b.website("example.com"), robots); b.done(3) },
			[]string{"Step 2 (Website Analysis)", "Step 4 (Personalization)"},
		},
		"reset":             {func(b *bundle) { b.done(2, 3, 4); mustReset(b) }, []string{"Step 2 (Website Analysis)"}},
		"keys do not count": {func(b *bundle) { b.done(1, 5, 2, 4) }, []string{"Step 3 (AI Research)"}},
		"3 skipped": {func(
			b *bundle,
		) {
			b.done(2, 4)
			require.NoError(b.t, b.submit.Skip(b.t.Context(), b.user, 3))
		}, nil},
		"failed but held":  {func(b *bundle) { b.done(2, 3, 4); b.end(b.website("example.org"), robots) }, nil},
		"running but held": {func(b *bundle) { b.done(2, 3, 4); b.website("example.org") }, nil},
	}
	shared := setup(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := shared.as(t, name)
			test.prepare(b)
			version := b.session().Version
			err := b.submit.Complete(t.Context(), b.user, 0)
			if test.named == nil {
				require.NoError(t, err)
				assert.True(t, b.session().IsCompleted())
				return
			}
			var input *onboarding.InputError
			require.ErrorAs(t, err, &input)
			assert.Equal(t, "steps_missing", input.Code)
			for _, info := range []onboarding.StepNumber{1, 2, 3, 4, 5, 6} {
				named := false
				for _, want := range test.named {
					assert.Contains(t, input.Reason, want)
					named = named || want[:6] == "Step "+string('0'+rune(info))
				}
				if !named {
					assert.NotContains(t, input.Reason, info.Info().Title)
				}
			}
			assert.False(t, b.session().IsCompleted())
			assert.Equal(t, version, b.session().Version)
		})
	}
}

// The finish skips what was left out, and completes step 6; a second call changes
// nothing.
func TestComplete(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2, 3, 4)
	version := b.session().Version
	require.NoError(t, b.submit.Complete(t.Context(), b.user, 0))
	session := b.session()
	assert.Equal(t, onboarding.StepSkipped, session.Step(1).Status)
	assert.Equal(t, onboarding.StepSkipped, session.Step(5).Status)
	assert.Equal(t, onboarding.StepCompleted, session.Step(6).Status)
	assert.Equal(t, 100, session.CompletionPercentage())
	assert.Zero(t, session.NextStep())
	require.NotNil(t, session.CompletedAt)
	assert.Equal(t, version+3, session.Version, "steps 1, 5 and 6")

	require.NoError(t, b.submit.Complete(t.Context(), b.user, 0))
	again := b.session()
	assert.Equal(t, session.Version, again.Version)
	assert.Equal(t, session.CompletedAt, again.CompletedAt)
	assert.Equal(t, session.Version, b.events())
}

func TestConcurrentComplete(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2, 3, 4)
	version := b.session().Version
	group, ctx := errgroup.WithContext(t.Context())
	for range 8 {
		group.Go(func() error { return b.submit.Complete(ctx, b.user, time.Second) })
	}
	require.NoError(t, group.Wait())
	assert.Equal(t, version+3, b.session().Version)
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from step_events where step = 6"))
}

// The finish waits for a required step that is in progress, and says after the bound
// that it still is.
func TestCompleteWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2, 3)
	running := b.personas(linkedin)
	began := time.Now()
	err := b.submit.Complete(t.Context(), b.user, 150*time.Millisecond)
	requireConflict(t, err, "step_in_progress")
	var conflict *onboarding.ConflictError
	require.ErrorAs(t, err, &conflict)
	assert.Positive(t, conflict.RetryAfter)
	assert.Contains(t, conflict.Reason, "Step 4 (Personalization)")
	assert.GreaterOrEqual(t, time.Since(began), 150*time.Millisecond)
	assert.False(t, b.session().IsCompleted())

	done := make(chan error, 1)
	go func() { done <- b.submit.Complete(t.Context(), b.user, time.Minute) }()
	b.end(running, nil)
	require.NoError(t, <-done)
	assert.True(t, b.session().IsCompleted())
}

// A step that fails while the finish waits is missing.
func TestCompleteSeesTheFailure(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2, 3)
	running := b.personas(linkedin)
	done := make(chan error, 1)
	go func() { done <- b.submit.Complete(t.Context(), b.user, time.Minute) }()
	b.end(running, robots)
	var input *onboarding.InputError
	require.ErrorAs(t, <-done, &input)
	assert.Contains(t, input.Reason, "Step 4 (Personalization)")
}
