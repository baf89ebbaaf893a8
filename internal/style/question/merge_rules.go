package question

import (
	"slices"
	"strings"
)

// replaced are the judgements that a usable one of the model replaces. It only fills a gap in any other: those are
// measured or copied from the pages.
var replaced = []string{
	"writing_style.tone", "writing_style.brand_personality", "writing_style.emotional_appeal",
	"target_audience.expertise_level", "target_audience.industry_focus", "target_audience.psychographic_profile",
	"content_type.purpose",
	"recommended_settings.writing_tone", "recommended_settings.target_audience",
	"recommended_settings.industry_context", "recommended_settings.brand_alignment",
	"brand_analysis.brand_voice", "brand_analysis.brand_positioning", "brand_analysis.competitive_differentiation",
	"style_guidelines.content_strategy",
}

// countedLists are the lists that a model only fills where they are empty. Its entries follow the local ones of others.
var countedLists = []string{
	"content_type.secondary_types", "style_patterns.patterns.vocabulary_patterns",
	"style_patterns.patterns.rhetorical_devices", "style_patterns.patterns.transition_phrases",
}

// pageValues are about pages, so that a model can't judge them from a text.
var pageValues = []string{
	"content_characteristics.visual_elements_usage", "content_strategy_insights.content_gaps",
	"style_patterns.style_consistency",
	"style_guidelines.guidelines.seo_optimization", "style_guidelines.guidelines.conversion_optimization",
}

// mergeRule is what a model may change of one value.
type mergeRule struct {
	path string
	// fills means that the model may only fill a gap, and without numbers.
	fills bool
	// site reports whether a website was analysed, not a text.
	site bool
	// support compares texts with the pages.
	support *support
}

func ruleOf(path string, list bool) mergeRule {
	fills := !slices.Contains(replaced, path)
	if list {
		fills = slices.Contains(countedLists, path)
	}
	return mergeRule{path: path, fills: fills}
}

// assesses reports whether the value is an assessment of the content or advice.
func (r mergeRule) assesses() bool {
	section, _, _ := strings.Cut(r.path, ".")
	return section == "content_strategy_insights" || section == "style_guidelines" || section == "content_characteristics"
}

// usesSite reports whether the text speaks of the parts of a website.
func usesSite(text string) bool {
	text = strings.ToLower(text)
	for _, word := range []string{
		"website", "web site", "webpage", "web page", "sitemap", "homepage", "home page",
		"landing page", "contact page", "about page", "meta description", "navigation menu", "structured data", "faq page",
	} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
