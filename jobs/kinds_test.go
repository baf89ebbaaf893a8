package jobs

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Every kind in the table of the domain has its row in the table of workers.
func TestEveryKindIsWorked(t *testing.T) {
	t.Parallel()
	table := works(nil, WorkerConfig{Registry: prometheus.NewRegistry()})
	for _, row := range onboarding.Kinds() {
		info := row.Kind.Info()
		assert.NotNil(t, table[info.Kind], info.Kind)
		assert.Positive(t, info.Timeout, info.Kind)
		assert.NotEmpty(t, info.Queued, info.Kind)
		assert.NotEmpty(t, info.Done, info.Kind)
		assert.True(t, info.Step == 0 || info.Step.Queued(), info.Kind)
	}
	assert.Len(t, table, len(onboarding.Kinds()))
	require.NoError(t, addKinds(river.NewWorkers(), table))
	delete(table, onboarding.KindWebsitePreview)
	require.ErrorContains(t, addKinds(river.NewWorkers(), table), "website_preview")
}
