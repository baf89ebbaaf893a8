package onboarding

// PlatformPersona is how the core persona writes on one platform. A nil value and
// an empty list are not known; Meta.Uncertainty says why. The parts of LinkedIn and
// Facebook are nil elsewhere; no two fields of them have the same name, so that all can be listed by reflection.
type PlatformPersona struct {
	PlatformType          Platform                `json:"platform_type"`
	SentenceMetrics       PlatformSentenceMetrics `json:"sentence_metrics"`
	LexicalAdaptations    LexicalAdaptations      `json:"lexical_adaptations"`
	ContentFormatRules    ContentFormatRules      `json:"content_format_rules"`
	EngagementPatterns    EngagementPatterns      `json:"engagement_patterns"`
	PlatformBestPractices List                    `json:"platform_best_practices"`
	// Sample is a post made of the site's own sentences, or by a model and measured; nil where the site has no sentences
	// that may stand alone.
	Sample *SamplePost `json:"sample_post"`
	// Changes say what changes against the core voice, and why.
	Changes List `json:"changes"`

	*LinkedInPersona
	*FacebookPersona

	Validation *PlatformValidation `json:"validation_results,omitempty"`
	Meta       Meta                `json:"meta"`
}

// SamplePost is a post within the rules of its platform.
type SamplePost struct {
	Text       string `json:"text"`
	Characters int    `json:"characters"`
	// Passages are the passages of the site that the text is made of, in order, cut at ends of sentences; none where a
	// model wrote it.
	Passages []Passage `json:"passages"`
	// VoiceScore is the voice score of the text without call and tags, nil where it is too short for one.
	VoiceScore *int `json:"voice_score"`
}

// PlatformValidation counts what is there, on LinkedIn and Facebook only.
type PlatformValidation struct {
	// IsValid reports that every check of the platform's rules passes that can be met with what is known of the site.
	IsValid bool `json:"is_valid"`
	// QualityScore is the share of the checks of the platform's rules that pass, in
	// percent; CompletenessScore the share of the fields that are filled.
	QualityScore      int  `json:"quality_score"`
	CompletenessScore int  `json:"completeness_score"`
	MissingFields     List `json:"missing_fields"`
	Recommendations   List `json:"recommendations"`
}

// PlatformSentenceMetrics are words per sentence.
type PlatformSentenceMetrics struct {
	MaxSentenceLength     *float64 `json:"max_sentence_length"`
	OptimalSentenceLength *float64 `json:"optimal_sentence_length"`
	SentenceVariety       *string  `json:"sentence_variety"`
}

// LexicalAdaptations are the words for the platform.
type LexicalAdaptations struct {
	PlatformSpecificWords List    `json:"platform_specific_words"`
	HashtagStrategy       *string `json:"hashtag_strategy"`
	EmojiUsage            *string `json:"emoji_usage"`
	MentionStrategy       *string `json:"mention_strategy"`
}

// ContentFormatRules are the platform's bounds and forms.
type ContentFormatRules struct {
	// CharacterLimit is the documented limit of a post in characters, nil where
	// there is none.
	CharacterLimit     *int    `json:"character_limit"`
	ParagraphStructure *string `json:"paragraph_structure"`
	CallToActionStyle  *string `json:"call_to_action_style"`
	LinkPlacement      *string `json:"link_placement"`
}

// EngagementPatterns is how to meet the readers there.
type EngagementPatterns struct {
	PostingFrequency     *string `json:"posting_frequency"`
	OptimalPostingTimes  List    `json:"optimal_posting_times"`
	EngagementTactics    List    `json:"engagement_tactics"`
	CommunityInteraction *string `json:"community_interaction"`
}

// LinkedInPersona is what a LinkedIn persona has beside the common parts.
type LinkedInPersona struct {
	ProfessionalNetworking ProfessionalNetworking `json:"professional_networking"`
	Features               LinkedInFeatures       `json:"linkedin_features"`
	Algorithm              LinkedInAlgorithm      `json:"algorithm_optimization"`
	ProfessionalContext    ProfessionalContext    `json:"professional_context_optimization"`
}

// ProfessionalNetworking is how to appear to colleagues.
type ProfessionalNetworking struct {
	ThoughtLeadershipPositioning       *string `json:"thought_leadership_positioning"`
	IndustryAuthorityBuilding          *string `json:"industry_authority_building"`
	ProfessionalRelationshipStrategies List    `json:"professional_relationship_strategies"`
	CareerAdvancementFocus             *string `json:"career_advancement_focus"`
}

// LinkedInFeatures says what to use the kinds of content for.
type LinkedInFeatures struct {
	ArticlesStrategy   *string `json:"articles_strategy"`
	PollsOptimization  *string `json:"polls_optimization"`
	EventsNetworking   *string `json:"events_networking"`
	CarouselsEducation *string `json:"carousels_education"`
	LiveDiscussions    *string `json:"live_discussions"`
	NativeVideo        *string `json:"native_video"`
}

// LinkedInAlgorithm is what is published of how LinkedIn ranks posts.
type LinkedInAlgorithm struct {
	EngagementPatterns           List `json:"engagement_patterns"`
	ContentTiming                List `json:"content_timing"`
	ProfessionalValueMetrics     List `json:"professional_value_metrics"`
	NetworkInteractionStrategies List `json:"network_interaction_strategies"`
}

// ProfessionalContext adapts the persona to the business and its readers.
type ProfessionalContext struct {
	IndustrySpecificPositioning *string `json:"industry_specific_positioning"`
	ExpertiseLevelAdaptation    *string `json:"expertise_level_adaptation"`
	CompanySizeConsiderations   *string `json:"company_size_considerations"`
	BusinessModelAlignment      *string `json:"business_model_alignment"`
	ProfessionalRoleAuthority   *string `json:"professional_role_authority"`
	DemographicTargeting        List    `json:"demographic_targeting"`
	PsychographicEngagement     *string `json:"psychographic_engagement"`
	ConversionOptimization      *string `json:"conversion_optimization"`
}

// FacebookPersona is what a Facebook persona has beside the common parts.
type FacebookPersona struct {
	PersonaName       *string            `json:"persona_name"`
	Archetype         *string            `json:"archetype"`
	CoreBelief        *string            `json:"core_belief"`
	Ranking           FacebookAlgorithm  `json:"facebook_algorithm_optimization"`
	Engagement        FacebookEngagement `json:"facebook_engagement_strategies"`
	Formats           FacebookFormats    `json:"facebook_content_formats"`
	AudienceTargeting FacebookAudience   `json:"facebook_audience_targeting"`
	CommunityBuilding FacebookCommunity  `json:"facebook_community_building"`
	// ConfidenceScore is Meta.Confidence in percent.
	ConfidenceScore *float64 `json:"confidence_score"`
}

// FacebookAlgorithm is what is published of how Facebook ranks posts.
type FacebookAlgorithm struct {
	EngagementOptimization        List `json:"engagement_optimization"`
	ContentQualityOptimization    List `json:"content_quality_optimization"`
	TimingOptimization            List `json:"timing_optimization"`
	AudienceTargetingOptimization List `json:"audience_targeting_optimization"`
}

// FacebookEngagement is how to get answers.
type FacebookEngagement struct {
	CommunityBuilding      List `json:"community_building"`
	ContentEngagement      List `json:"content_engagement"`
	ConversionOptimization List `json:"conversion_optimization"`
}

// FacebookFormats is how to fill the kinds of post.
type FacebookFormats struct {
	TextPosts     FacebookText     `json:"text_posts"`
	ImagePosts    FacebookImages   `json:"image_posts"`
	VideoPosts    FacebookVideos   `json:"video_posts"`
	CarouselPosts FacebookCarousel `json:"carousel_posts"`
}

// FacebookText is how to write posts of text.
type FacebookText struct {
	OptimalLength       *string `json:"optimal_length"`
	StructureGuidelines List    `json:"structure_guidelines"`
	HookStrategies      List    `json:"hook_strategies"`
}

// FacebookImages is how to write posts with pictures.
type FacebookImages struct {
	ImageGuidelines   List `json:"image_guidelines"`
	CaptionStrategies List `json:"caption_strategies"`
}

// FacebookVideos is how to make videos.
type FacebookVideos struct {
	VideoLengthGuidelines List `json:"video_length_guidelines"`
	EngagementHooks       List `json:"engagement_hooks"`
}

// FacebookCarousel is how to make carousels.
type FacebookCarousel struct {
	SlideStructure   List `json:"slide_structure"`
	StorytellingFlow List `json:"storytelling_flow"`
}

// FacebookAudience is whom to address.
type FacebookAudience struct {
	DemographicTargeting List `json:"demographic_targeting"`
	InterestTargeting    List `json:"interest_targeting"`
	BehavioralTargeting  List `json:"behavioral_targeting"`
}

// FacebookCommunity is how to run groups and events.
type FacebookCommunity struct {
	GroupManagement List `json:"group_management"`
	EventManagement List `json:"event_management"`
	LiveStreaming   List `json:"live_streaming"`
}
