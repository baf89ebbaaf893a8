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

// Judged is a value that was judged, and what it rests on.
type Judged struct {
	// Value is a label, a quotation or a sentence, never empty.
	Value string `json:"value"`
	// Evidence is the numbers or the place that it follows from, "" where it needs none.
	Evidence string `json:"evidence"`
}

// Label is the value alone, "" for nil.
func (j *Judged) Label() string {
	if j == nil {
		return ""
	}
	return j.Value
}

// Text is the value as people read it, its evidence in brackets; "" for nil.
func (j *Judged) Text() string {
	if j == nil || j.Evidence == "" {
		return j.Label()
	}
	return j.Value + " (" + j.Evidence + ")"
}

// Analysis is what is known of a website's writing, as it is stored. A nil value and an empty
// list mean that the pages do not show it; Style.Meta.Uncertainty says why.
type Analysis = AnalysisOf[Judged]

// ShownAnalysis is an Analysis as people read it: its judged values are texts.
type ShownAnalysis = AnalysisOf[string]

// AnalysisOf is the shape of both; T is Judged or string.
type AnalysisOf[T any] struct {
	Style      StyleAnalysis[T]   `json:"style_analysis"`
	Patterns   StylePatterns[T]   `json:"style_patterns"`
	Guidelines StyleGuidelines[T] `json:"style_guidelines"`
	Crawl      CrawlResult        `json:"crawl_result"`
	// Measured holds the numbers that the rest is derived from.
	Measured Measurements `json:"measurements"`
}

// StyleAnalysis is how the website writes, for whom and to what end.
type StyleAnalysis[T any] struct {
	WritingStyle            WritingStyle[T]           `json:"writing_style"`
	ContentCharacteristics  ContentCharacteristics[T] `json:"content_characteristics"`
	TargetAudience          TargetAudience[T]         `json:"target_audience"`
	ContentType             ContentType[T]            `json:"content_type"`
	RecommendedSettings     RecommendedSettings[T]    `json:"recommended_settings"`
	BrandAnalysis           BrandAnalysis[T]          `json:"brand_analysis"`
	ContentStrategyInsights ContentStrategyInsights   `json:"content_strategy_insights"`
	Meta                    Meta                      `json:"meta"`
}

// WritingStyle describes the voice of the text.
type WritingStyle[T any] struct {
	Tone             *T `json:"tone"`
	Voice            *T `json:"voice"`
	Complexity       *T `json:"complexity"`
	EngagementLevel  *T `json:"engagement_level"`
	BrandPersonality *T `json:"brand_personality"`
	FormalityLevel   *T `json:"formality_level"`
	EmotionalAppeal  *T `json:"emotional_appeal"`
}

// ContentCharacteristics describes how the text is built.
type ContentCharacteristics[T any] struct {
	SentenceStructure     *T `json:"sentence_structure"`
	VocabularyLevel       *T `json:"vocabulary_level"`
	ParagraphOrganization *T `json:"paragraph_organization"`
	ContentFlow           *T `json:"content_flow"`
	ReadabilityScore      *T `json:"readability_score"`
	ContentDensity        *T `json:"content_density"`
	VisualElementsUsage   *T `json:"visual_elements_usage"`
}

// TargetAudience describes whom the text addresses.
type TargetAudience[T any] struct {
	Demographics         List `json:"demographics"`
	ExpertiseLevel       *T   `json:"expertise_level"`
	IndustryFocus        *T   `json:"industry_focus"`
	GeographicFocus      *T   `json:"geographic_focus"`
	PsychographicProfile *T   `json:"psychographic_profile"`
	PainPoints           List `json:"pain_points"`
	Motivations          List `json:"motivations"`
}

// ContentType describes what the site publishes and what for.
type ContentType[T any] struct {
	PrimaryType      *T   `json:"primary_type"`
	SecondaryTypes   List `json:"secondary_types"`
	Purpose          *T   `json:"purpose"`
	CallToAction     *T   `json:"call_to_action"`
	ConversionFocus  *T   `json:"conversion_focus"`
	EducationalValue *T   `json:"educational_value"`
}

// RecommendedSettings are settings for writing like the site, derived from the rest.
type RecommendedSettings[T any] struct {
	WritingTone        *T `json:"writing_tone"`
	TargetAudience     *T `json:"target_audience"`
	ContentType        *T `json:"content_type"`
	CreativityLevel    *T `json:"creativity_level"`
	GeographicLocation *T `json:"geographic_location"`
	IndustryContext    *T `json:"industry_context"`
	BrandAlignment     *T `json:"brand_alignment"`
}

// BrandAnalysis describes what the owner says of itself.
type BrandAnalysis[T any] struct {
	BrandVoice                 *T   `json:"brand_voice"`
	BrandValues                List `json:"brand_values"`
	BrandPositioning           *T   `json:"brand_positioning"`
	CompetitiveDifferentiation *T   `json:"competitive_differentiation"`
	TrustSignals               List `json:"trust_signals"`
	AuthorityIndicators        List `json:"authority_indicators"`
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
	// Engine is "local", "client", or the name of the language model whose answer was merged.
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
type StylePatterns[T any] struct {
	Patterns         Patterns[T] `json:"patterns"`
	StyleConsistency *T          `json:"style_consistency"`
	UniqueElements   List        `json:"unique_elements"`
}

// Patterns is the inner object of StylePatterns.
type Patterns[T any] struct {
	SentenceLength     *T   `json:"sentence_length"`
	VocabularyPatterns List `json:"vocabulary_patterns"`
	RhetoricalDevices  List `json:"rhetorical_devices"`
	ParagraphStructure *T   `json:"paragraph_structure"`
	TransitionPhrases  List `json:"transition_phrases"`
}

// StyleGuidelines are instructions for writing like the site.
type StyleGuidelines[T any] struct {
	Guidelines                 Guidelines `json:"guidelines"`
	BestPractices              List       `json:"best_practices"`
	AvoidElements              List       `json:"avoid_elements"`
	ContentStrategy            *T         `json:"content_strategy"`
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
	// Facts is nil for a text, and in analyses that were made before it was noted.
	Facts *PageFacts `json:"page_facts"`
	// Sitemap is what the crawl read of the website's sitemap, nil if that was nothing. Its months are the last 24.
	Sitemap *SitemapReport `json:"sitemap_analysis"`
}

// CrawledPage is one page that was read.
type CrawledPage struct {
	URL   string `json:"url"`
	Title string `json:"title"`
	// Type is the page type ("home", "about", …), by its address, JSON-LD types, first heading and title, or "other".
	Type string `json:"type"`
	// Words counts the main text, also of pages that are not measured (in another
	// language, or beyond the limit).
	Words int `json:"words"`
	// ExtractionConfidence is how well the main text is expected to agree with what an
	// editor would mark (F1 of the words, 0 to 1); nil where that is not known.
	ExtractionConfidence *float64 `json:"extraction_confidence"`
}

// CrawlContent is the digest of the site: the start page's own values, with
// contacts, socials and domain facts of all pages.
type CrawlContent struct {
	Title       string `json:"title"`
	Description string `json:"description"`
	// MainContent is the main text, cut after 10,000 characters.
	MainContent string            `json:"main_content"`
	Headings    List              `json:"headings"`
	Links       []Link            `json:"links"`  // at most 100
	Images      []Image           `json:"images"` // at most 100
	MetaTags    map[string]string `json:"meta_tags"`
	DomainInfo  DomainInfo        `json:"domain_info"`
	// SocialMedia has on each platform the address that most pages show, those of quoted people left out.
	SocialMedia      map[string]string `json:"social_media"`
	BrandInfo        BrandInfo         `json:"brand_info"`
	ContentStructure ContentStructure  `json:"content_structure"`
}

// DomainInfo says what kind of site it is.
type DomainInfo struct {
	// Domain is the host of the start page with its port, DomainName the same without port and "www.".
	Domain     string `json:"domain"`
	DomainName string `json:"domain_name"`
	// IsBlog reports whether more than half of the words are in posts.
	IsBlog bool `json:"is_blog"`
	// IsEcommerce reports whether there is a shop page, or a product page with Product or Offer in JSON-LD.
	IsEcommerce bool `json:"is_ecommerce"`
	// IsCorporate reports whether there is a page about the owner and one with services, products, prices, careers or
	// case studies.
	IsCorporate bool `json:"is_corporate"`
	// The sections count also where only a known address, a link or a heading shows them.
	HasBlogSection bool `json:"has_blog_section"`
	HasAboutPage   bool `json:"has_about_page"`
	HasContactPage bool `json:"has_contact_page"`
}

// BrandInfo is what the pages say of their owner, legal pages only where no other says it.
type BrandInfo struct {
	LogoAlt List `json:"logo_alt"`
	// CompanyName is the heaviest name, without its legal form: JSON-LD, og:site_name and the common part of the titles
	// weigh 3; website, publisher, application and the part of a title in the host 2.5; links to the start page and
	// copyright lines 2; other parts of the title and the domain 1. Names within names add half; 2.5 is the least.
	CompanyName *string `json:"company_name"`
	// Tagline is what JSON-LD or a class of the start page calls slogan, else its first main heading that is no name,
	// greeting, section title or consent notice, else the text below it or the rest of the title.
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
