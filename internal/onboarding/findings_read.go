package onboarding

import (
	"encoding/json"
	"strings"
)

// Competitor is a competitor as the user or a provider gave it. Empty was not given.
type Competitor struct {
	URL     string
	Domain  string
	Title   string
	Summary string
	// Relevance is the provider's score, nil without one; higher is closer.
	Relevance *float64
	// Audience is whom the competitor addresses.
	Audience string
	// ContentFocus is what the competitor writes about.
	ContentFocus string
	Highlights   List
}

// ResearchSummary is what a provider concluded from the competitors.
type ResearchSummary struct {
	MarketInsights  string
	KeyFindings     List
	Recommendations List
}

// SitemapFindings is what an analysis of the site's sitemap proposes.
type SitemapFindings struct {
	ContentGaps   List
	Opportunities List
}

// Competitors are those of the findings, in their order. What has another shape than
// expected is left out: findings are the client's.
func (p ResearchPreferences) Competitors() []Competitor {
	var competitors []Competitor
	items, _ := p.finding(findingCompetitors).([]any)
	for _, item := range items {
		object, ok := item.(map[string]any)
		if !ok {
			continue
		}
		c := Competitor{
			URL: textOf(object["url"]), Domain: textOf(object["domain"]), Title: textOf(object["title"]), Summary: textOf(object["summary"]),
			Audience:     textOf(objectOf(object["competitive_insights"])["target_audience"]),
			ContentFocus: textOf(objectOf(object["content_insights"])["content_focus"]),
			Highlights:   textsOf(object["highlights"]),
		}
		if score, ok := object["relevance_score"].(float64); ok {
			c.Relevance = &score
		}
		if c.URL != "" || c.Domain != "" || c.Title != "" {
			competitors = append(competitors, c)
		}
	}
	return competitors
}

// Summary is the research summary of the findings, empty without one.
func (p ResearchPreferences) Summary() ResearchSummary {
	object := objectOf(p.finding(findingSummary))
	return ResearchSummary{
		MarketInsights:  textOf(object["market_insights"]),
		KeyFindings:     textsOf(object["key_findings"]),
		Recommendations: textsOf(object["recommendations"]),
	}
}

// Sitemap is what the sitemap analysis of the findings proposes, empty without one.
func (p ResearchPreferences) Sitemap() SitemapFindings {
	object := objectOf(p.finding(findingSitemap))
	insights := objectOf(object["onboarding_insights"])
	if len(insights) == 0 { // the whole answer of analyze-sitemap
		insights = objectOf(objectOf(object["analysis_data"])["onboarding_insights"])
	}
	return SitemapFindings{
		ContentGaps:   textsOf(insights["content_gaps"]),
		Opportunities: textsOf(insights["growth_opportunities"]),
	}
}

// IndustryContext is the industry that the user named for the research, or "".
func (p ResearchPreferences) IndustryContext() string {
	return textOf(p.finding(findingIndustryContext))
}

// finding decodes a finding, nil if there is none or it is no JSON.
func (p ResearchPreferences) finding(name string) any {
	var value any
	if json.Unmarshal(p.Findings[name], &value) != nil {
		return nil
	}
	return value
}

func objectOf(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

func textOf(value any) string {
	text, _ := value.(string)
	return strings.Join(strings.Fields(text), " ")
}

// textsOf are the texts of a list; a single text is a list of one.
func textsOf(value any) List {
	items, ok := value.([]any)
	if !ok {
		items = []any{value}
	}
	texts := List{}
	for _, item := range items {
		if text := textOf(item); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
