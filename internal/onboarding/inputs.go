package onboarding

import "time"

// Inputs is what other services feed to their models to write for a user. Lists are
// never null; a null or empty value is not known, and Meta.Uncertainty says why. A
// document is either built from the user's own data or, in the four parts that come
// from the website analysis, the default set: the two are never mixed.
type Inputs struct {
	WebsiteAnalysis    InputsWebsite     `json:"website_analysis"`
	CompetitorAnalysis InputsCompetitors `json:"competitor_analysis"`
	GapAnalysis        InputsGaps        `json:"gap_analysis"`
	KeywordAnalysis    InputsKeywords    `json:"keyword_analysis"`
	// ResearchPreferences are as stored, nil before they are.
	ResearchPreferences *InputsResearch `json:"research_preferences"`
	// Persona sums up the stored personas, nil without them.
	Persona   *InputsPersona `json:"persona"`
	BuiltFrom InputsOrigin   `json:"built_from"`
	// Warnings say what does not match, such as personas of another website.
	Warnings []Warning `json:"warnings"`
	// IsDefault reports that there was no website analysis, so that the parts which
	// come from it are the default set.
	IsDefault bool `json:"is_default"`
	// DefaultReason is a sentence for the user, nil unless IsDefault.
	DefaultReason *string    `json:"default_reason"`
	Meta          InputsMeta `json:"meta"`
}

// InputsWebsite sums up the website. Texts are labels without their evidence.
type InputsWebsite struct {
	WebsiteURL *string `json:"website_url"`
	// ContentTypes are the primary type and the secondary ones.
	ContentTypes List `json:"content_types"`
	// WritingStyle is the tone.
	WritingStyle *string `json:"writing_style"`
	// TargetAudience are the groups of people that the site addresses.
	TargetAudience List    `json:"target_audience"`
	IndustryFocus  *string `json:"industry_focus"`
	ExpertiseLevel *string `json:"expertise_level"`
}

// InputsCompetitors is what the user or a provider said of competitors.
type InputsCompetitors struct {
	// TopPerformers are host names or, without one, names; at most 10.
	TopPerformers List    `json:"top_performers"`
	Industry      *string `json:"industry"`
	// TargetDemographics are the audiences of the competitors.
	TargetDemographics List `json:"target_demographics"`
	// KeyFindings are sentences of the research summary, at most 10.
	KeyFindings List `json:"key_findings"`
}

// InputsGaps is what the site lacks.
type InputsGaps struct {
	ContentGaps          List `json:"content_gaps"`
	TargetKeywords       List `json:"target_keywords"`
	ContentOpportunities List `json:"content_opportunities"`
}

// InputsKeywords is what the site is about.
type InputsKeywords struct {
	HighValueKeywords List         `json:"high_value_keywords"`
	ContentTopics     List         `json:"content_topics"`
	SearchIntent      SearchIntent `json:"search_intent"`
}

// SearchIntent is what people search who find what the site offers.
type SearchIntent struct {
	// Intent is informational, commercial, transactional or navigational (Broder
	// 2002, with the commercial investigation of later authors); practical in the
	// default set.
	Intent *string `json:"intent"`
	// Focus is what the intent is about.
	Focus *string `json:"focus"`
	// Evidence are the observations that the intent follows from, in sentences.
	Evidence List `json:"evidence"`
}

// InputsResearch are the stored research preferences.
type InputsResearch struct {
	ResearchDepth  string `json:"research_depth"`
	ContentTypes   List   `json:"content_types"`
	AutoResearch   bool   `json:"auto_research"`
	FactualContent bool   `json:"factual_content"`
}

// InputsPersona sums up the stored personas.
type InputsPersona struct {
	PersonaName *string `json:"persona_name"`
	Archetype   *string `json:"archetype"`
	DefaultTone *string `json:"default_tone"`
	// Platforms are those with a persona of their own, in the order of Platforms().
	Platforms []Platform `json:"platforms"`
	// BasedOn is the analysis that the personas were made from, nil if that is not known.
	BasedOn *BasedOn `json:"based_on"`
}

// InputsOrigin stamps a document with what it was built from; nil was not there.
type InputsOrigin struct {
	AnalysisID           *int64     `json:"analysis_id"`
	AnalysisVersion      *int       `json:"analysis_version"`
	WebsiteURL           *string    `json:"website_url"`
	AnalysisUpdatedAt    *time.Time `json:"analysis_updated_at"`
	PreferencesUpdatedAt *time.Time `json:"preferences_updated_at"`
	PersonasUpdatedAt    *time.Time `json:"personas_updated_at"`
	BusinessUpdatedAt    *time.Time `json:"business_updated_at"`
}

// InputsMeta says what of a document is not known.
type InputsMeta struct {
	SchemaVersion int `json:"schema_version"`
	// Confidence is that of the website analysis, 0 to 1; 0 without one.
	Confidence float64 `json:"confidence"`
	// Evidence says what the values of the website, keywords and gaps rest on, by field;
	// those without evidence are left out.
	Evidence map[string]string `json:"evidence"`
	// Uncertainty names every null and empty value with a sentence that says why,
	// except those of warnings, persona.based_on, built_from and default_reason.
	Uncertainty Uncertainty `json:"uncertainty"`
}

// StoredInputs are the inputs of a user as they are stored and answered.
type StoredInputs struct {
	Inputs
	// Revision grows with every change that the document was built for.
	Revision int64     `json:"revision"`
	BuiltAt  time.Time `json:"built_at"`
}
