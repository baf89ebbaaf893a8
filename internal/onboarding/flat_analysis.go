package onboarding

import "reflect"

// FlatAnalysis is an analysis as the website step of the front end keeps it: one
// object with the parts of style, guidelines and patterns side by side, as texts.
type FlatAnalysis struct {
	StyleAnalysis[string]
	StyleGuidelines[string]
	StylePatterns    StylePatterns[string] `json:"style_patterns"`
	StyleConsistency *string               `json:"style_consistency"`
	UniqueElements   List                  `json:"unique_elements"`
}

// flatNames are the names of the fields of a flat analysis.
func flatNames() []string {
	var names []string
	for _, field := range Fields(reflect.TypeFor[FlatAnalysis]()) {
		names = append(names, JSONName(field))
	}
	return names
}

// Flatten puts the parts of an analysis side by side.
func Flatten(a ShownAnalysis) FlatAnalysis {
	return FlatAnalysis{
		StyleAnalysis: a.Style, StyleGuidelines: a.Guidelines, StylePatterns: a.Patterns,
		StyleConsistency: a.Patterns.StyleConsistency, UniqueElements: a.Patterns.UniqueElements,
	}
}
