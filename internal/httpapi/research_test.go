package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const pathConfigure = base + "/ai-research/configure-preferences"

func TestResearchPreferences(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	none := f.as("ada", http.MethodGet, base+"/research-preferences", "")
	require.Equal(t, 200, none.status)
	assert.Equal(t, "null", string(none.body[:4]))
	assert.NotEmpty(t, none.header.Get("ETag"))

	first := f.ok(http.MethodPost, pathConfigure, `{"research_depth":"Expert","content_types":["News","News"],"auto_research":false,"factual_content":false}`)
	assert.Equal(t, true, first["valid"])
	assert.Equal(t, []any{}, first["warnings"])
	assert.Equal(t, []any{}, first["errors"])
	partial := f.ok(http.MethodPost, pathConfigure, `{"research_depth":"Basic","auto_research":null}`)
	for name, want := range map[string]any{"research_depth": "Basic", "content_types": []any{"News"}, "auto_research": false, "factual_content": false} {
		assert.Equal(t, want, at(t, partial, "preferences", name), name)
	}
	assert.Equal(t, "completed", f.stepStatus(3))
	stored := f.ok(http.MethodGet, base+"/research-preferences", "")
	assert.Equal(t, stored, f.ok(http.MethodGet, base+"/ai-research/preferences", ""))
	assert.Equal(t, "Basic", stored["research_depth"])
	assert.Nil(t, stored["content_characteristics"])
	assert.Equal(t, "null", string(f.as("bob", http.MethodGet, base+"/research-preferences", "").body[:4]), "nobody sees another's")

	complete(t, f, submitWebsite(t, f, "example.com"))
	assert.Equal(t, "warm", at(t, f.ok(http.MethodGet, base+"/research-preferences", ""), "writing_style", "tone"))
	options := f.send(http.MethodGet, base+"/ai-research/configuration-options", "").object(t)
	assert.Equal(t, []any{"Basic", "Standard", "Deep", "Comprehensive", "Expert"}, at(t, options, "options", "research_depths"))
}
