package style

import (
	"fmt"
	"strings"
)

// label is the part of a value before its evidence: values read "label (evidence)"
// or "“quotation” (source)".
func label(value string) string {
	if strings.HasPrefix(value, "“") {
		text, _, _ := strings.Cut(value, "” (")
		return strings.TrimSuffix(text, "”") + "”"
	}
	text, _, _ := strings.Cut(value, " (")
	return text
}

// plural is "1 page", "2 pages".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// percent writes a share as "12%", small ones as "0.4%".
func percent(share float64) string {
	if share > 0 && share < 0.0095 {
		return fmt.Sprintf("%.1f%%", 100*share)
	}
	return fmt.Sprintf("%.0f%%", 100*share)
}

// number writes one decimal, none for whole numbers.
func number(x float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
}

// rare writes a rate, "none" for zero.
func rare(rate float64) string {
	if rate == 0 {
		return "none"
	}
	return number(rate)
}

// enumerate is "a, b and c".
func enumerate(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// band returns the label of the first bound that x is below, the last label when
// it is below none.
func band(x float64, bounds []float64, labels ...string) string {
	for i, bound := range bounds {
		if x < bound {
			return labels[i]
		}
	}
	return labels[len(bounds)]
}
