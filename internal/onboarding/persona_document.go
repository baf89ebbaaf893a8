package onboarding

// CorePersona is the voice of a site as it can be written down: who speaks, with
// which words and sentences, in which tones. A nil value and an empty list are not
// known; Meta.Uncertainty says why. Paths there are those of the JSON document.
type CorePersona struct {
	Identity              PersonaIdentity       `json:"identity"`
	LinguisticFingerprint LinguisticFingerprint `json:"linguistic_fingerprint"`
	TonalRange            TonalRange            `json:"tonal_range"`
	StylisticConstraints  StylisticConstraints  `json:"stylistic_constraints"`
	StyleGuide            StyleGuide            `json:"style_guide"`
	Meta                  Meta                  `json:"meta"`
}

// StyleGuide is what a writer is given: the voice in examples and rules.
type StyleGuide struct {
	// Passages are up to five paragraphs of the site, verbatim, that are most typical.
	Passages []Passage `json:"passages"`
	// Traits are up to five lines "We are …, not …" with what shows them.
	Traits List `json:"traits"`
	// House are the habits of spelling and setting.
	House HouseStyle `json:"house_style"`
	// Everywhere is what holds on all platforms: how to engage readers and to answer them.
	Everywhere List `json:"on_every_platform"`
	// Rewrites are up to three sentences of the site beside what anybody would write; only a language model gives them.
	Rewrites []Rewrite `json:"before_after"`
}

// Rewrite shows the voice in one sentence.
type Rewrite struct {
	// Before is how anybody would say it.
	Before string `json:"before"`
	// After is how the site says it, verbatim.
	After string `json:"after"`
}

// PersonaIdentity says who speaks.
type PersonaIdentity struct {
	PersonaName           *string `json:"persona_name"`
	Archetype             *string `json:"archetype"`
	CoreBelief            *string `json:"core_belief"`
	BrandVoiceDescription *string `json:"brand_voice_description"`
}

// LinguisticFingerprint says with which sentences and words.
type LinguisticFingerprint struct {
	SentenceMetrics   SentenceMetrics   `json:"sentence_metrics"`
	LexicalFeatures   LexicalFeatures   `json:"lexical_features"`
	RhetoricalDevices RhetoricalDevices `json:"rhetorical_devices"`
	// Measured are the numbers that texts are compared by, nil without measured text.
	Measured *Fingerprint `json:"measured"`
}

// SentenceMetrics describes the sentences.
type SentenceMetrics struct {
	AverageSentenceLengthWords *float64 `json:"average_sentence_length_words"`
	PreferredSentenceType      *string  `json:"preferred_sentence_type"`
	ActiveToPassiveRatio       *string  `json:"active_to_passive_ratio"`
	ComplexityLevel            *string  `json:"complexity_level"`
}

// LexicalFeatures describes the choice of words.
type LexicalFeatures struct {
	GoToWords       List    `json:"go_to_words"`
	GoToPhrases     List    `json:"go_to_phrases"`
	AvoidWords      List    `json:"avoid_words"`
	Contractions    *string `json:"contractions"`
	FillerWords     *string `json:"filler_words"`
	VocabularyLevel *string `json:"vocabulary_level"`
}

// RhetoricalDevices describes the figures of speech.
type RhetoricalDevices struct {
	Metaphors           *string `json:"metaphors"`
	Analogies           *string `json:"analogies"`
	RhetoricalQuestions *string `json:"rhetorical_questions"`
	StorytellingStyle   *string `json:"storytelling_style"`
}

// Fingerprint is the part of Measurements that tells one writer from another, with
// the same units. Nil is not measured.
type Fingerprint struct {
	// Language is the code of the language, "" when unknown.
	Language string `json:"language"`
	// ProseWords and Sentences count the running text that was measured.
	ProseWords    int           `json:"prose_words"`
	Sentences     int           `json:"sentences"`
	SentenceWords *Distribution `json:"sentence_words"`
	// WordLetters and ParagraphWords are means.
	WordLetters        *float64           `json:"word_letters"`
	ParagraphWords     *float64           `json:"paragraph_words"`
	LongWordShare      *float64           `json:"long_word_share"`
	LIX                *float64           `json:"lix"`
	Formality          *float64           `json:"formality"`
	Person             Person             `json:"person"`
	Syntax             Syntax             `json:"syntax"`
	PunctuationPer1000 map[string]float64 `json:"punctuation_per_1000"`
	FunctionWords      map[string]float64 `json:"function_words"`
	// Terms are what the text is about, best first, at most 30.
	Terms List `json:"terms"`
	// Voice is how the text is written apart from its subject, nil when it was not measured.
	Voice *VoiceProfile `json:"voice"`
}

// TonalRange says in which tones.
type TonalRange struct {
	DefaultTone      *string `json:"default_tone"`
	PermissibleTones List    `json:"permissible_tones"`
	ForbiddenTones   List    `json:"forbidden_tones"`
	EmotionalRange   *string `json:"emotional_range"`
}

// StylisticConstraints are habits of setting text.
type StylisticConstraints struct {
	Punctuation PunctuationHabits `json:"punctuation"`
	Formatting  FormattingHabits  `json:"formatting"`
}

// PunctuationHabits describes the marks that tell writers apart.
type PunctuationHabits struct {
	Ellipses          *string `json:"ellipses"`
	EmDash            *string `json:"em_dash"`
	ExclamationPoints *string `json:"exclamation_points"`
}

// FormattingHabits describes the shape of the text.
type FormattingHabits struct {
	Paragraphs *string `json:"paragraphs"`
	Lists      *string `json:"lists"`
	Markdown   *string `json:"markdown"`
}

// QualityMetrics rates the personas, each score 0 to 100.
type QualityMetrics struct {
	OverallScore         int  `json:"overall_score"`
	CoreCompleteness     int  `json:"core_completeness"`
	PlatformConsistency  int  `json:"platform_consistency"`
	PlatformOptimization int  `json:"platform_optimization"`
	LinguisticQuality    int  `json:"linguistic_quality"`
	Recommendations      List `json:"recommendations"`
	// RaisedBy says by the name of a score what would raise it.
	RaisedBy map[string]string `json:"raised_by"`
	// AssessmentMethod names the formulas and their version.
	AssessmentMethod   string             `json:"assessment_method"`
	LinguisticInsights LinguisticInsights `json:"linguistic_insights"`
	DetailedMetrics    DetailedMetrics    `json:"detailed_metrics"`
}

// LinguisticInsights compares the persona with the text it was made from.
type LinguisticInsights struct {
	// Match is how well the two agree, 0 to 100, nil when there is nothing to compare.
	Match *float64 `json:"match"`
	// Reliability is 0 to 1, from the amount of text: w / (w + 400) for w words.
	Reliability float64 `json:"reliability"`
	// Features are the agreements of the compared features by name, 0 to 100.
	Features      map[string]float64 `json:"features"`
	MeasuredWords int                `json:"measured_words"`
}

// DetailedMetrics is what the scores were computed from.
type DetailedMetrics struct {
	// Weights are those of the overall score.
	Weights     map[string]float64          `json:"weights"`
	CoreFields  int                         `json:"core_fields"`
	CoreFilled  int                         `json:"core_filled"`
	CoreMissing List                        `json:"core_missing"`
	Platforms   map[Platform]PlatformDetail `json:"platforms"`
}

// PlatformDetail is what the scores of one platform were computed from, 0 to 100.
type PlatformDetail struct {
	Consistency  int `json:"consistency"`
	Optimization int `json:"optimization"`
	// Missed names the checks that failed.
	Missed List `json:"missed"`
	// RaisedBy says what would raise the scores.
	RaisedBy List `json:"raised_by"`
}
