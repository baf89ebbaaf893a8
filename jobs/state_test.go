package jobs

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/version"
)

// as returns the bundle for another user of the same database, so that the rows of
// a table share one.
func (b *bundle) as(t *testing.T, user string) *bundle {
	other := *b
	other.t, other.user = t, user
	return &other
}

// claim is the claim of a submission's job, whose transactions go through pool.
func (b *bundle) claim(s onboarding.Submission, pool *pgxpool.Pool) *flow.Claim {
	changer := b.submit.Changer
	changer.Pool, changer.Metrics = pool, nil // those of an api
	return &flow.Claim{Changer: &changer, Submission: s, Job: flow.Job{ID: s.JobID, Queue: queue.Interactive, Attempts: 1}}
}

// end ends a submission as a worker does that returned failure or, with nil, a
// result.
func (b *bundle) end(s onboarding.Submission, failure *onboarding.Failure) {
	b.t.Helper()
	row := b.runs(s)
	require.NoError(b.t, b.claim(s, b.db.App).Finish(b.t.Context(), flow.Ending{
		Failure: failure, Revision: pgtest.One[int64](b.t, b.db,
			"select coalesce((select wanted_revision from personalization_inputs where session_id = $1), 0)", s.SessionID),
		Result: anyResult(b.t, s),
		Row:    row,
	}))
}

// runs makes the job of a submission one that runs. It uses a connection of its own, which no budget counts.
func (b *bundle) runs(s onboarding.Submission) *rivertype.JobRow {
	b.t.Helper()
	owner, err := pgx.Connect(b.t.Context(), b.db.URL)
	require.NoError(b.t, err)
	defer owner.Close(b.t.Context())
	row := &rivertype.JobRow{ID: s.JobID}
	require.NoError(b.t, owner.QueryRow(b.t.Context(), `update river_job
		set state = 'running', attempted_at = now(), finalized_at = null where id = $1 returning attempted_at`, s.JobID).Scan(&row.AttemptedAt))
	return row
}

// anyResult is a result of the submission's kind.
func anyResult(t *testing.T, s onboarding.Submission) (result flow.Result) {
	t.Helper()
	switch s.Kind {
	case onboarding.KindWebsiteAnalysis, onboarding.KindAnalysisImport:
		var input onboarding.WebsiteInput
		require.NoError(t, json.Unmarshal(s.Input, &input))
		result.Analysis = analysisOf(s, input.Website, "")
	case onboarding.KindPersonaGeneration, onboarding.KindPersonaImport:
		result.Personas = &version.Personas{
			Submission: s, Personas: onboarding.Personas{Core: []byte("{}"), Quality: []byte("{}")}, Engine: "local", Provider: "local",
		}
	case onboarding.KindPersonalizationInputs:
		result.Inputs = []byte("{}")
	default:
	}
	return result
}

// analysisOf is a generated analysis of a website.
func analysisOf(s onboarding.Submission, website, tone string) *version.Analysis {
	a := &version.Analysis{Submission: s, Website: website, Provider: "local"}
	a.Value.Style.WritingStyle.Tone = &onboarding.Judged{Value: tone}
	return a
}

// unstorable is a tone that the database refuses, with refusal.
const (
	unstorable = "\x00"
	refusal    = "unsupported Unicode escape sequence"
)

var (
	robots   = &onboarding.Failure{Code: onboarding.FailureRobots, Subject: "example.com"}
	linkedin = onboarding.PersonaInput{Platforms: []onboarding.Platform{onboarding.PlatformLinkedIn}}
)

// personas submits step 4.
func (b *bundle) personas(input onboarding.PersonaInput) onboarding.Submission {
	b.t.Helper()
	submission, err := b.submit.GeneratePersonas(b.t.Context(), b.user, input)
	require.NoError(b.t, err)
	return submission
}

func (b *bundle) preferences(contentTypes ...string) {
	b.t.Helper()
	_, _, err := b.submit.SavePreferences(b.t.Context(), b.user, onboarding.PreferencesUpdate{ContentTypes: contentTypes})
	require.NoError(b.t, err)
}

// done completes steps, each by what the user and the workers do for it.
func (b *bundle) done(steps ...onboarding.StepNumber) {
	b.t.Helper()
	for _, n := range steps {
		switch n {
		case onboarding.StepProviders:
			b.saveKeys(b.t, onboarding.ProviderOpenAI)
		case onboarding.StepWebsite:
			b.end(b.website("example.com"), nil)
		case onboarding.StepResearch:
			b.preferences("Blog Posts")
		case onboarding.StepPersonalization:
			b.end(b.personas(linkedin), nil)
		case onboarding.StepIntegrations:
			require.NoError(b.t, b.submit.CompleteIntegrations(b.t.Context(), b.user, []byte(`{"chosen": []}`)))
		case onboarding.StepFinish:
			require.NoError(b.t, b.submit.Complete(b.t.Context(), b.user, 0))
		}
	}
}

// building returns the id of the running build, uuid.Nil if there is none.
func (b *bundle) building() uuid.UUID {
	b.t.Helper()
	return pgtest.One[uuid.UUID](b.t, b.db, `select coalesce((select id from submissions
		where user_id = $1 and kind = 'personalization_inputs' and status = 'in_progress'), $2)`, b.user, uuid.Nil)
}

// builds ends the builds that run, and those that follow from them.
func (b *bundle) builds() {
	b.t.Helper()
	for id := b.building(); id != uuid.Nil; id = b.building() {
		b.end(b.submission(id), nil)
	}
}

func (b *bundle) submission(id uuid.UUID) onboarding.Submission {
	b.t.Helper()
	submission, err := postgres.SubmissionByID(b.t.Context(), postgres.AsUser(b.db.App, b.user), id)
	require.NoError(b.t, err)
	return submission
}

func (b *bundle) inputs() (onboarding.StoredInputs, error) {
	return postgres.PersonalizationInputs(b.t.Context(), b.db.App, b.user)
}

// events counts the step events of the user.
func (b *bundle) events() int64 {
	b.t.Helper()
	return pgtest.One[int64](b.t, b.db, "select count(*) from step_events where user_id = $1", b.user)
}

// requireConflict checks that err is a conflict of that code.
func requireConflict(t *testing.T, err error, code string) {
	t.Helper()
	var conflict *onboarding.ConflictError
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, code, conflict.Code)
	require.NotEmpty(t, conflict.Reason)
}
