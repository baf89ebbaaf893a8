package e2e_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

var dataRequirements = map[string]requirement{
	"I1": func(t *testing.T, s *system) {
		c := s.as(t)
		c.analysed(s)
		inputs := c.await("/personalization-inputs", is("is_default", "false"))
		assert.Equal(t, s.shop.url, inputs.text("website_analysis.website_url"))
		assert.Contains(t, inputs.text("keyword_analysis.high_value_keywords"), "bakery")
		assert.NotEmpty(t, inputs.text("built_at"))
		c.complete(3, map[string]any{"research_depth": "Expert"})
		c.await("/personalization-inputs", is("research_preferences.research_depth", "Expert"))
	},
	"I2": func(t *testing.T, s *system) {
		c := s.as(t)
		c.analysed(s)
		analysis := c.get("/website-analysis")
		assert.Equal(t, s.shop.url, analysis.text("website_url"))
		assert.NotEmpty(t, analysis.text("style_analysis.content_characteristics.readability_score"))
	},
	"I3": func(t *testing.T, s *system) {
		c := s.as(t)
		c.complete(3, map[string]any{"research_depth": "Comprehensive", "content_types": []string{"Blog Posts", "News"}})
		assert.Equal(t, "[Blog Posts News]", c.get("/research-preferences").text("content_types"))
	},
	"I4": defaults, "X4": defaults,
}

// defaults checks that nothing is invented: the fallback is marked as such.
func defaults(t *testing.T, s *system) {
	c := s.as(t)
	inputs := c.get("/personalization-inputs")
	assert.Equal(t, "true", inputs.text("is_default"))
	assert.NotEmpty(t, inputs.text("default_reason"))
	assert.Empty(t, inputs.text("website_analysis.website_url"))
	warned := c.complete(3, map[string]any{})
	assert.Contains(t, warned.text("warnings"), "Standard", "a default that was taken is named")
}
