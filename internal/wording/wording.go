// Package wording writes numbers, lists and bands of values as words of a sentence.
package wording

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Plural is "1 page", "2 pages".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Percent writes a share as "12%", small ones as "0.4%".
func Percent(share float64) string {
	if share > 0 && share < 0.0095 {
		return fmt.Sprintf("%.1f%%", 100*share)
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}

// Number writes one decimal, none for whole numbers.
func Number(x float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
}

// Rare writes a rate, "none" for zero.
func Rare(rate float64) string {
	if rate == 0 {
		return "none"
	}
	return Number(rate)
}

// Enumerate is "a, b and c".
func Enumerate(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// Band returns the label of the first bound that x is below, the last label when
// it is below none.
func Band(x float64, bounds []float64, labels ...string) string {
	for i, bound := range bounds {
		if x < bound {
			return labels[i]
		}
	}
	return labels[len(bounds)]
}

// Cut shortens text to at most n characters, the last an ellipsis if it was
// longer.
func Cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n-1]) + "…"
	}
	return text
}

// Visible drops invalid bytes and control, direction and invisible characters from a text; white space becomes a space.
func Visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), unicode.Is(unicode.Co, r), unicode.Is(tags, r),
			r == '\u200b', r == '\u2060', r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// tags are characters that mirror ASCII and are not shown.
var tags = &unicode.RangeTable{R32: []unicode.Range32{{Lo: 0xe0000, Hi: 0xe007f, Stride: 1}}}

// Language is the name of a language in a sentence.
func Language(lang onboarding.TextLanguage) string {
	if lang.Code == "" {
		return "an unknown language"
	}
	return lang.Name
}

// First is the first n items, or all when there are fewer.
func First[T any](items []T, n int) []T { return items[:min(n, len(items))] }

// Sentences collects the entries of a list. The zero value is empty and ready to use.
type Sentences []string

// Add adds a sentence, but only where it holds.
func (s *Sentences) Add(holds bool, format string, args ...any) {
	if holds {
		*s = append(*s, fmt.Sprintf(format, args...))
	}
}
