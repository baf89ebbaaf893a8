package persona

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestMergePlatformMeasuresTheSamplePost(t *testing.T) {
	t.Parallel()
	g, in := newGenerator(t), sourcesOf(t, "crumb")
	core := g.Core(in)
	local, err := g.Platform(in, core, onboarding.PlatformLinkedIn)
	require.NoError(t, err)
	require.NotNil(t, local.Sample)
	own := in.Analysis.Measured.Voice.Passages[0].Text + " " + in.Analysis.Measured.Voice.Passages[1].Text
	legal := "The undersigned contracting parties hereby acknowledge that all aforementioned obligations, which were " +
		"assumed by them pursuant to the agreement, shall remain in force; none of these provisions is to be construed " +
		"as a waiver of rights that had been conferred upon either party by statute."
	for name, test := range map[string]struct{ text, warning string }{
		"the site's voice":   {own, ""},
		"another voice":      {legal, "Its voice scores"},
		"an invented number": {own + " We have sold 48,117 loaves.", "The site does not have the number 48,117."},
		"too long":           {strings.Repeat(own+" ", 40), "are allowed"},
		"too short":          {"We bake.", "It takes 30 words"},
	} {
		raw, err := json.Marshal(map[string]any{"sample_post": test.text})
		require.NoError(t, err)
		if name == "too long" {
			_, dropped := written(in, core, onboarding.PlatformLinkedIn, test.text)
			assert.Contains(t, dropped, test.warning)
			continue
		}
		merged, warnings, err := g.MergePlatform(in, core, local, onboarding.PlatformLinkedIn,
			onboarding.Answer{Value: raw, Model: "m"})
		require.NoError(t, err, name)
		if test.warning == "" {
			assert.Empty(t, warnings, name)
			assert.Equal(t, test.text, merged.Sample.Text, name)
			assert.GreaterOrEqual(t, *merged.Sample.VoiceScore, minWritten, name)
			assert.Empty(t, merged.Sample.Passages, name)
			continue
		}
		assert.Equal(t, local.Sample, merged.Sample, name)
		if assert.Len(t, warnings, 1, name) {
			assert.Equal(t, "model_unsupported", warnings[0].Code, name)
			assert.Contains(t, warnings[0].Message, test.warning, name)
		}
	}
}
