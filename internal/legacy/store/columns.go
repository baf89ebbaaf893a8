package store

import "slices"

// The tables of the former back end. Integrations and the fields of the JSON files have no table: they are rows all the
// same, so that every store is counted and mapped alike.
const (
	Sessions     = "onboarding_sessions"
	Keys         = "api_keys"
	Analyses     = "website_analyses"
	Preferences  = "research_preferences"
	Personas     = "persona_data"
	Competitors  = "competitor_analyses"
	Business     = "user_business_info"
	Integrations = "step_5"
)

// Tables are all of them, in the order in which they are reported.
var Tables = []string{Sessions, Keys, Analyses, Preferences, Personas, Competitors, Business, Integrations}

// Column is a column of the former back end and what becomes of it.
type Column struct {
	Table, Name string
	// Ours is where its values are kept here, "" if they are dropped.
	Ours string
	// Reason says why values are dropped, or when a row is refused for its value.
	Reason string
}

const (
	whereabouts = "names rows of the former database"
	naive       = "without a time zone, so its moment is unknown"
	copied      = "a copy of the website analysis"
	otherTasks  = "of another service"
	brand       = "dropped with ENABLE_WEBSITE_BRAND_COLUMNS=false"
	insights    = "analysis.style_analysis.content_strategy_insights"
	socialMedia = "research_preferences.findings.social_media_accounts"
)

// Columns are the columns that the models of the former back end have, in its pinned and in its newest version.
var Columns = []Column{
	{Sessions, "id", "", whereabouts},
	{Sessions, "user_id", "onboarding_sessions.user_id", "refused if it is no id, or the account was deleted here"},
	{Sessions, "current_step", "", "contradicts what is stored"},
	{Sessions, "progress", "", "contradicts what is stored"},
	{Sessions, "started_at", "", naive},
	{Sessions, "updated_at", "", naive + "; decides which of several rows is the newest"},

	{Keys, "id", "", whereabouts},
	{Keys, "session_id", "", whereabouts},
	{Keys, "provider", "api_keys.provider", "gemini, GEMINI_API_KEY and google are one; refused if unknown"},
	{Keys, "key", "api_keys.sealed", "refused if it does not look like a key of its provider"},
	{Keys, "created_at", "", naive},
	{Keys, "updated_at", "", naive + "; decides which of several rows is the newest"},

	{Analyses, "id", "", whereabouts},
	{Analyses, "session_id", "", whereabouts + "; a hashed id is matched over the known users"},
	{Analyses, "website_url", "website_analyses.website_url", "in its normal form; prefill if it is no address"},
	{Analyses, "analysis_date", "", naive},
	{Analyses, "writing_style", "analysis.style_analysis.writing_style", ""},
	{Analyses, "content_characteristics", "analysis.style_analysis.content_characteristics", ""},
	{Analyses, "target_audience", "analysis.style_analysis.target_audience", ""},
	{Analyses, "content_type", "analysis.style_analysis.content_type", ""},
	{Analyses, "recommended_settings", "analysis.style_analysis.recommended_settings", ""},
	{Analyses, "brand_analysis", "analysis.style_analysis.brand_analysis", brand},
	{Analyses, "content_strategy_insights", insights, brand},
	{Analyses, "social_media_presence", socialMedia, "of the newest analysis, beside preferences"},
	{Analyses, "crawl_result", "", "the next analysis reads the website again"},
	{Analyses, "style_patterns", "analysis.style_patterns", ""},
	{Analyses, "style_guidelines", "analysis.style_guidelines", ""},
	{Analyses, "seo_audit", "", otherTasks},
	{Analyses, "strategic_insights_history", "", otherTasks},
	{Analyses, "status", "onboarding_steps.status", "prefill unless it is completed; refused if nothing was found"},
	{Analyses, "error_message", "", "of an analysis that failed, which is refused"},
	{Analyses, "warning_message", "analysis.style_analysis.meta.notes", ""},
	{Analyses, "created_at", "", naive},
	{Analyses, "updated_at", "", naive + "; decides which of several rows is the newest"},

	{Preferences, "id", "", whereabouts},
	{Preferences, "session_id", "", whereabouts + "; a hashed id is matched over the known users"},
	{Preferences, "research_depth", "research_preferences.research_depth", "in any case; prefill if it is unknown"},
	{Preferences, "content_types", "research_preferences.content_types", "prefill if it is empty"},
	{Preferences, "auto_research", "research_preferences.auto_research", ""},
	{Preferences, "factual_content", "research_preferences.factual_content", ""},
	{Preferences, "writing_style", "", copied},
	{Preferences, "content_characteristics", "", copied},
	{Preferences, "target_audience", "", copied},
	{Preferences, "recommended_settings", "", copied},
	{Preferences, "created_at", "", naive},
	{Preferences, "updated_at", "", naive + "; decides which of several rows is the newest"},

	{Personas, "id", "", whereabouts},
	{Personas, "session_id", "", whereabouts},
	{Personas, "core_persona", "persona_data.core_persona", "refused if there is none"},
	{Personas, "platform_personas", "persona_data.platform_personas", "prefill if there is none"},
	{Personas, "quality_metrics", "persona_data.quality_metrics", ""},
	{Personas, "selected_platforms", "persona_data.selected_platforms", "those of the personas if there are none"},
	{Personas, "research_persona", "", otherTasks},
	{Personas, "research_persona_generated_at", "", otherTasks},
	{Personas, "created_at", "", naive},
	{Personas, "updated_at", "", naive + "; decides which of several rows is the newest"},

	{Competitors, "id", "", whereabouts},
	{Competitors, "session_id", "", whereabouts},
	{Competitors, "competitor_url", "research_preferences.findings.competitors[].url", "at most 100"},
	{Competitors, "competitor_domain", "research_preferences.findings.competitors[].domain", ""},
	{Competitors, "analysis_date", "", naive},
	{Competitors, "analysis_data", "research_preferences.findings.competitors[]", ""},
	{Competitors, "status", "", "competitors are kept whatever it is"},
	{Competitors, "error_message", "", otherTasks},
	{Competitors, "warning_message", "", otherTasks},
	{Competitors, "created_at", "", naive},
	{Competitors, "updated_at", "", naive},

	{Business, "id", "", whereabouts},
	{Business, "user_id", "business_info.user_id", "refused unless it is a known id; older rows have a number"},
	{Business, "business_description", "business_info.business_description", "refused without 10 to 1,000 characters"},
	{Business, "industry", "business_info.industry", ""},
	{Business, "target_audience", "business_info.target_audience", ""},
	{Business, "business_goals", "business_info.business_goals", ""},
	{Business, "created_at", "", naive},
	{Business, "updated_at", "", naive + "; decides which of several rows is the newest"},
}

// order are the columns that are read beside those that are kept: to find rows, and to tell which is the newest.
var order = []string{"id", "session_id", "user_id", "created_at", "updated_at"}

// wanted reports whether a column is read.
func wanted(table, name string) bool {
	return slices.Contains(order, name) || slices.ContainsFunc(Columns, func(c Column) bool {
		return c.Table == table && c.Name == name && c.Ours != ""
	})
}

// Known reports whether a column is in the table of columns.
func Known(table, name string) bool {
	return slices.ContainsFunc(Columns, func(c Column) bool { return c.Table == table && c.Name == name })
}
