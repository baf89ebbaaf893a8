package persona

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// notShown is the default reason.
const notShown = "Neither the text nor the analysis of the site shows it."

// reasons maps the path of an empty value to the reason.
type reasons map[string]string

// leaves are the paths of the values of a persona, to which document points, and of the empty ones among them, in
// order, without meta, the measured fingerprint and the validation. Blank texts are empty.
func leaves(document any) (paths, empty onboarding.List) {
	values := onboarding.ValuesOf(document)
	delete(values, "linguistic_fingerprint.measured")
	delete(values, "validation_results")
	empty = onboarding.List{}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		text, isText := values[path].Interface().(*string)
		if onboarding.IsEmpty(values[path]) || isText && strings.TrimSpace(*text) == "" {
			empty = append(empty, path)
		}
		paths = append(paths, path)
	}
	return paths, empty
}

// uncertainty lists the empty values of a persona, to which document points, with their reasons.
func uncertainty(document any, why reasons) onboarding.Uncertainty {
	_, empty := leaves(document)
	u := onboarding.Uncertainty{Fields: empty, Reasons: map[string]string{}}
	for _, path := range empty {
		u.Reasons[path] = cmp.Or(why[path], notShown)
	}
	return u
}
