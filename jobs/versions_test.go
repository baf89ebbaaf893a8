package jobs

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/version"
)

// states lists the versions of the personas, the newest first.
func (b *bundle) states() (states []version.State) {
	b.t.Helper()
	versions, err := version.List(b.t.Context(), postgres.AsUser(b.db.App, b.user), b.user, version.Document{})
	require.NoError(b.t, err)
	for _, v := range versions {
		states = append(states, v.State)
	}
	return states
}

// A generation after the user has edited the personas completes its step, which keeps what the user
// wrote; it counts once the user sends it.
func TestGenerationForEditedPersonas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(onePage)
	b.ended(b.website("example.com").ID)
	b.ended(b.personas(linkedin).ID)
	edit := b.ended(b.importPersonas(`{"overall_score": 12}`).ID)
	built := b.wanted()

	generation := b.ended(b.personas(linkedin).ID)
	require.Equal(t, onboarding.SubmissionCompleted, generation.Status)
	step := b.personaStep()
	assert.Equal(t, onboarding.StepCompleted, step.Status)
	assert.Equal(t, &generation.ID, step.SubmissionID)
	assert.Equal(t, &edit.ID, step.ResultSubmissionID)
	assert.Equal(t, edit.ID, b.storedPersonas().SubmissionID)
	assert.Equal(t, edit.ID, b.held().Personas.SubmissionID)
	assert.Equal(t, []version.State{version.Proposed, version.Current, version.Past}, b.states())
	assert.Equal(t, "local", pgtest.One[string](t, b.db,
		"select engine from step_events where submission_id = $1 and status = 'completed'", generation.ID))
	assert.Empty(t, b.examine(b.doctor()), "nothing to repair")

	proposed, err := version.ProposedPersonas(t.Context(), postgres.AsUser(b.db.App, b.user), b.user, generation.ID)
	require.NoError(t, err)
	accepted, err := b.submit.ImportPersonas(t.Context(), b.user, proposed.Personas)
	require.NoError(t, err)
	accepted = b.ended(accepted.ID)
	require.Equal(t, onboarding.SubmissionCompleted, accepted.Status, accepted.FailureMessage)
	assert.Equal(t, &accepted.ID, b.personaStep().ResultSubmissionID)
	assert.JSONEq(t, string(proposed.Core), string(b.storedPersonas().Core))
	assert.Equal(t, []version.State{version.Current, version.Past, version.Past}, b.states())
	assert.Empty(t, b.examine(b.doctor()), "nothing to repair")
	assert.GreaterOrEqual(t, b.wanted(), built+2, "both rebuild the inputs")
}

// A generation that a newer submission has replaced writes neither a version nor a proposal.
func TestSupersededGenerationMakesNoVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.done(2, 4)
	b.end(b.importPersonas("null"), nil)
	older := b.personas(linkedin)
	b.personas(onboarding.PersonaInput{Platforms: []onboarding.Platform{onboarding.PlatformBlog}})
	before := pgtest.One[string](t, b.db, "select jsonb_agg(to_jsonb(p))::text from persona_data p")
	made := json.RawMessage(`{"identity": {"persona_name": "late"}}`)
	err := b.claim(older, b.db.App).Finish(t.Context(), flow.Ending{
		Result: flow.Result{Personas: &version.Personas{
			Submission: older, Personas: onboarding.Personas{Core: made, Quality: made}, Engine: "local", Provider: "local",
		}},
	})
	require.ErrorIs(t, err, onboarding.ErrSuperseded)
	assert.Equal(t, before, pgtest.One[string](t, b.db, "select jsonb_agg(to_jsonb(p))::text from persona_data p"))
	assert.NotContains(t, b.states(), version.Proposed)
	assert.Zero(t, pgtest.One[int](t, b.db,
		"select count(*) from document_versions where content::text like '%late%'"))
}

// A version that is restored counts in the step that held the former one, and the inputs are built from it.
func TestRestoredVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(onePage)
	b.ended(b.website("example.com").ID)
	first := b.ended(b.personas(linkedin).ID)
	b.ended(b.importPersonas("null").ID)
	held, events := b.personaStep().ResultSubmissionID, b.events()
	built := b.wanted()

	restored, err := b.submit.RestoreVersion(t.Context(), b.user, version.Document{}, 1)
	require.NoError(t, err)
	assert.Equal(t, 3, restored)
	assert.Equal(t, held, b.personaStep().ResultSubmissionID)
	assert.Equal(t, *held, b.held().Personas.SubmissionID)
	assert.NotEqual(t, first.ID, *held)
	assert.Equal(t, events+1, b.events(), "what clients read about the step has changed")
	assert.Equal(t, built+1, b.wanted())
	assert.Empty(t, b.examine(b.doctor()), "nothing to repair")

	_, err = b.submit.RestoreVersion(t.Context(), "bob", version.Document{}, 1)
	require.ErrorIs(t, err, onboarding.ErrNotFound, "of another user")
	id := b.held().Analysis.ID
	_, err = b.submit.RestoreVersion(t.Context(), b.user, version.Document{AnalysisID: id}, 1)
	requireConflict(t, err, "version_is_current")
}

// Personas say which analysis they were made from, and keep saying so when it is replaced.
func TestPersonasNameTheirAnalysis(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(onePage)
	b.ended(b.website("toys.example").ID)
	toys := b.held().Analysis.Head().BasedOn
	b.ended(b.personas(linkedin).ID)
	require.NotNil(t, b.storedPersonas().BasedOn)
	assert.Equal(t, toys, *b.storedPersonas().BasedOn)
	assert.Nil(t, b.storedPersonas().BasedOn.Outdated(b.held().Analysis.Head()))

	b.ended(b.website("bikes.example").ID)
	assert.Equal(t, toys, *b.storedPersonas().BasedOn)
	outdated := b.held().Personas.BasedOn.Outdated(b.held().Analysis.Head())
	require.NotNil(t, outdated)
	assert.Equal(t, "personas_of_another_website", outdated.Code)

	b.ended(b.importPersonas("null").ID)
	assert.Equal(t, toys, *b.storedPersonas().BasedOn, "an edit changes nothing about that")
	b.ended(b.personas(linkedin).ID)
	proposal := pgtest.One[string](t, b.db, "select based_on ->> 'website_url' from document_versions where state = 'proposed'")
	assert.Equal(t, "https://bikes.example", proposal)
}
