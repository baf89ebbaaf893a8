package jobs

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// The event of a result says what made it.
func TestEventsNameTheProvider(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.worker(onePage)
	b.ended(b.website("one.example").ID)
	engine := "select engine from step_events where status = 'completed' and phase = 'finished' and step = 2 order " +
		"by seq desc limit 1"
	assert.Equal(t, "local", pgtest.One[string](b.t, b.db, engine))
	for _, provider := range []string{"client", "openai", "mixed"} {
		b.db.Exec(b.t, "update website_analyses set provider = $1", provider)
		_, err := postgres.AsUser(b.db.App, b.user).RecordResult(t.Context(),
			app.RecordResultParams{SessionID: b.session().ID, Step: onboarding.StepWebsite})
		require.NoError(t, err)
		assert.Equal(t, provider, pgtest.One[string](b.t, b.db, engine))
	}
}

// A model whose name begins with that of another one did not take part for it.
func TestProviderOfModelsWithNestedNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.saveKeys(t, openAI, anthropic)
	cfg := b.config(onePage)
	cfg.Models = &scriptedModels{script: func(
		_ context.Context, _ int, provider onboarding.Provider, _ string,
	) (onboarding.Answer, error) {
		if provider == openAI {
			return answered("gpt-4.1"), onboarding.ErrBadAnswer // charged all the same
		}
		return answered("gpt-4.1-mini"), nil
	}}
	b.start(cfg)
	require.Equal(t, onboarding.SubmissionCompleted, b.ended(b.website("one.example").ID).Status)
	assert.Equal(t, "anthropic",
		pgtest.One[string](b.t, b.db, "select engine from step_events where status = 'completed' and phase = 'finished' and step = 2"))
}

func TestProviderOf(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "local", providerOf("", ""))
	assert.Equal(t, "openai", providerOf("openai", "", "openai"))
	assert.Equal(t, "mixed", providerOf("openai", "anthropic"))
}
