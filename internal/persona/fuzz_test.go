package persona

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Whatever JSON a model answers with, the personas are bounded, every empty value has its reason, and what was measured
// stays.
func FuzzMerge(f *testing.F) {
	g, in := newGenerator(f), sourcesOf(f, "crumb")
	core := g.Core(in)
	linkedIn, err := g.Platform(in, core, onboarding.PlatformLinkedIn)
	require.NoError(f, err)
	f.Add([]byte(goodCore))
	f.Add([]byte(`{"platform_best_practices":["a","a"," "],"lexical_adaptations":{"emoji_usage":"x"},"features":null}`))
	f.Add([]byte(`{"identity":{"persona_name":"a\u0000b"},"tonal_range":[]}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		answer := onboarding.Answer{Value: value, Model: "m"}
		if merged, err := g.MergeCore(in, core, answer); err != nil {
			require.ErrorIs(t, err, onboarding.ErrBadAnswer)
			assert.Equal(t, core, merged)
		} else {
			requireExplained(t, merged, merged.Meta.Uncertainty)
			assert.Equal(t, core.LinguisticFingerprint.SentenceMetrics, merged.LinguisticFingerprint.SentenceMetrics)
			requireStorable(t, merged)
		}
		if merged, _, err := g.MergePlatform(in, core, linkedIn, onboarding.PlatformLinkedIn, answer); err != nil {
			require.ErrorIs(t, err, onboarding.ErrBadAnswer)
		} else {
			requireExplained(t, merged, merged.Meta.Uncertainty)
			requireStorable(t, merged)
		}
	})
}

// requireStorable checks that a document is bounded and holds nothing that the database refuses.
func requireStorable(t *testing.T, document any) {
	t.Helper()
	raw, err := json.Marshal(document)
	require.NoError(t, err)
	require.NotContains(t, string(raw), `\u0000`)
	require.Less(t, len(raw), 1<<20)
}
