package jobs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const step2 = onboarding.StepWebsite

// states are the states that step 2 can be in, by how a user gets there.
var states = map[string]func(b *bundle){
	"pending":         func(*bundle) {},
	"running":         func(b *bundle) { b.website("example.com") },
	"running, held":   func(b *bundle) { b.done(step2); b.website("example.org") },
	"completed":       func(b *bundle) { b.done(step2) },
	"failed":          func(b *bundle) { b.end(b.website("example.com"), robots) },
	"failed, held":    func(b *bundle) { b.done(step2); b.end(b.website("example.org"), robots) },
	"cancelled":       func(b *bundle) { b.website("example.com"); mustCancel(b) },
	"cancelled, held": func(b *bundle) { b.done(step2); b.website("example.org"); mustCancel(b) },
	"reset":           func(b *bundle) { b.done(step2); mustReset(b) },
	"reset, with data": func(
		b *bundle,
	) {
		b.done(step2)
		require.NoError(b.t, b.submit.ResetAll(b.t.Context(), b.user, true))
	},
}

func mustCancel(b *bundle) { require.NoError(b.t, b.submit.Cancel(b.t.Context(), b.user, step2)) }
func mustReset(b *bundle)  { require.NoError(b.t, b.submit.Reset(b.t.Context(), b.user, step2)) }

// The status machine over real transactions: what becomes of step 2 in each state, or
// the code of the conflict. Every change is one version and one event, a conflict and
// a submission that is joined none.
func TestStatusMachine(t *testing.T) {
	t.Parallel()
	actions := map[string]func(b *bundle) error{
		"cancel": func(b *bundle) error { return b.submit.Cancel(b.t.Context(), b.user, step2) },
		"reset":  func(b *bundle) error { return b.submit.Reset(b.t.Context(), b.user, step2) },
		"skip":   func(b *bundle) error { return b.submit.Skip(b.t.Context(), b.user, step2) },
		"retry": func(b *bundle) error {
			_, err := b.submit.Retry(b.t.Context(), b.user, step2)
			return err
		},
	}
	tests := map[string]struct {
		cancel, retry, reset string // the status, or the code of the conflict
		held                 bool   // whether a result is held after cancel and retry
	}{
		"pending":          {"step_not_running", "nothing_to_retry", "pending", false},
		"running":          {"pending", "in_progress joined", "pending", false},
		"running, held":    {"completed", "in_progress joined", "pending", true},
		"completed":        {"step_not_running", "in_progress", "pending", true},
		"failed":           {"step_not_running", "in_progress", "pending", false},
		"failed, held":     {"step_not_running", "in_progress", "pending", true},
		"cancelled":        {"step_not_running", "in_progress", "pending", false},
		"cancelled, held":  {"step_not_running", "in_progress", "pending", true},
		"reset":            {"step_not_running", "in_progress", "pending", false},
		"reset, with data": {"step_not_running", "nothing_to_retry", "pending", false},
	}
	require.Len(t, tests, len(states))
	shared := setup(t)
	for state, test := range tests {
		for action, want := range map[string]string{
			"cancel": test.cancel, "retry": test.retry, "reset": test.reset,
			"skip": "step_not_skippable",
		} {
			t.Run(state+"/"+action, func(t *testing.T) {
				t.Parallel()
				b := shared.as(t, state+action)
				states[state](b)
				before, events := b.session(), b.events()
				err := actions[action](b)
				step, changes := b.websiteStep(), int64(1)
				status, joined := strings.CutSuffix(want, " joined")
				switch {
				case strings.Contains(want, "_") && status != "in_progress":
					requireConflict(t, err, want)
					assert.Equal(t, before.Step(step2).Status, step.Status)
					changes = 0
				default:
					require.NoError(t, err)
					assert.EqualValues(t, status, step.Status)
					assert.Equal(t, test.held && action != "reset", step.ResultSubmissionID != nil)
				}
				if joined {
					changes = 0
				}
				assert.Equal(t, changes, b.session().Version-before.Version, "versions")
				assert.Equal(t, changes, b.events()-events, "events")
				assert.LessOrEqual(t, pgtest.One[int](b.t, b.db,
					"select count(*) from submissions where user_id = $1 and step = 2 and status = 'in_progress'", b.user), 1)
			})
		}
	}
}

// Retry repeats the last input, also that of a submission that was cancelled while an
// older result is held.
func TestRetryRepeatsTheLastInput(t *testing.T) {
	t.Parallel()
	shared := setup(t)
	for state, website := range map[string]string{
		"failed":          "https://example.com",
		"cancelled, held": "https://example.org", "reset": "https://example.com",
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			b := shared.as(t, state)
			states[state](b)
			submission, err := b.submit.Retry(t.Context(), b.user, step2)
			require.NoError(t, err)
			assert.Equal(t, onboarding.KindWebsiteAnalysis, submission.Kind)
			assert.JSONEq(t, `{"website": "`+website+`", "assumed_scheme": true}`, string(submission.Input))
		})
	}
}

// A retry of step 4 needs what a submission of step 4 needs.
func TestRetryOfPersonasNeedsAnAnalysis(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(step2, onboarding.StepPersonalization)
	mustReset(b)
	_, err := b.submit.Retry(t.Context(), b.user, onboarding.StepPersonalization)
	requireConflict(t, err, "analysis_missing")
}

func TestSkip(t *testing.T) {
	t.Parallel()
	shared := setup(t)
	for n := onboarding.StepNumber(1); n <= onboarding.StepCount; n++ {
		t.Run(fmt.Sprintf("step %d", n), func(t *testing.T) {
			t.Parallel()
			b := shared.as(t, fmt.Sprintf("skip %d", n))
			if n%2 == 0 {
				requireConflict(t, b.submit.Skip(t.Context(), b.user, n), "step_not_skippable")
				assert.Zero(t, b.session().Version)
				return
			}
			for range 2 {
				require.NoError(t, b.submit.Skip(t.Context(), b.user, n))
				assert.Equal(t, onboarding.StepSkipped, b.session().Step(n).Status)
				assert.EqualValues(t, 1, b.session().Version, "a second call changes nothing")
			}
			assert.True(t, b.session().Step(n).Done())
			assert.Nil(t, b.session().Step(n).CompletedAt, "nothing was completed")
			b.done(n)
			assert.Equal(t, onboarding.StepCompleted, b.session().Step(n).Status, "a skipped step can be completed")
			requireConflict(t, b.submit.Skip(t.Context(), b.user, n), "step_already_completed")
			require.NoError(t, b.submit.Reset(t.Context(), b.user, n))
			require.NoError(t, b.submit.Skip(t.Context(), b.user, n))
			assert.Equal(t, onboarding.StepSkipped, b.session().Step(n).Status)
		})
	}
}

// A settled step holds what was submitted for it; step 6 writes its event and stays.
func TestSettledSteps(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(onboarding.StepIntegrations)
	assert.JSONEq(t, `{"chosen": []}`, string(b.session().Step(5).Data))
	require.NoError(t, b.submit.NoteFinish(t.Context(), b.user))
	assert.Equal(t, onboarding.StepPending, b.session().Step(onboarding.StepFinish).Status)
	assert.EqualValues(t, 2, b.session().Version)
	assert.EqualValues(t, 2, b.events())
}

// Two tabs: however many submissions race, one runs, and identical ones are one.
func TestTwoTabs(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(i int) string{
		"the same input":   func(int) string { return "example.com" },
		"different inputs": func(i int) string { return fmt.Sprintf("example.com/%d", i) },
		"mixed":            func(i int) string { return fmt.Sprintf("example.com/%d", i%2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			group, ctx := errgroup.WithContext(t.Context())
			for i := range 10 {
				group.Go(func() error {
					_, err := b.submit.SubmitWebsite(ctx, b.user, onboarding.WebsiteInput{Website: address(i)})
					return err
				})
				group.Go(func() error { return b.submit.Skip(ctx, b.user, onboarding.StepResearch) })
			}
			require.NoError(t, group.Wait())
			assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from submissions where status = 'in_progress'"))
			assert.Equal(t, pgtest.One[int](b.t, b.db, "select count(*) from submissions"), pgtest.One[int](b.t, b.db, "select count(*) from river_job"))
			if name == "the same input" {
				assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from submissions"))
			}
			running := pgtest.One[string](b.t, b.db, "select id::text from submissions where status = 'in_progress'")
			assert.Equal(t, running, b.websiteStep().SubmissionID.String())
			assert.Equal(t, b.session().Version, b.events())
			assert.Equal(t, b.events(), pgtest.One[int64](b.t, b.db, "select max(seq) from step_events"))
		})
	}
}

// What the user tells of the business is stored with the submission that is made
// from it.
func TestBusinessInfo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission, err := b.submit.SubmitBusiness(t.Context(), b.user,
		onboarding.BusinessInfo{BusinessDescription: "We roast coffee.", Industry: "Food"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"business_description": "We roast coffee.", "industry": "Food"}`, string(submission.Input))
	stored, err := postgres.Business(t.Context(), postgres.AsUser(b.db.App, b.user), b.user)
	require.NoError(t, err)
	assert.Equal(t, "Food", stored.Industry)
	assert.Equal(t, onboarding.StepInProgress, b.websiteStep().Status)
}
