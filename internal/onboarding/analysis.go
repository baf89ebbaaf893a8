package onboarding

import (
	"encoding/json"
	"time"
)

// List is a list of strings that is written as [] when it is empty.
type List []string

// MarshalJSON writes the list, [] when it is nil.
func (l List) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]string(l))
}

// Analysis is what is known of a website's writing. A nil string and an empty
// list mean that the pages do not show the value; Style.Meta.Uncertainty says why.
type Analysis struct {
	Style      StyleAnalysis   `json:"style_analysis"`
	Patterns   StylePatterns   `json:"style_patterns"`
	Guidelines StyleGuidelines `json:"style_guidelines"`
	Crawl      CrawlResult     `json:"crawl_result"`
	// Measured holds the numbers that the rest is derived from.
	Measured Measurements `json:"measurements"`
}

// StyleAnalysis is how the website writes, for whom and to what end.
type StyleAnalysis struct {
	WritingStyle            WritingStyle            `json:"writing_style"`
	ContentCharacteristics  ContentCharacteristics  `json:"content_characteristics"`
	TargetAudience          TargetAudience          `json:"target_audience"`
	ContentType             ContentType             `json:"content_type"`
	RecommendedSettings     RecommendedSettings     `json:"recommended_settings"`
	BrandAnalysis           BrandAnalysis           `json:"brand_analysis"`
	ContentStrategyInsights ContentStrategyInsights `json:"content_strategy_insights"`
	Meta                    Meta                    `json:"meta"`
}

// WritingStyle describes the voice of the text.
type WritingStyle struct {
	Tone             *string `json:"tone"`
	Voice            *string `json:"voice"`
	Complexity       *string `json:"complexity"`
	EngagementLevel  *string `json:"engagement_level"`
	BrandPersonality *string `json:"brand_personality"`
	FormalityLevel   *string `json:"formality_level"`
	EmotionalAppeal  *string `json:"emotional_appeal"`
}

// ContentCharacteristics describes how the text is built.
type ContentCharacteristics struct {
	SentenceStructure     *string `json:"sentence_structure"`
	VocabularyLevel       *string `json:"vocabulary_level"`
	ParagraphOrganization *string `json:"paragraph_organization"`
	ContentFlow           *string `json:"content_flow"`
	ReadabilityScore      *string `json:"readability_score"`
	ContentDensity        *string `json:"content_density"`
	VisualElementsUsage   *string `json:"visual_elements_usage"`
}

// TargetAudience describes whom the text addresses.
type TargetAudience struct {
	Demographics         List    `json:"demographics"`
	ExpertiseLevel       *string `json:"expertise_level"`
	IndustryFocus        *string `json:"industry_focus"`
	GeographicFocus      *string `json:"geographic_focus"`
	PsychographicProfile *string `json:"psychographic_profile"`
	PainPoints           List    `json:"pain_points"`
	Motivations          List    `json:"motivations"`
}

// ContentType describes what the site publishes and what for.
type ContentType struct {
	PrimaryType      *string `json:"primary_type"`
	SecondaryTypes   List    `json:"secondary_types"`
	Purpose          *string `json:"purpose"`
	CallToAction     *string `json:"call_to_action"`
	ConversionFocus  *string `json:"conversion_focus"`
	EducationalValue *string `json:"educational_value"`
}

// RecommendedSettings are settings for writing like the site, derived from the rest.
type RecommendedSettings struct {
	WritingTone        *string `json:"writing_tone"`
	TargetAudience     *string `json:"target_audience"`
	ContentType        *string `json:"content_type"`
	CreativityLevel    *string `json:"creativity_level"`
	GeographicLocation *string `json:"geographic_location"`
	IndustryContext    *string `json:"industry_context"`
	BrandAlignment     *string `json:"brand_alignment"`
}

// BrandAnalysis describes what the owner says of itself.
type BrandAnalysis struct {
	BrandVoice                 *string `json:"brand_voice"`
	BrandValues                List    `json:"brand_values"`
	BrandPositioning           *string `json:"brand_positioning"`
	CompetitiveDifferentiation *string `json:"competitive_differentiation"`
	TrustSignals               List    `json:"trust_signals"`
	AuthorityIndicators        List    `json:"authority_indicators"`
}

// ContentStrategyInsights lists what the site does well and what it lacks.
type ContentStrategyInsights struct {
	Strengths               List `json:"strengths"`
	Weaknesses              List `json:"weaknesses"`
	Opportunities           List `json:"opportunities"`
	Threats                 List `json:"threats"`
	RecommendedImprovements List `json:"recommended_improvements"`
	ContentGaps             List `json:"content_gaps"`
}

// Meta says how the analysis was made and how sure it is.
type Meta struct {
	SchemaVersion int `json:"schema_version"`
	// Engine is "local" or the model that took part.
	Engine string `json:"engine"`
	// Confidence is 0 to 1, from the amount of text.
	Confidence  float64     `json:"confidence"`
	Notes       List        `json:"notes"`
	Uncertainty Uncertainty `json:"uncertainty"`
}

// Uncertainty names the values that could not be known. Fields are dotted paths
// ("writing_style.voice"), sorted; Reasons gives one sentence for each.
type Uncertainty struct {
	Fields  List              `json:"fields"`
	Reasons map[string]string `json:"reasons"`
}

// StylePatterns are recurring forms of the text.
type StylePatterns struct {
	Patterns         Patterns `json:"patterns"`
	StyleConsistency *string  `json:"style_consistency"`
	UniqueElements   List     `json:"unique_elements"`
}

// Patterns is the inner object of StylePatterns.
type Patterns struct {
	SentenceLength     *string `json:"sentence_length"`
	VocabularyPatterns List    `json:"vocabulary_patterns"`
	RhetoricalDevices  List    `json:"rhetorical_devices"`
	ParagraphStructure *string `json:"paragraph_structure"`
	TransitionPhrases  List    `json:"transition_phrases"`
}

// StyleGuidelines are instructions for writing like the site.
type StyleGuidelines struct {
	Guidelines                 Guidelines `json:"guidelines"`
	BestPractices              List       `json:"best_practices"`
	AvoidElements              List       `json:"avoid_elements"`
	ContentStrategy            *string    `json:"content_strategy"`
	AIGenerationTips           List       `json:"ai_generation_tips"`
	CompetitiveAdvantages      List       `json:"competitive_advantages"`
	ContentCalendarSuggestions List       `json:"content_calendar_suggestions"`
}

// Guidelines is the inner object of StyleGuidelines.
type Guidelines struct {
	ToneRecommendations    List `json:"tone_recommendations"`
	StructureGuidelines    List `json:"structure_guidelines"`
	VocabularySuggestions  List `json:"vocabulary_suggestions"`
	EngagementTips         List `json:"engagement_tips"`
	AudienceConsiderations List `json:"audience_considerations"`
	BrandAlignment         List `json:"brand_alignment"`
	SEOOptimization        List `json:"seo_optimization"`
	ConversionOptimization List `json:"conversion_optimization"`
}

// CrawlResult is what was read, in the shape that the front end shows.
type CrawlResult struct {
	Success   bool         `json:"success"`
	URL       string       `json:"url"`
	Timestamp time.Time    `json:"timestamp"`
	Content   CrawlContent `json:"content"`
	// Pages lists every page that was read.
	Pages    []CrawledPage `json:"pages"`
	Warnings []Warning     `json:"warnings"`
}

// CrawledPage is one page that was read.
type CrawledPage struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	// Type is the page type ("home", "about", …) or "other".
	Type string `json:"type"`
	// Words counts the main text, also of pages that are not measured (in another
	// language, or beyond the limit).
	Words int `json:"words"`
}

// CrawlContent is the digest of the site: the start page's own values, with
// contacts, socials and domain facts of all pages.
type CrawlContent struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	// MainContent is the main text, cut after 10,000 characters.
	MainContent      string            `json:"main_content"`
	Headings         List              `json:"headings"`
	Links            []Link            `json:"links"`
	Images           []Image           `json:"images"`
	MetaTags         map[string]string `json:"meta_tags"`
	DomainInfo       DomainInfo        `json:"domain_info"`
	SocialMedia      map[string]string `json:"social_media"`
	BrandInfo        BrandInfo         `json:"brand_info"`
	ContentStructure ContentStructure  `json:"content_structure"`
}

// DomainInfo tells what kind of site it is.
type DomainInfo struct {
	Domain         string `json:"domain"`
	DomainName     string `json:"domain_name"`
	IsBlog         bool   `json:"is_blog"`
	IsEcommerce    bool   `json:"is_ecommerce"`
	IsCorporate    bool   `json:"is_corporate"`
	HasBlogSection bool   `json:"has_blog_section"`
	HasAboutPage   bool   `json:"has_about_page"`
	HasContactPage bool   `json:"has_contact_page"`
}

// BrandInfo is what the pages say of their owner.
type BrandInfo struct {
	LogoAlt     List        `json:"logo_alt"`
	CompanyName *string     `json:"company_name"`
	Tagline     *string     `json:"tagline"`
	ContactInfo ContactInfo `json:"contact_info"`
}

// ContactInfo lists the ways to reach the owner.
type ContactInfo struct {
	Email   List `json:"email"`
	Phone   List `json:"phone"`
	Address List `json:"address"`
}

// ContentStructure counts what the start page is built of.
type ContentStructure struct {
	Headings        HeadingCounts `json:"headings"`
	Paragraphs      int           `json:"paragraphs"`
	Lists           int           `json:"lists"`
	Images          int           `json:"images"`
	Links           int           `json:"links"`
	ContentSections int           `json:"content_sections"`
	HasNavigation   bool          `json:"has_navigation"`
	HasFooter       bool          `json:"has_footer"`
	HasSidebar      bool          `json:"has_sidebar"`
	HasCallToAction bool          `json:"has_call_to_action"`
}

// HeadingCounts counts the headings of each level.
type HeadingCounts struct {
	H1 int `json:"h1"`
	H2 int `json:"h2"`
	H3 int `json:"h3"`
	H4 int `json:"h4"`
	H5 int `json:"h5"`
	H6 int `json:"h6"`
}
