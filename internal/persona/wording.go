package persona

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// optional is nil for "".
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// copied is an optional value of the analysis as people read it.
func copied(value *onboarding.Judged) *string { return optional(value.Text()) }

// plural is "1 page", "2 pages".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%s %ss", thousands(n), noun)
}

// thousands is "12,345".
func thousands(n int) string {
	text := fmt.Sprint(n)
	for at := len(text) - 3; at > 0; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// quote sets a text in quotation marks, those around it left out.
func quote(text string) string {
	return "“" + strings.TrimSpace(strings.Trim(text, "\"“”«»„")) + "”"
}

// clip cuts a text to at most limit runes, at a space where there is one near.
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

// first returns at most n items.
func first[T any](items []T, n int) []T { return items[:min(n, len(items))] }
