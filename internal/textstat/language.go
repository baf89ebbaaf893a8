package textstat

import (
	"slices"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/langdetect"
	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// MaxLanguageBytes is how much text is examined.
	MaxLanguageBytes = 20_000
	// English is the code of the language that most measures are defined for.
	English = "en"
)

// DetectLanguage detects the language of text; declared is a language tag, or "".
func DetectLanguage(text, declared string) onboarding.TextLanguage {
	found := langdetect.Detect(text, declared)
	lang := onboarding.TextLanguage{
		Code: found.Code, Name: "unknown", Declared: declared, Confidence: round4(found.Confidence),
		Reliable: found.Reliable, Spaced: !unspaced(found.Code),
	}
	if lang.Code != "" {
		lang.Name = langdetect.Name(lang.Code)
	}
	return lang
}

// RulesOf returns the language whose rules hold for a text: its own if that is reliable, or both likely and declared,
// else "".
func RulesOf(lang onboarding.TextLanguage) string {
	if lang.Reliable || lang.Confidence > 0 && langdetect.Canonical(lang.Declared) == lang.Code {
		return lang.Code
	}
	return ""
}

// unspaced reports whether the language writes no spaces between words.
func unspaced(code string) bool {
	return slices.Contains([]string{"zh", "ja", "th", "lo", "km", "my"}, code)
}

// Alphabetic reports whether letters per word are meaningful in the language:
// readability by word length is not defined for syllabaries and abjads.
func Alphabetic(code string) bool {
	return !unspaced(code) && !slices.Contains([]string{
		"", "ko", "ar", "he", "fa", "ur", "hi", "mr", "ne", "bn", "ta", "te", "kn", "ml", "gu", "pa", "si", "am",
	}, code)
}

// CountLetters returns the number of letters of text, in characters.
func CountLetters(text string) int { return countRunes(text, unicode.IsLetter) }

func countRunes(text string, counted func(rune) bool) int {
	n := 0
	for _, r := range text {
		n += BoolToInt(counted(r))
	}
	return n
}

// Clip cuts text after at most n bytes, at the end of a rune.
func Clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "")
}
