package jobs

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// The event of a result says what made it.
func TestEventsNameTheEngine(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(onePage)
	b.ended(b.website("one.example").ID)
	engine := "select engine from step_events where status = 'completed' and phase = 'finished' and step = 2 order by seq desc limit 1"
	assert.Equal(t, "unknown", one[string](b, engine), "the scripted analysis names none")
	record := func(name string) string {
		b.exec(`update website_analyses set analysis = jsonb_set(analysis, '{style_analysis,meta,engine}', to_jsonb($1::text))`, name)
		_, err := postgres.AsUser(b.db.App, b.user).RecordResult(t.Context(), app.RecordResultParams{SessionID: b.session().ID, Step: onboarding.StepWebsite})
		require.NoError(t, err)
		return one[string](b, engine)
	}
	call := func(provider, model string) {
		b.exec(`insert into model_calls (session_id, user_id, submission_id, provider, model, prompt, input_tokens, cached_tokens, output_tokens)
			select session_id, user_id, submission_id, $1, $2, 'analysis', 1, 0, 1 from website_analyses`, provider, model)
	}
	assert.Equal(t, "local", record("local"))
	assert.Equal(t, "client", record("client"))
	call("openai", "ours-7b")
	assert.Equal(t, "openai", record("ours-7b"))
	call("anthropic", "theirs")
	assert.Equal(t, "openai", record("ours-7b"), "the other was asked, and did not take part")
	assert.Equal(t, "mixed", record("ours-7b, theirs"))
	assert.Equal(t, "unknown", record("nobody's"))
}
