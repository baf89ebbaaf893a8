// Package settings offers and checks the personalization settings of the wizard. It stores nothing.
package settings

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// The bounds of the texts of a brand voice, in characters.
const (
	minVoiceRunes = 10
	maxVoiceRunes = 2000
)

// PersonalizationOptions are the settings that the wizard offers.
type PersonalizationOptions struct {
	WritingStyles      []string          `json:"writing_styles"`
	Tones              []string          `json:"tones"`
	ContentLengths     []string          `json:"content_lengths"`
	PersonalityTraits  []string          `json:"personality_traits"`
	ReadabilityLevels  []string          `json:"readability_levels"`
	ContentStructures  []string          `json:"content_structures"`
	SEOOptimizationSet []SEOOptimization `json:"seo_optimization_options"`
}

// SEOOptimization is one of the two values of the setting.
type SEOOptimization struct {
	Value bool   `json:"value"`
	Label string `json:"label"`
}

// PersonalizationOptionsBody is the response with the options.
type PersonalizationOptionsBody struct {
	Success bool                   `json:"success"`
	Options PersonalizationOptions `json:"options"`
}

// ContentStyle is how content is to be written.
type ContentStyle struct {
	WritingStyle  string `json:"writing_style" example:"Professional" doc:"One of writing_styles."`
	Tone          string `json:"tone" example:"Friendly" doc:"One of tones."`
	ContentLength string `json:"content_length" example:"Standard" doc:"One of content_lengths."`
}

// BrandVoice is how the brand speaks.
type BrandVoice struct {
	PersonalityTraits []string `json:"personality_traits" example:"[\"Friendly\"]" doc:"At least one of the personality_traits."`
	VoiceDescription  string   `json:"voice_description,omitempty" nullable:"true" doc:"10 to 2,000 characters."`
	Keywords          string   `json:"keywords,omitempty" nullable:"true" doc:"At most 2,000 characters, commas between the keywords."`
}

// AdvancedSettings are how content is built.
type AdvancedSettings struct {
	SEOOptimization  bool     `json:"seo_optimization"`
	ReadabilityLevel string   `json:"readability_level" example:"Standard" doc:"One of readability_levels."`
	ContentStructure []string `json:"content_structure" example:"[\"Introduction\"]" doc:"At least one of the content_structures."`
}

// PersonalizationSettings are all of them.
type PersonalizationSettings struct {
	ContentStyle     ContentStyle     `json:"content_style"`
	BrandVoice       BrandVoice       `json:"brand_voice"`
	AdvancedSettings AdvancedSettings `json:"advanced_settings"`
}

// ContentStyleBody has a style that was checked.
type ContentStyleBody struct {
	Valid       bool         `json:"valid"`
	StyleConfig ContentStyle `json:"style_config"`
	Errors      []string     `json:"errors" doc:"Always empty: invalid input is 400."`
}

// BrandVoiceBody has a voice that was checked.
type BrandVoiceBody struct {
	Valid       bool        `json:"valid"`
	BrandConfig BrandConfig `json:"brand_config"`
	Errors      []string    `json:"errors" doc:"Always empty: invalid input is 400."`
}

// BrandConfig is a voice with its keywords one by one.
type BrandConfig struct {
	PersonalityTraits []string `json:"personality_traits"`
	VoiceDescription  *string  `json:"voice_description"`
	Keywords          []string `json:"keywords"`
}

// CheckedSettingsBody has settings that were checked.
type CheckedSettingsBody struct {
	Valid    bool     `json:"valid"`
	Settings Settings `json:"settings"`
	Errors   []string `json:"errors" doc:"Always empty: invalid input is 400."`
}

// Settings are all settings, checked.
type Settings struct {
	ContentStyle     ContentStyle     `json:"content_style"`
	BrandVoice       BrandConfig      `json:"brand_voice"`
	AdvancedSettings AdvancedSettings `json:"advanced_settings"`
}

// GuidelinesBody has instructions that follow from settings.
type GuidelinesBody struct {
	Success    bool            `json:"success"`
	Guidelines WrittenGuidance `json:"guidelines"`
}

// WrittenGuidance are instructions in sentences.
type WrittenGuidance struct {
	WritingStyle []string `json:"writing_style"`
	BrandVoice   []string `json:"brand_voice"`
	Structure    []string `json:"content_structure"`
	SEO          []string `json:"seo_optimization"`
}

// Register adds the operations.
func Register(e *edge.Edge) {
	const path, stateless = edge.BasePath + "/personalization", "Checks and tidies what is sent; nothing is stored."
	edge.Register(e, "GET "+path+"/configuration-options", "getPersonalizationOptions", "personas",
		"The choices of settings", personalizationOptions,
		edge.About("The values that each setting may have."))
	edge.Register(e, "POST "+path+"/validate-style", "validateStyle", "personas", "Check a content style", validateStyle,
		edge.About(stateless))
	edge.Register(e, "POST "+path+"/configure-brand", "configureBrand", "personas", "Check a brand voice", configureBrand,
		edge.About(stateless))
	edge.Register(e, "POST "+path+"/process-settings", "processSettings", "personas", "Check all settings",
		processSettings, edge.About(stateless))
	edge.Register(e, "POST "+path+
		"/generate-guidelines", "generateGuidelines", "personas", "Writing guidelines for settings", generateGuidelines,
		edge.About("Fixed rules, no model. "+stateless))
}

func personalizationChoices() PersonalizationOptions {
	return PersonalizationOptions{
		WritingStyles:     []string{"Professional", "Casual", "Technical", "Conversational", "Academic"},
		Tones:             []string{"Formal", "Semi-Formal", "Neutral", "Friendly", "Humorous"},
		ContentLengths:    []string{"Concise", "Standard", "Detailed", "Comprehensive"},
		PersonalityTraits: []string{"Professional", "Innovative", "Friendly", "Trustworthy", "Creative", "Expert"},
		ReadabilityLevels: []string{"Simple", "Standard", "Advanced", "Expert"},
		ContentStructures: []string{"Introduction", "Key Points", "Examples", "Conclusion", "Call-to-Action"},
		SEOOptimizationSet: []SEOOptimization{
			{Value: true, Label: "Optimise for search engines"}, {Value: false, Label: "Don't optimise for search engines"},
		},
	}
}

func personalizationOptions(context.Context, *struct{}) (*edge.Output[PersonalizationOptionsBody], error) {
	return edge.OK(PersonalizationOptionsBody{Success: true, Options: personalizationChoices()}), nil
}

func validateStyle(_ context.Context, in *edge.BodyInput[ContentStyle]) (*edge.Output[ContentStyleBody], error) {
	err := checkStyle("", in.Body)
	return edge.OK(ContentStyleBody{Valid: true, StyleConfig: in.Body, Errors: []string{}}), err
}

func configureBrand(_ context.Context, in *edge.BodyInput[BrandVoice]) (*edge.Output[BrandVoiceBody], error) {
	config, err := brandConfig("", in.Body)
	return edge.OK(BrandVoiceBody{Valid: true, BrandConfig: config, Errors: []string{}}), err
}

func processSettings(
	_ context.Context, in *edge.BodyInput[PersonalizationSettings],
) (*edge.Output[CheckedSettingsBody], error) {
	settings, err := settingsOf(in.Body)
	return edge.OK(CheckedSettingsBody{Valid: true, Settings: settings, Errors: []string{}}), err
}

func settingsOf(sent PersonalizationSettings) (Settings, error) {
	settings := Settings{ContentStyle: sent.ContentStyle, AdvancedSettings: sent.AdvancedSettings}
	choices, advanced := personalizationChoices(), sent.AdvancedSettings
	errs := [4]error{
		0: checkStyle("content_style", sent.ContentStyle),
		2: oneOf("advanced_settings.readability_level", advanced.ReadabilityLevel, choices.ReadabilityLevels),
	}
	settings.BrandVoice, errs[1] = brandConfig("brand_voice", sent.BrandVoice)
	settings.AdvancedSettings.ContentStructure, errs[3] = someOf("advanced_settings.content_structure",
		advanced.ContentStructure, choices.ContentStructures)
	return settings, cmp.Or(errs[:]...)
}

func checkStyle(field string, style ContentStyle) error {
	choices := personalizationChoices()
	return cmp.Or(
		oneOf(edge.JoinField(field, "writing_style"), style.WritingStyle, choices.WritingStyles),
		oneOf(edge.JoinField(field, "tone"), style.Tone, choices.Tones),
		oneOf(edge.JoinField(field, "content_length"), style.ContentLength, choices.ContentLengths),
	)
}

func brandConfig(field string, voice BrandVoice) (config BrandConfig, err error) {
	config.PersonalityTraits, err = someOf(edge.JoinField(field, "personality_traits"), voice.PersonalityTraits,
		personalizationChoices().PersonalityTraits)
	if err != nil {
		return config, err
	}
	at := edge.JoinField(field, "voice_description")
	description, err := onboarding.CheckedText(voice.VoiceDescription, at, maxVoiceRunes)
	if err != nil {
		return config, err
	}
	if n := utf8.RuneCountInString(description); n > 0 && n < minVoiceRunes {
		return config, &onboarding.InputError{
			Field: at, Code: "too_short",
			Reason: fmt.Sprintf("The text is too short; use at least %d characters.", minVoiceRunes),
		}
	}
	keywords, err := onboarding.CheckedText(voice.Keywords, edge.JoinField(field, "keywords"), maxVoiceRunes)
	config.VoiceDescription, config.Keywords = edge.OrNil(description), []string{}
	for keyword := range strings.SplitSeq(keywords, ",") {
		if keyword = strings.TrimSpace(keyword); keyword != "" {
			config.Keywords = append(config.Keywords, keyword)
		}
	}
	return config, err
}

func oneOf(field, value string, choices []string) error {
	if slices.Contains(choices, value) {
		return nil
	}
	return &onboarding.InputError{
		Field: field, Code: "unknown_value",
		Reason: "Choose one of " + strings.Join(choices, ", ") + ".",
	}
}

// someOf checks a list of choices and returns it without duplicates.
func someOf(field string, values, choices []string) ([]string, error) {
	if len(values) == 0 {
		return nil, &onboarding.InputError{
			Field: field, Code: "required",
			Reason: "Choose at least one of " + strings.Join(choices, ", ") + ".",
		}
	}
	for i, value := range values {
		if err := oneOf(fmt.Sprintf("%s[%d]", field, i), value, choices); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(slices.Clone(choices), func(c string) bool { return !slices.Contains(values, c) }), nil
}

func generateGuidelines(
	_ context.Context, in *edge.BodyInput[PersonalizationSettings],
) (*edge.Output[GuidelinesBody], error) {
	settings, err := settingsOf(in.Body)
	if err != nil {
		return nil, err
	}
	style, voice, advanced := settings.ContentStyle, settings.BrandVoice, settings.AdvancedSettings
	guidance := WrittenGuidance{
		WritingStyle: []string{
			"Write in a " + strings.ToLower(style.WritingStyle) +
				" style.", "Keep the tone " + strings.ToLower(style.Tone) + ".",
			"Make the content " + strings.ToLower(style.ContentLength) + " in length.",
			"Write for a readability level that is " + strings.ToLower(advanced.ReadabilityLevel) + ".",
		},
		BrandVoice: []string{"Sound " + strings.ToLower(strings.Join(voice.PersonalityTraits, ", ")) + "."},
		Structure:  []string{"Build the content of these parts: " + strings.Join(advanced.ContentStructure, ", ") + "."},
		SEO:        []string{},
	}
	if voice.VoiceDescription != nil {
		guidance.BrandVoice = append(guidance.BrandVoice, "Keep to this voice: "+*voice.VoiceDescription)
	}
	if len(voice.Keywords) > 0 {
		guidance.BrandVoice = append(guidance.BrandVoice, "Use the words "+strings.Join(voice.Keywords, ", ")+
			" where they fit.")
	}
	if advanced.SEOOptimization {
		guidance.SEO = append(guidance.SEO, "Put what people search for into the title and the headings.",
			"Link to related pages.")
	}
	return edge.OK(GuidelinesBody{Success: true, Guidelines: guidance}), nil
}
