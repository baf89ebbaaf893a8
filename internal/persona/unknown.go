package persona

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// notShown is the default reason.
const notShown = "Neither the text nor the analysis of the site shows it."

// reasons maps the path of an empty value to the reason.
type reasons map[string]string

// leaf is a value of a document that can be empty.
type leaf struct {
	path  string
	empty bool
}

// leavesOf lists the values of a document that are not objects, in the order of their
// paths, without meta, the measured fingerprint and the validation.
func leavesOf(document any) ([]leaf, error) {
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("encode persona: %w", err)
	}
	var object map[string]any
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("read persona: %w", err)
	}
	var leaves []leaf
	walk(object, "", &leaves)
	return leaves, nil
}

func walk(object map[string]any, prefix string, into *[]leaf) {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		path := prefix + name
		switch path {
		case "meta", "linguistic_fingerprint.measured", "validation_results":
			continue
		}
		switch value := object[name].(type) {
		case map[string]any:
			walk(value, path+".", into)
		case []any:
			*into = append(*into, leaf{path, len(value) == 0})
		case string:
			*into = append(*into, leaf{path, strings.TrimSpace(value) == ""})
		default:
			*into = append(*into, leaf{path, value == nil})
		}
	}
}

// uncertainty lists the empty values of a document with their reasons. It is empty for
// a persona that can't be encoded (NaN or infinite numbers).
func uncertainty(document any, why reasons) onboarding.Uncertainty {
	u := onboarding.Uncertainty{Fields: onboarding.List{}, Reasons: map[string]string{}}
	leaves, err := leavesOf(document)
	if err != nil {
		return u
	}
	for _, l := range leaves {
		if !l.empty {
			continue
		}
		u.Fields = append(u.Fields, l.path)
		u.Reasons[l.path] = notShown
		if reason := why[l.path]; reason != "" {
			u.Reasons[l.path] = reason
		}
	}
	return u
}
