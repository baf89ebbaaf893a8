package onboarding

import (
	"fmt"
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
	Field    string   `json:"field" example:"website" doc:"Its name in the data."`
	Type     string   `json:"type" enum:"text,url,boolean,list,object"`
	Required bool     `json:"required"`
	Min      int      `json:"min,omitempty" doc:"The least characters of a text or elements of a list, if bounded."`
	Max      int      `json:"max,omitempty" doc:"The most characters of a text or elements of a list, if bounded."`
	Values   []string `json:"values,omitempty" doc:"The only accepted values, in their order; left out if any is accepted."`
	Note     string   `json:"note" doc:"What the field is for and which other one may stand in its place."`
}

// Texts returns names as plain texts.
func Texts[T ~string](names []T) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = string(name)
	}
	return out
}

// Checked returns what the user says of the business with its texts trimmed; each may
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
		return "", &InputError{field, "required", fmt.Sprintf("Enter a text of %d to %d characters.", least, most)}
	case length < least:
		return "", &InputError{field, "too_short", fmt.Sprintf("The text is too short; use at least %d characters.", least)}
	case length > most:
		return "", &InputError{field, "too_long", fmt.Sprintf("The text is too long; use at most %d characters.", most)}
	}
	return text, RefuseNUL(text, field)
}

// RefuseNUL refuses texts that the database can't store; the error names the path.
func RefuseNUL(text, path string) error {
	if strings.ContainsRune(text, 0) {
		return &InputError{path, "invalid_character", "The text holds the character U+0000; remove it."}
	}
	return nil
}
