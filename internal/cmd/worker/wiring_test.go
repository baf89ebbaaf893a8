package worker

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/llm"
)

func TestEveryProviderHasItsSettings(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"DEPLOY_ENV": "local", "DATABASE_URL": "dbname=none"}
	for provider := range llm.DefaultEndpoints() {
		name := "MODEL_" + strings.ToUpper(string(provider))
		environment[name+"_URL"], environment[name] = "https://"+string(provider)+".example", "model-of-"+string(provider)
	}
	cfg, err := config.LoadWorker(config.Options{Environment: environment})
	require.NoError(t, err)
	for provider, endpoint := range endpointsOf(cfg.Models) {
		assert.Equal(t, llm.Endpoint{BaseURL: "https://" + string(provider) + ".example", Model: "model-of-" + string(provider)}, endpoint,
			"config.Models has both settings of %s", provider)
	}
	assert.Equal(t, llm.DefaultEndpoints(), endpointsOf(config.Models{}))
}
