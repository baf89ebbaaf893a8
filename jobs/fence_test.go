package jobs

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// A submission that was superseded after its work had returned is not finished: the
// status is compared in the transaction itself.
func TestSupersededSubmissionIsNotFinished(t *testing.T) {
	t.Parallel()
	b := setup(t)
	older := b.website("example.com")
	newer := b.website("example.org")
	err := b.claim(older, b.db.App).Finish(t.Context(), flow.Ending{Result: anyResult(t, older)})
	require.ErrorIs(t, err, onboarding.ErrSuperseded)
	assert.Equal(t, onboarding.SubmissionSuperseded, b.reload(older).Status)
	assert.Equal(t, onboarding.StepInProgress, b.websiteStep().Status)
	assert.Equal(t, newer.ID, *b.websiteStep().SubmissionID)
}

// Work does not begin on a submission that belongs to another job or has ended, and
// moves no progress of it.
func TestOnlyTheSubmissionsJobBegins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.website("example.com")
	other := &run{Claim: flow.Claim{Changer: &b.submit.Changer, Job: flow.Job{ID: submission.JobID - 1}}}
	require.ErrorIs(t, other.Load(t.Context(), submission.ID), onboarding.ErrSuperseded)
	other.Submission = submission
	require.ErrorIs(t, other.Enter(t.Context(), onboarding.PhaseCrawling), onboarding.ErrSuperseded)
	mine := &run{Claim: flow.Claim{Changer: &b.submit.Changer, Job: flow.Job{ID: submission.JobID}}}
	require.NoError(t, mine.Load(t.Context(), submission.ID))
	require.NoError(t, mine.keep(t.Context(), onboarding.Page{}, 1, 2))
	require.ErrorIs(t, other.keep(t.Context(), onboarding.Page{}, 1, 2), onboarding.ErrSuperseded,
		"and not for what the other has kept")
	b.website("example.org")
	require.ErrorIs(t, mine.Load(t.Context(), submission.ID), onboarding.ErrSuperseded)
	require.ErrorIs(t, mine.Enter(t.Context(), onboarding.PhaseCrawling), onboarding.ErrSuperseded)
}

// Every change waits for the session, also one that then finds nothing to change: what
// it read before would be of another time.
func TestChangesWaitForTheSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.submit.Skip(t.Context(), b.user, onboarding.StepIntegrations))
	tx, err := b.db.System.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), "select from onboarding_sessions where user_id = $1 for no key update", b.user)
	require.NoError(t, err)
	bounded, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, b.submit.Skip(bounded, b.user, onboarding.StepIntegrations), context.DeadlineExceeded)
	require.NoError(t, tx.Rollback(t.Context()))
	require.NoError(t, b.submit.Skip(t.Context(), b.user, onboarding.StepIntegrations))
}
