package persona

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// optional returns a pointer to text, nil for "".
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// valueOf is the value of a pointer, zero for nil.
func valueOf[T any](value *T) T {
	if value == nil {
		return *new(T)
	}
	return *value
}

// copied returns a value of the analysis as text, nil for none.
func copied(value *onboarding.Judged) *string { return optional(value.Text()) }

// plural returns "1 page" or "2 pages".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%s %ss", thousands(n), noun)
}

// thousands formats n like "12,345".
func thousands(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// quote puts a text in quotation marks instead of its own.
func quote(text string) string {
	return "“" + strings.TrimSpace(strings.Trim(text, "\"“”«»„")) + "”"
}

// clip cuts a text to at most limit runes, preferably at a space.
func clip(text string, limit int) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	cut := string(runes[:limit-1])
	if at := strings.LastIndexFunc(cut, unicode.IsSpace); at > len(cut)/2 {
		cut = cut[:at]
	}
	return strings.TrimSpace(cut) + "…"
}

// lowerFirst writes the first letter of a sentence small, to stand inside another.
func lowerFirst(text string) string {
	for _, r := range text {
		return string(unicode.ToLower(r)) + strings.TrimPrefix(text, string(r))
	}
	return text
}
