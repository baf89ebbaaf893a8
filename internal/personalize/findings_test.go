package personalize

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFindingsAreReadLeniently(t *testing.T) {
	t.Parallel()
	var f findings
	require.NoError(t, json.Unmarshal([]byte(`{
		"competitors":[{"url":" https://a.example ","title":"A\n B","relevance_score":0.5,"competitive_insights":{"target_audience":"cooks"}},
			{"domain":"b.example","relevance_score":"high","competitive_insights":"none"},{"summary":"nameless"},7],
		"researchSummary":{"market_insights":"Growing.","key_findings":["k",7],"recommendations":"r"},
		"sitemapAnalysis":{"onboarding_insights":{"content_gaps":["g"],"growth_opportunities":["o",null]}},
		"industryContext":"food"}`), &f))
	assert.Equal(t, []competitor{
		{url: "https://a.example", title: "A B", relevance: 0.5, audience: "cooks"},
		{domain: "b.example", relevance: -1},
	}, f.competitors())
	assert.Equal(t, "Growing.", lineOf(f.summary()["market_insights"]))
	assert.Equal(t, []string{"k"}, linesOf(f.summary()["key_findings"]))
	assert.Equal(t, []string{"r"}, linesOf(f.summary()["recommendations"]))
	assert.Equal(t, []string{"g"}, linesOf(f.sitemapInsights()["content_gaps"]))
	assert.Equal(t, []string{"o"}, linesOf(f.sitemapInsights()["growth_opportunities"]))
	assert.Equal(t, "food", f.industry())

	none := findingsOf(nil)
	assert.Empty(t, none.competitors())
	assert.Empty(t, linesOf(none.summary()["key_findings"]))
	assert.Empty(t, linesOf(none.sitemapInsights()["content_gaps"]))
	assert.Empty(t, none.industry())
}
