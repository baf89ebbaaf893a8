package wizard_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const (
	personalization = apitest.Base + "/personalization"
	aStyle          = `{"writing_style":"Technical","tone":"Friendly","content_length":"Detailed"}`
	aVoice          = `{"personality_traits":["Friendly","Expert","Friendly"],"voice_description":" Calm and exact. ","keywords":"bicycle, , repair"}`
	someSettings    = `{"content_style":` + aStyle + `,"brand_voice":` + aVoice + `,
		"advanced_settings":{"seo_optimization":true,"readability_level":"Simple","content_structure":["Conclusion","Introduction"]}}`
)

func TestPersonalizationOptions(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	options, ok := f.OK(http.MethodGet, personalization+"/configuration-options", "")["options"].(map[string]any)
	require.True(t, ok)
	for _, name := range []string{
		"writing_styles", "tones", "content_lengths", "personality_traits", "readability_levels", "content_structures",
		"seo_optimization_options",
	} {
		assert.NotEmpty(t, options[name], name)
	}
}

func TestPersonalizationSettings(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	style := f.OK(http.MethodPost, personalization+"/validate-style", aStyle)
	assert.Equal(t, true, style["valid"])
	assert.Equal(t, "Technical", apitest.At(t, style, "style_config", "writing_style"))
	assert.Equal(t, []any{}, style["errors"])

	voice := f.OK(http.MethodPost, personalization+"/configure-brand", aVoice)
	assert.Equal(t, map[string]any{
		"personality_traits": []any{"Friendly", "Expert"}, "voice_description": "Calm and exact.",
		"keywords": []any{"bicycle", "repair"},
	}, voice["brand_config"])
	bare := f.OK(http.MethodPost, personalization+
		"/configure-brand", `{"personality_traits":["Creative"],"voice_description":null}`)
	assert.Equal(t, true, bare["valid"], "description and keywords may be left out")

	settings := f.OK(http.MethodPost, personalization+"/process-settings", someSettings)
	assert.Equal(t, true, settings["valid"])
	assert.Equal(t, []any{"Introduction", "Conclusion"},
		apitest.At(t, settings, "settings", "advanced_settings", "content_structure"))

	guidelines := f.OK(http.MethodPost, personalization+"/generate-guidelines", someSettings)
	assert.Contains(t, apitest.At(t, guidelines, "guidelines", "brand_voice"), "Keep to this voice: Calm and exact.")
	assert.Contains(t, apitest.At(t, guidelines, "guidelines", "writing_style"), "Write in a technical style.")
	assert.Len(t, apitest.At(t, guidelines, "guidelines", "seo_optimization"), 2)
}
