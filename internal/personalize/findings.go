package personalize

import (
	"encoding/json"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// findings are the findings of step 3 by name. They come from the client, so any value may
// have another shape than expected; such a value is left out.
type findings map[string]json.RawMessage

// findingsOf returns the findings of preferences, none for nil.
func findingsOf(preferences *onboarding.ResearchPreferences) findings {
	if preferences == nil {
		return nil
	}
	return preferences.Findings
}

// competitor is a competitor as the user or a provider gave it. An empty text was not given.
type competitor struct {
	url, domain, title string
	// relevance is the provider's score, -1 without one; higher is closer.
	relevance float64
	// audience is whom the competitor addresses.
	audience string
}

// competitors returns the competitors that have a name, in their order.
func (f findings) competitors() []competitor {
	var competitors []competitor
	items, _ := f.value("competitors").([]any)
	for _, item := range items {
		object := objectOf(item)
		c := competitor{
			relevance: -1, url: lineOf(object["url"]), domain: lineOf(object["domain"]), title: lineOf(object["title"]),
			audience: lineOf(objectOf(object["competitive_insights"])["target_audience"]),
		}
		if score, ok := object["relevance_score"].(float64); ok {
			c.relevance = score
		}
		if c.url != "" || c.domain != "" || c.title != "" {
			competitors = append(competitors, c)
		}
	}
	return competitors
}

// summary returns what a provider concluded from the competitors, nil without it.
func (f findings) summary() map[string]any { return objectOf(f.value("researchSummary")) }

// sitemapInsights returns what the analysis of the sitemap proposes, nil without one.
func (f findings) sitemapInsights() map[string]any {
	object := objectOf(f.value("sitemapAnalysis"))
	if insights := objectOf(object["onboarding_insights"]); len(insights) > 0 {
		return insights
	}
	return objectOf(objectOf(object["analysis_data"])["onboarding_insights"]) // the whole response of analyze-sitemap
}

// industry returns the industry that the user named for the research, or "".
func (f findings) industry() string { return lineOf(f.value("industryContext")) }

// value decodes a finding, nil if there is none or it is not JSON.
func (f findings) value(name string) any {
	var value any
	if json.Unmarshal(f[name], &value) != nil {
		return nil
	}
	return value
}

func objectOf(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

// lineOf returns a text on one line, "" for any other value.
func lineOf(value any) string { return strings.Join(strings.Fields(stringOf(value)), " ") }

// linesOf returns the texts of a list; a single text is a list of one.
func linesOf(value any) []string {
	items, ok := value.([]any)
	if !ok {
		items = []any{value}
	}
	var lines []string
	for _, item := range items {
		if line := lineOf(item); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
