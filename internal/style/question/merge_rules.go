package question

import (
	"fmt"
	"slices"
	"strings"
)

// share is how much a model's answer may change a value.
type share int

const (
	// shareGap: the local value stays; a model only fills a gap, without numbers,
	// because the value is measured or copied from the pages.
	shareGap share = iota
	// shareWhole: the model's judgement replaces the local one.
	shareWhole
	// shareMore: the model's entries follow the local ones.
	shareMore
)

// mergeRule is one line of the table of what a model may change.
type mergeRule struct {
	path  string
	share share
	// siteOnly values are about pages, so that a model can't judge them from a text.
	siteOnly bool
}

// mergeRules lists the values that a model is asked for. It changes nothing else:
// measurements, crawl result and confidence stay.
func mergeRules() []mergeRule {
	return slices.Concat(styleShares(), brandShares(), patternShares())
}

func styleShares() []mergeRule {
	return []mergeRule{
		{path: "writing_style.tone", share: shareWhole},
		{path: "writing_style.voice"},
		{path: "writing_style.complexity"},
		{path: "writing_style.engagement_level"},
		{path: "writing_style.brand_personality", share: shareWhole},
		{path: "writing_style.formality_level"},
		{path: "writing_style.emotional_appeal", share: shareWhole},
		{path: "content_characteristics.sentence_structure"},
		{path: "content_characteristics.vocabulary_level"},
		{path: "content_characteristics.paragraph_organization"},
		{path: "content_characteristics.content_flow"},
		{path: "content_characteristics.readability_score"},
		{path: "content_characteristics.content_density"},
		{path: "content_characteristics.visual_elements_usage", siteOnly: true},
		{path: "target_audience.demographics", share: shareMore},
		{path: "target_audience.expertise_level", share: shareWhole},
		{path: "target_audience.industry_focus", share: shareWhole},
		{path: "target_audience.geographic_focus"},
		{path: "target_audience.psychographic_profile", share: shareWhole},
		{path: "target_audience.pain_points", share: shareMore},
		{path: "target_audience.motivations", share: shareMore},
		{path: "content_type.primary_type"},
		{path: "content_type.secondary_types"},
		{path: "content_type.purpose", share: shareWhole},
		{path: "content_type.call_to_action"},
		{path: "content_type.conversion_focus"},
		{path: "content_type.educational_value"},
		{path: "recommended_settings.writing_tone", share: shareWhole},
		{path: "recommended_settings.target_audience", share: shareWhole},
		{path: "recommended_settings.content_type"},
		{path: "recommended_settings.creativity_level"},
		{path: "recommended_settings.geographic_location"},
		{path: "recommended_settings.industry_context", share: shareWhole},
		{path: "recommended_settings.brand_alignment", share: shareWhole},
	}
}

func brandShares() []mergeRule {
	return []mergeRule{
		{path: "brand_analysis.brand_voice", share: shareWhole},
		{path: "brand_analysis.brand_values", share: shareMore},
		{path: "brand_analysis.brand_positioning", share: shareWhole},
		{path: "brand_analysis.competitive_differentiation", share: shareWhole},
		{path: "brand_analysis.trust_signals", share: shareMore},
		{path: "brand_analysis.authority_indicators", share: shareMore},
		{path: "content_strategy_insights.strengths", share: shareMore},
		{path: "content_strategy_insights.weaknesses", share: shareMore},
		{path: "content_strategy_insights.opportunities", share: shareMore},
		{path: "content_strategy_insights.threats", share: shareMore},
		{path: "content_strategy_insights.recommended_improvements", share: shareMore},
		{path: "content_strategy_insights.content_gaps", share: shareMore, siteOnly: true},
	}
}

func patternShares() []mergeRule {
	const guide = "style_guidelines.guidelines."
	return []mergeRule{
		{path: "style_patterns.patterns.sentence_length"},
		{path: "style_patterns.patterns.vocabulary_patterns"},
		{path: "style_patterns.patterns.rhetorical_devices"},
		{path: "style_patterns.patterns.paragraph_structure"},
		{path: "style_patterns.patterns.transition_phrases"},
		{path: "style_patterns.style_consistency", siteOnly: true},
		{path: "style_patterns.unique_elements", share: shareMore},
		{path: guide + "tone_recommendations", share: shareMore},
		{path: guide + "structure_guidelines", share: shareMore},
		{path: guide + "vocabulary_suggestions", share: shareMore},
		{path: guide + "engagement_tips", share: shareMore},
		{path: guide + "audience_considerations", share: shareMore},
		{path: guide + "brand_alignment", share: shareMore},
		{path: guide + "seo_optimization", share: shareMore, siteOnly: true},
		{path: guide + "conversion_optimization", share: shareMore, siteOnly: true},
		{path: "style_guidelines.best_practices", share: shareMore},
		{path: "style_guidelines.avoid_elements", share: shareMore},
		{path: "style_guidelines.content_strategy", share: shareWhole},
		{path: "style_guidelines.ai_generation_tips", share: shareMore},
		{path: "style_guidelines.competitive_advantages", share: shareMore},
		{path: "style_guidelines.content_calendar_suggestions", share: shareMore},
	}
}

// judgesCraft reports whether the value is an assessment of the content or advice.
func (r mergeRule) judgesCraft() bool {
	section, _, _ := strings.Cut(r.path, ".")
	return section == "content_strategy_insights" || section == "style_guidelines" || section == "content_characteristics"
}

// usesSite reports whether the text speaks of the parts of a website.
func usesSite(text string) bool {
	text = strings.ToLower(text)
	for _, word := range []string{"website", "web site", "webpage", "web page", "sitemap", "homepage", "home page", "landing page", "contact page", "about page", "meta description", "navigation menu", "structured data", "faq page"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// fromModel is the note that names the values a model wrote.
func fromModel(model string, paths []string) string {
	if len(paths) == 0 {
		return fmt.Sprintf("Judged by the model %s too, which added nothing.", model)
	}
	return fmt.Sprintf("Judged by the model %s too, which wrote all or part of: %s.", model, strings.Join(paths, ", "))
}
