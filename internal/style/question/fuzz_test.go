package question

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/style/styletest"
)

// Whatever JSON a model answers with, the merged document is bounded, and what was measured stays.
func FuzzMerge(f *testing.F) {
	asks, measured := prompter(f), analyze(f, styletest.PotterySite())
	whole := answerOf(f, map[string]any{
		"writing_style.tone": "warm", "target_audience.demographics": []string{"potters", "<script>"},
	})
	f.Add([]byte(whole.Value), "test-model-1")
	f.Add([]byte(`{"writing_style":{"tone":{"value":"a\u0000\u202eb","evidence":"http://x"}},"more":[]}`), "\x1b[31m")
	f.Add([]byte(`{"writing_style":null,"style_patterns":{"patterns":{}}}`), "")
	f.Fuzz(func(t *testing.T, value []byte, model string) {
		merged, err := asks.Merge(measured, onboarding.Answer{Value: value, Model: model})
		if err != nil {
			require.ErrorIs(t, err, onboarding.ErrBadAnswer)
			return
		}
		raw, err := json.Marshal(merged)
		require.NoError(t, err)
		styletest.AssertNoNullLists(t, raw)
		styletest.AssertUncertaintyIsExact(t, merged)
		assert.NotContains(t, string(raw), `\u0000`)
		assert.Equal(t, measured.Measured, merged.Measured)
		assert.LessOrEqual(t, len([]rune(merged.Style.Meta.Engine)), maxModelName)
		for path, value := range onboarding.ValuesOf(&merged) {
			switch v := value.Interface().(type) {
			case *onboarding.Judged:
				assert.LessOrEqual(t, len([]rune(v.Text())), maxModelRunes, path)
			case onboarding.List:
				assert.LessOrEqual(t, len(v), max(maxModelEntries, onboarding.ValuesOf(&measured)[path].Len()), path)
			}
		}
	})
}
