package onboarding

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is stored is read as what it was, and so is what former releases have stored.
func TestStoredDocuments(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]Uncertainty{
		"nothing is known": {},
		"shared reasons": {
			Fields: List{"a", "b.c", "d"}, Reasons: map[string]string{"a": "No <b>.", "b.c": "Too little text.", "d": "No <b>."},
		},
		"a field without a reason": {Fields: List{"a", "b"}, Reasons: map[string]string{"a": "No."}},
		"a field twice":            {Fields: List{"a", "a"}, Reasons: map[string]string{"a": "No.", "b": "No."}},
		"no fields":                {Fields: List{}, Reasons: map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var a, read, plain Analysis
			a.Style.WritingStyle.Tone, a.Measured.Words = &Judged{Value: "warm"}, 3
			a.Style.Meta = Meta{Engine: "local", Notes: List{"one"}, Uncertainty: known}
			stored, err := EncodeAnalysis(a)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(stored, &read))
			own, err := json.Marshal(a)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(own, &plain))
			assert.Equal(t, plain, read)
			assert.LessOrEqual(t, len(stored), len(own))

			in := Inputs{Meta: InputsMeta{Confidence: 0.5, Uncertainty: known}, Warnings: []Warning{}}
			var inputs, plainInputs Inputs
			stored, err = EncodeInputs(in)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(stored, &inputs))
			own, err = json.Marshal(in)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(own, &plainInputs))
			assert.Equal(t, plainInputs, inputs)
		})
	}
}
