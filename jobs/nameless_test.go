package jobs

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// formerArgs names a user in the args of every job, as the release before did.
func (b *bundle) formerArgs(user string) {
	b.t.Helper()
	b.db.Exec(b.t, "update river_job set args = args || jsonb_build_object('user_id', $1::text)", user)
}

// Nothing in a job names its user: not when it is queued, recovered or done, nor in bulk.
func TestJobsNameNobody(t *testing.T) {
	t.Parallel()
	b := setup(t).as(t, "ann-who-is-never-named")
	lost := b.lost()
	require.NoError(t, b.sweeper().Tick(t.Context()))
	require.NotEqual(t, lost.JobID, b.reload(lost).JobID)
	_, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	operation := b.operation(bulk.RebuildInputs, b.user)
	b.worker(onePage)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(lost.ID).Status)
	assert.EqualValues(t, 1, b.operationEnds(operation.ID).Done)
	assert.Equal(t, []string{"api_key_validation", "bulk_item", "personalization_inputs", "website_analysis"},
		pgtest.One[[]string](t, b.db, "select array_agg(distinct kind order by kind) from river_job where kind <> 'doctor'"))
	assert.Zero(t, pgtest.One[int](t, b.db, "select count(*) from river_job where strpos(to_jsonb(river_job)::text, $1) > 0", b.user))
	assert.Zero(t, pgtest.One[int](t, b.db, "select count(*) from river_job where args ? 'user_id'"))
}

// Jobs of the release before name a user. They run, for the user of the submission or item.
func TestJobsOfTheFormerReleaseRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lost := b.lost()
	other := b.as(t, "bob")
	queued := other.website("example.org")
	operation := b.operation(bulk.Reset, b.crowd("carol", 1)...)
	require.NoError(t, b.feeder().Tick(t.Context()))
	b.formerArgs("mallory")
	require.NoError(t, b.sweeper().Tick(t.Context()))
	b.worker(onePage)
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(lost.ID).Status)
	assert.Equal(t, onboarding.SubmissionCompleted, other.ended(queued.ID).Status)
	assert.EqualValues(t, 1, b.operationEnds(operation.ID).Done)
	assert.Equal(t, []string{"bob", "user_ann"}, pgtest.One[[]string](t, b.db, "select array_agg(user_id order by user_id) from website_analyses"))
}

// A job finds the user of its own submission, and that only while it has the submission.
func TestOnlyTheJobFindsTheUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mine, other := b.website("example.com"), b.as(t, "bob").website("example.org")
	user := func(s onboarding.Submission, job int64) (found string) {
		require.NoError(t, b.db.App.QueryRow(t.Context(), "select coalesce((submission_users($1, $2))[1], '')",
			[]uuid.UUID{s.ID}, []int64{job}).Scan(&found))
		return found
	}
	assert.Equal(t, b.user, user(mine, mine.JobID))
	assert.Equal(t, "bob", user(other, other.JobID))
	assert.Empty(t, user(mine, other.JobID))
	assert.Empty(t, user(other, mine.JobID))
	require.NoError(t, b.submit.Cancel(t.Context(), b.user, onboarding.StepWebsite))
	assert.Empty(t, user(mine, mine.JobID), "it was cancelled")
}

// What is read for several jobs is the work of each of them, whatever else its user has.
func TestJobsReadTheirOwnWork(t *testing.T) {
	t.Parallel()
	b := setup(t)
	mine := b.website("example.com")
	_, err := b.submit.ValidateKeys(t.Context(), b.user)
	require.NoError(t, err)
	replaced := pgtest.One[uuid.UUID](t, b.db, "update submissions set job_id = -1 where kind = 'api_key_validation' returning id")
	cancelled := b.personas(onboarding.PersonaInput{Analysis: []byte("{}")})
	require.NoError(t, b.submit.Cancel(t.Context(), b.user, onboarding.StepPersonalization))
	read, err := postgres.SubmissionsOfJobs(t.Context(), b.db.App,
		[]uuid.UUID{cancelled.ID, replaced, mine.ID}, []int64{cancelled.JobID, 1, mine.JobID})
	require.NoError(t, err)
	require.Len(t, read, 1)
	assert.Equal(t, mine.ID, read[0].ID)
}
