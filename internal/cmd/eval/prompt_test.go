package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/personalize"
	"github.com/alwrity/onboarding/internal/style"
)

// The prompt block of the documentation names the industry and the audience of a site.
// PROMPT_SITES may name more folders of sites, separated by commas.
func TestPromptBlockNamesIndustryAndAudience(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/personalization.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```prompt\n(.*?)```").FindStringSubmatch(string(page))
	require.NotNil(t, block)
	analyzer, err := style.New(prometheus.NewRegistry(), style.Config{Brand: true})
	require.NoError(t, err)
	sites := []string{filepath.Join("..", "dev", "site"), "testdata/sites/crumb", "testdata/sites/cycleways"}
	if more := os.Getenv("PROMPT_SITES"); more != "" {
		sites = append(sites, strings.Split(more, ",")...)
	}
	for _, dir := range sites {
		_, site, err := crawlSite(t.Context(), dir)
		require.NoError(t, err)
		analysis, err := analyzer.Analyze(t.Context(), site)
		require.NoError(t, err)
		inputs := personalize.Build(onboarding.Sources{Analysis: &onboarding.StoredAnalysis{
			ID: 1, Website: site.URL, Analysis: analysis, UpdatedAt: time.Unix(0, 0),
		}})
		prompt := fillPrompt(t, block[1], inputs)
		if industry := analysis.Style.TargetAudience.IndustryFocus; assert.NotNil(t, industry, dir) {
			assert.Contains(t, prompt, industry.Label(), dir)
			assert.NotEmpty(t, inputs.Meta.Evidence["website_analysis.industry_focus"], dir)
		}
		for _, group := range analysis.Style.TargetAudience.Demographics {
			assert.Contains(t, prompt, group, dir)
		}
		assert.NotContains(t, prompt, "{", dir)
		t.Log(prompt)
	}
}

// fillPrompt replaces the fields of a block by their values and leaves out the lines of
// empty ones.
func fillPrompt(t *testing.T, block string, inputs onboarding.Inputs) string {
	t.Helper()
	raw, err := json.Marshal(inputs)
	require.NoError(t, err)
	var document map[string]any
	require.NoError(t, json.Unmarshal(raw, &document))
	field := regexp.MustCompile(`\{([a-z_.]+)\}`)
	var lines []string
	for line := range strings.Lines(block) {
		empty := false
		line = field.ReplaceAllStringFunc(line, func(name string) string {
			text := textAt(document, strings.Split(strings.Trim(name, "{}"), "."))
			empty = empty || text == ""
			return text
		})
		if !empty {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

func textAt(value any, path []string) string {
	for _, key := range path {
		object, _ := value.(map[string]any)
		value = object[key]
	}
	switch v := value.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, item := range v {
			part, _ := item.(string)
			parts = append(parts, part)
		}
		return strings.Join(parts, ", ")
	}
	return ""
}
