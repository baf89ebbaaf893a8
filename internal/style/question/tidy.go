package question

import (
	"regexp"
	"strings"

	"github.com/alwrity/onboarding/internal/wording"
)

// tidy folds white space and drops what can't be seen.
func tidy(text string) string { return strings.Join(strings.Fields(wording.Visible(text)), " ") }

// isNothing reports whether a text is a way of models to say nothing.
func isNothing(text string) bool {
	switch entryKey(text) {
	case "", "null", "nil", "none", "n/a", "na", "unknown", "unclear", "undefined", "not shown", "not stated",
		"not specified", "not available", "not applicable", "not provided", "not clear", "cannot be determined",
		"can't be determined":
		return true
	}
	return false
}

// measuredClaim matches claims of measurable numbers: percentages, scores of named
// formulas and scales, and counts or lengths of words, sentences and the like.
var measuredClaim = func() *regexp.Regexp {
	const (
		number = `\pN[\pN.,]*`
		unit   = `(?:words?|sentences?|paragraphs?|syllables?|letters?|characters?|questions?|contractions?|pages?|images?|headings?)\b`
		kind   = `(?:different|distinct|long|short|passive|linking|rhetorical|transition)[ -]`
		scale  = `(?:flesch|kincaid|gunning|fog|lix|ari|smog|coleman|mattr|vader|grade|reading ease|readability|formality|sentiment|scor(?:e|es|ed|ing)|level)`
	)
	return regexp.MustCompile(`(?i)[%％٪]|\bper ?cent\b` +
		`|` + number + `\s*(?:/|(?:out )?of )\s*(?:5|10|100)\b` +
		`|` + number + ` in (?:every )?(?:10|100|1,?000)\b` +
		`|\b` + scale + `\b[^.;!?]{0,30}?\pN` +
		`|` + number + `(?:st|nd|rd|th)?[- ](?:grade|points?)\b` +
		`|` + number + `(?:\s*(?:[–-]|to|or|and)\s*` + number + `)?[ -]` + `(?:` + kind + `)?` + unit)
}()
