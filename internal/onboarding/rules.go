package onboarding

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// The bounds of what users write, in characters.
const (
	minDescriptionRunes = 10
	maxDescriptionRunes = 1000
	minSampleRunes      = 50
	maxSampleRunes      = 10_000
	maxIndustryRunes    = 100
	maxAudienceRunes    = 500
	maxGoalsRunes       = 1000
	maxAddressRunes     = 2048
)

// FieldRule says what one field of a step's data must be.
type FieldRule struct {
	// Field is the name of the field in the data.
	Field string
	// Type is text, url, boolean, list or object.
	Type     string
	Required bool
	// Min and Max bound the characters of a text and the elements of a list; 0 is no
	// bound.
	Min, Max int
	// Values are the only accepted values, in their order; nil accepts any.
	Values []string
	// Note says in one sentence what the field is for and which other one may stand in
	// its place.
	Note string
}

// rules are the validation rules of the steps' data. The code that checks reads the
// same bounds; a rule that spans several fields stands in the notes.
var rules = [StepCount][]FieldRule{
	{
		{Field: "api_keys", Type: "object", Required: true, Note: "The keys by provider, as text or as an object of api_key, base_url and model. Afterwards at least one language model provider must have a key."},
	},
	{
		{Field: "website", Type: "url", Max: maxAddressRunes, Note: "The http or https address of the website. It or one of the following is required."},
		{Field: "business_description", Type: "text", Min: minDescriptionRunes, Max: maxDescriptionRunes, Note: "For users without a website: what the business does."},
		{Field: "text_sample", Type: "text", Min: minSampleRunes, Max: maxSampleRunes, Note: "For users without a website: a text that shows how they write."},
		{Field: "industry", Type: "text", Max: maxIndustryRunes, Note: "May stand beside business_description or text_sample."},
		{Field: "target_audience", Type: "text", Max: maxAudienceRunes, Note: "May stand beside business_description or text_sample."},
		{Field: "business_goals", Type: "text", Max: maxGoalsRunes, Note: "May stand beside business_description or text_sample."},
		{Field: "analysis", Type: "object", Note: "A finished analysis, which is stored in the place of a new one."},
	},
	{
		{Field: "research_depth", Type: "text", Values: ResearchDepths, Note: "How deeply to research; Standard the first time, then kept."},
		{Field: "content_types", Type: "list", Min: 1, Max: maxContentTypes, Note: "What to research for; Blog Posts the first time, then kept."},
		{Field: "auto_research", Type: "boolean", Note: "Whether to research without being asked; true the first time, then kept."},
		{Field: "factual_content", Type: "boolean", Note: "Whether content must be backed by facts; true the first time, then kept."},
		{Field: findingCompetitors, Type: "list", Max: maxFindingItems, Note: "The competitors that were found, as objects."},
		{Field: findingSummary, Type: "object", Note: "What was concluded from the competitors."},
		{Field: findingSitemap, Type: "object", Note: "What the sitemap of the website showed."},
	},
	{
		{Field: "corePersona", Type: "object", Note: "A finished core persona with an object identity; with platformPersonas it is stored."},
		{Field: "platformPersonas", Type: "object", Note: "The finished personas by platform, at least one."},
		{Field: "qualityMetrics", Type: "object", Note: "The quality of the finished personas."},
		{Field: "selectedPlatforms", Type: "list", Values: texts(Platforms()), Note: "The platforms; alone, personas are generated for them: linkedin and blog if the list is empty."},
	},
	{
		{Field: "integrations", Type: "object", Note: "What was connected; every other field is kept as well, keys never."},
	},
	{},
}

// Rules returns the validation rules of the data of step n, which must be valid.
func (n StepNumber) Rules() []FieldRule { return slices.Clone(rules[n-1]) }

// texts returns names as plain texts.
func texts[T ~string](names []T) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = string(name)
	}
	return out
}

// Checked returns what the user tells of the business with its texts trimmed; each may
// be empty. Errors are *InputError; their field is prefix followed by the JSON name.
func (b BusinessInfo) Checked(prefix string) (BusinessInfo, error) {
	for _, text := range []struct {
		name     string
		value    *string
		min, max int
	}{
		{"business_description", &b.BusinessDescription, minDescriptionRunes, maxDescriptionRunes},
		{"industry", &b.Industry, 0, maxIndustryRunes},
		{"target_audience", &b.TargetAudience, 0, maxAudienceRunes},
		{"business_goals", &b.BusinessGoals, 0, maxGoalsRunes},
	} {
		least := text.min
		if strings.TrimSpace(*text.value) == "" {
			least = 0
		}
		checked, err := checkedText(*text.value, prefix+text.name, least, text.max)
		if err != nil {
			return BusinessInfo{}, err
		}
		*text.value = checked
	}
	return b, nil
}

// CheckedTextSample returns a text of the user, trimmed, if an analysis can be made
// from it. The error is an *InputError for field.
func CheckedTextSample(text, field string) (string, error) {
	return checkedText(text, field, minSampleRunes, maxSampleRunes)
}

// CheckedText returns a text of the user, trimmed, of at most limit characters; it may
// be empty. The error is an *InputError for field.
func CheckedText(text, field string, limit int) (string, error) {
	return checkedText(text, field, 0, limit)
}

func checkedText(text, field string, least, most int) (string, error) {
	text = strings.TrimSpace(text)
	length := utf8.RuneCountInString(text)
	switch {
	case text == "" && least > 0:
		return "", &InputError{Field: field, Code: "required", Reason: fmt.Sprintf("Enter a text of %d to %d characters.", least, most)}
	case length < least:
		return "", &InputError{Field: field, Code: "too_short", Reason: fmt.Sprintf("The text is too short; use at least %d characters.", least)}
	case length > most:
		return "", &InputError{Field: field, Code: "too_long", Reason: fmt.Sprintf("The text is too long; use at most %d characters.", most)}
	}
	return text, refuseNUL(text, field)
}
