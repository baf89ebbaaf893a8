package style

import (
	"fmt"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// judged is a value with its evidence.
func judged(value, format string, args ...any) onboarding.Judged {
	return onboarding.Judged{Value: value, Evidence: fmt.Sprintf(format, args...)}
}

// plain is a value that stands for itself.
func plain(value string) onboarding.Judged { return onboarding.Judged{Value: value} }

// none is the value of what the text does not show.
var none onboarding.Judged

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
