package worker

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/llm"
	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestEveryProviderHasItsSettings(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"DEPLOY_ENV": "local", "DATABASE_URL": "dbname=none"}
	for _, p := range onboarding.Providers() {
		name := "MODEL_" + strings.ToUpper(string(p.Provider))
		environment[name+"_URL"], environment[name] = "https://"+string(p.Provider)+".example", "model-of-"+string(p.Provider)
	}
	cfg, err := config.LoadWorker(config.Options{Environment: environment})
	require.NoError(t, err)
	for provider, endpoint := range endpointsOf(cfg.Models) {
		assert.Equal(t, llm.Endpoint{
			BaseURL: "https://" + string(provider) + ".example",
			Model:   "model-of-" + string(provider),
		}, endpoint,
			"config.Models has both settings of %s", provider)
	}
	own := endpointsOf(config.Models{})
	assert.NotEmpty(t, own)
	for provider, endpoint := range own {
		assert.Equal(t, llm.Endpoint{BaseURL: provider.Info().Model.BaseURL, Model: provider.Info().Model.Model}, endpoint)
	}
}
