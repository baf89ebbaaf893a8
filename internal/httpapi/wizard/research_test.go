package wizard_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

const pathConfigure = apitest.Base + "/ai-research/configure-preferences"

func TestResearchPreferences(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	none := f.As("ada", http.MethodGet, apitest.Base+"/research-preferences", "")
	require.Equal(t, 200, none.Status)
	assert.Equal(t, "null", string(none.Body[:4]))
	assert.NotEmpty(t, none.Header.Get("ETag"))

	first := f.OK(http.MethodPost, pathConfigure,
		`{"research_depth":"Expert","content_types":["News","News"],"auto_research":false,"factual_content":false}`)
	assert.Equal(t, true, first["valid"])
	assert.Equal(t, []any{}, first["warnings"])
	assert.Equal(t, []any{}, first["errors"])
	partial := f.OK(http.MethodPost, pathConfigure, `{"research_depth":"Basic","auto_research":null}`)
	for name, want := range map[string]any{
		"research_depth": "Basic", "content_types": []any{"News"},
		"auto_research": false, "factual_content": false,
	} {
		assert.Equal(t, want, apitest.At(t, partial, "preferences", name), name)
	}
	assert.Equal(t, "completed", f.StepStatus(3))
	stored := f.OK(http.MethodGet, apitest.Base+"/research-preferences", "")
	assert.Equal(t, stored, f.OK(http.MethodGet, apitest.Base+"/ai-research/preferences", ""))
	assert.Equal(t, "Basic", stored["research_depth"])
	assert.Nil(t, stored["content_characteristics"])
	assert.Equal(t, "null", string(f.As("bob", http.MethodGet, apitest.Base+"/research-preferences", "").Body[:4]),
		"nobody sees another's")

	apitest.Complete(t, f, apitest.SubmitWebsite(t, f, "example.com"))
	assert.Equal(t, "warm",
		apitest.At(t, f.OK(http.MethodGet, apitest.Base+"/research-preferences", ""), "writing_style", "tone"))
	options := f.Send(http.MethodGet, apitest.Base+"/ai-research/configuration-options", "").Object(t)
	assert.Equal(t, []any{"Basic", "Standard", "Deep", "Comprehensive", "Expert"},
		apitest.At(t, options, "options", "research_depths"))
}
