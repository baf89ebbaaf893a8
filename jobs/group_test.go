package jobs

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// together ends the submissions of users at a time, as the jobs of one worker do, and returns what
// became of each.
func (b *bundle) together(endings map[string]flow.Ending, submissions map[string]onboarding.Submission) map[string]error {
	b.t.Helper()
	changer := b.submit.Changer
	changer.Metrics, changer.Endings, changer.BuildInputs = nil, &flow.Endings{}, countSources
	var mu sync.Mutex
	errs := map[string]error{}
	var group sync.WaitGroup
	for user, ending := range endings {
		group.Go(func() {
			s := submissions[user]
			claim := &flow.Claim{Changer: &changer, Submission: s, Job: flow.Job{ID: s.JobID, Attempts: 1}}
			err := claim.Finish(b.t.Context(), ending)
			mu.Lock()
			defer mu.Unlock()
			errs[user] = err
		})
	}
	group.Wait()
	return errs
}

// imports submits an analysis for each of n users, with an ending that stores it.
func (b *bundle) imports(n int) (map[string]flow.Ending, map[string]onboarding.Submission) {
	b.t.Helper()
	endings, submissions := map[string]flow.Ending{}, map[string]onboarding.Submission{}
	for i := range n {
		user := b.as(b.t, fmt.Sprintf("user_%02d", i))
		submissions[user.user] = user.importAnalysis()
		endings[user.user] = flow.Ending{Result: anyResult(b.t, submissions[user.user])}
	}
	return endings, submissions
}

// requireOneEnd checks that a user's work has ended once, with its result and the inputs of it.
func (b *bundle) requireOneEnd(user string, s onboarding.Submission) {
	b.t.Helper()
	u := b.as(b.t, user)
	assert.Equal(b.t, onboarding.SubmissionCompleted, u.reload(s).Status, user)
	assert.Equal(b.t, onboarding.StepCompleted, u.websiteStep().Status, user)
	assert.Equal(b.t, s.ID, *u.websiteStep().ResultSubmissionID, user)
	assert.Equal(b.t, 1, pgtest.One[int](b.t, b.db,
		"select count(*) from step_events where user_id = $1 and status = 'completed' and submission_id = $2", user, s.ID))
	assert.Equal(b.t, u.session().Version, u.events(), user)
	inputs, err := u.inputs()
	require.NoError(b.t, err)
	assert.Equal(b.t, u.wanted(), inputs.Revision, user)
	require.NotNil(b.t, inputs.WebsiteAnalysis.WebsiteURL, user)
}

// Endings that come at a time share transactions, and each user's rows are that user's.
func TestEndingsShareTransactions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	endings, submissions := b.imports(30)
	for user, err := range b.together(endings, submissions) {
		require.NoError(t, err, user)
		b.requireOneEnd(user, submissions[user])
	}
	assert.Less(t, pgtest.One[int](t, b.db, "select count(distinct finished_at) from submissions"), 30)
	assert.Zero(t, pgtest.One[int](t, b.db, "select count(*) from submissions where kind = 'personalization_inputs'"))
	found, err := b.doctor().Examine(t.Context())
	require.NoError(t, err)
	assert.Empty(t, found)
}

// A member that has lost its submission, or whose result can't be stored, ends nothing, and the
// others of its group end.
func TestLostMemberOfAGroup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	endings, submissions := b.imports(20)
	require.NoError(t, b.submit.Cancel(t.Context(), "user_03", step2))
	b.db.Exec(t, "update submissions set job_id = -job_id where user_id = 'user_04'")
	endings["user_05"] = flow.Ending{Result: flow.Result{Analysis: analysisOf(submissions["user_05"], "example.com", unstorable)}}
	errs := b.together(endings, submissions)
	require.ErrorIs(t, errs["user_03"], onboarding.ErrSuperseded)
	require.ErrorIs(t, errs["user_04"], onboarding.ErrSuperseded)
	require.ErrorContains(t, errs["user_05"], refusal)
	assert.Equal(t, 3, pgtest.One[int](t, b.db, "select count(*) from submissions where status <> 'completed'"))
	assert.Equal(t, 17, pgtest.One[int](t, b.db, "select count(*) from website_analyses"))
	for user, s := range submissions {
		if errs[user] == nil {
			b.requireOneEnd(user, s)
		}
	}
}

// lockSession locks a user's session until release is called.
func (b *bundle) lockSession(user string) (release func()) {
	b.t.Helper()
	tx, err := b.db.System.Begin(b.t.Context())
	require.NoError(b.t, err)
	release = func() { _ = tx.Rollback(context.WithoutCancel(b.t.Context())) }
	b.t.Cleanup(release)
	_, err = tx.Exec(b.t.Context(), "select from onboarding_sessions where user_id = $1 for no key update", user)
	require.NoError(b.t, err)
	return release
}

// No ending waits for the locked session of another user.
func TestLockedSessionHoldsUpNoGroup(t *testing.T) {
	t.Parallel()
	b := setup(t)
	endings, submissions := b.imports(20)
	release := b.lockSession("user_07")
	done := make(chan map[string]error, 1)
	go func() { done <- b.together(endings, submissions) }()
	require.Eventually(t, func() bool {
		return pgtest.One[int](t, b.db, "select count(*) from submissions where status = 'completed'") == 19
	}, flow.WriteTimeout/2, 10*time.Millisecond, "the others end while one is locked")
	release()
	for user, err := range <-done {
		require.NoError(t, err, user)
		b.requireOneEnd(user, submissions[user])
	}
}

// A cancel that comes after the fence was read waits for the end.
func TestCancelBetweenTheFenceAndTheEnd(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.end(b.importAnalysis(), nil)
	b.builds() // else the end builds no inputs
	submission := b.importAnalysis()
	cancelled := make(chan error, 1)
	changer := b.submit.Changer
	changer.Metrics = nil
	changer.BuildInputs = func(in onboarding.Sources) onboarding.Inputs { // under the lock
		go func() { cancelled <- b.submit.Cancel(t.Context(), b.user, step2) }()
		assert.Eventually(t, func() bool {
			return len(cancelled) > 0 || pgtest.One[int](t, b.db,
				"select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0
		}, 3*time.Second, 5*time.Millisecond)
		return countSources(in)
	}
	claim := &flow.Claim{Changer: &changer, Submission: submission, Job: flow.Job{ID: submission.JobID, Attempts: 1}}
	require.NoError(t, claim.Finish(t.Context(), flow.Ending{Result: anyResult(t, submission)}))
	requireConflict(t, <-cancelled, "step_not_running")
	assert.Equal(t, onboarding.SubmissionCompleted, b.reload(submission).Status)
}

// When the answer to a commit is lost, what became of it is read: work that has ended counts as ended.
func TestCommitWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	pool, c := b.crashing(true)
	for statement := int64(1); ; statement++ {
		u := b.as(t, fmt.Sprintf("user_%d", statement))
		submission := u.taken()
		require.NoError(t, pool.Ping(t.Context()))
		c.left.Store(statement)
		err := u.ends(pool, submission, nil)
		if c.left.Swap(0) > 0 {
			require.NoError(t, err, "nothing was lost")
			assert.Greater(t, statement, int64(3))
			return
		}
		if u.reload(submission).Status == onboarding.SubmissionCompleted {
			require.NoError(t, err, "statement %d", statement)
		}
	}
}

// A run whose job has begun another run since ends nothing, and leaves the row of the job as it is.
func TestStaleRunEndsNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	submission := b.taken()
	begun := pgtest.One[time.Time](t, b.db, "select attempted_at from river_job where id = $1", submission.JobID)
	stale := &rivertype.JobRow{ID: submission.JobID, Attempt: 1, AttemptedAt: &begun}
	b.db.Exec(t, "update river_job set attempt = 2, attempted_at = now() where id = $1", submission.JobID)
	before := pgtest.One[string](t, b.db, "select to_jsonb(j)::text from river_job j")
	endings := map[string]flow.Ending{b.user: {Result: anyResult(t, submission), Row: stale}}
	errs := b.together(endings, map[string]onboarding.Submission{b.user: submission})
	require.ErrorIs(t, errs[b.user], flow.ErrAnotherRun)
	require.ErrorIs(t, errs[b.user], onboarding.ErrSuperseded)
	assert.Equal(t, before, pgtest.One[string](t, b.db, "select to_jsonb(j)::text from river_job j"))
	assert.Equal(t, onboarding.SubmissionInProgress, b.reload(submission).Status)
	assert.Zero(t, pgtest.One[int](t, b.db, "select count(*) from website_analyses"))
	now := pgtest.One[time.Time](t, b.db, "select attempted_at from river_job where id = $1", submission.JobID)
	endings[b.user] = flow.Ending{
		Result: anyResult(t, submission), Row: &rivertype.JobRow{ID: submission.JobID, Attempt: 2, AttemptedAt: &now},
	}
	require.NoError(t, b.together(endings, map[string]onboarding.Submission{b.user: submission})[b.user])
	assert.Equal(t, "completed", b.jobState(submission.JobID))
}
