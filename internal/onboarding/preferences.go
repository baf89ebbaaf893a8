package onboarding

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ResearchDepths are the depths of research, from the shallowest.
var ResearchDepths = []string{"Basic", "Standard", "Deep", "Comprehensive", "Expert"}

// ContentTypes are the kinds of content that clients offer; others are taken too.
var ContentTypes = []string{"Blog Posts", "Social Media", "Technical Articles", "News", "Academic Papers"}

// ResearchPreferences say how a user wants research to be done, with what the
// wizard found out while asking.
type ResearchPreferences struct {
	ResearchDepth  string `json:"research_depth"`
	ContentTypes   List   `json:"content_types"`
	AutoResearch   bool   `json:"auto_research"`
	FactualContent bool   `json:"factual_content"`
	// Findings are the objects of the wizard's research step by their names
	// (competitors, researchSummary, sitemapAnalysis, …), as they were submitted.
	Findings  map[string]json.RawMessage `json:"findings"`
	CreatedAt time.Time                  `json:"created_at"`
	UpdatedAt time.Time                  `json:"updated_at"`
}

// PreferencesUpdate changes preferences: what is nil stays as it is.
type PreferencesUpdate struct {
	ResearchDepth  *string  `json:"research_depth,omitempty" nullable:"true" enum:"Basic,Standard,Deep,Comprehensive,Expert"`
	ContentTypes   []string `json:"content_types,omitempty" nullable:"true" example:"[\"Blog Posts\"]" doc:"At least one, at most 20 of at most 100 characters."`
	AutoResearch   *bool    `json:"auto_research,omitempty" nullable:"true"`
	FactualContent *bool    `json:"factual_content,omitempty" nullable:"true"`
	// Findings replace the stored ones of the same names.
	Findings map[string]json.RawMessage `json:"-"`
}

// The bounds of content types.
const (
	maxContentTypes     = 20
	maxContentTypeRunes = 100
)

// Apply returns the preferences after the update and, in sentences, which defaults
// were taken because there was nothing before: former is nil then. Errors are
// *InputError.
func (u PreferencesUpdate) Apply(former *ResearchPreferences) (ResearchPreferences, []string, error) {
	next, warnings := ResearchPreferences{
		ResearchDepth: "Standard", ContentTypes: List{"Blog Posts"}, AutoResearch: true, FactualContent: true,
		Findings: map[string]json.RawMessage{},
	}, u.defaults()
	if former != nil {
		next, warnings = *former, nil
		next.Findings = map[string]json.RawMessage{}
		maps.Copy(next.Findings, former.Findings)
	}
	if u.ResearchDepth != nil {
		if !slices.Contains(ResearchDepths, *u.ResearchDepth) {
			return next, nil, &InputError{"research_depth", "unknown_value", "Choose a research depth of " +
				strings.Join(ResearchDepths, ", ") + "."}
		}
		next.ResearchDepth = *u.ResearchDepth
	}
	if u.ContentTypes != nil {
		types, err := contentTypes(u.ContentTypes)
		if err != nil {
			return next, nil, err
		}
		next.ContentTypes = types
	}
	next.AutoResearch = *cmp.Or(u.AutoResearch, &next.AutoResearch)
	next.FactualContent = *cmp.Or(u.FactualContent, &next.FactualContent)
	maps.Copy(next.Findings, u.Findings)
	return next, warnings, nil
}

// defaults names the fields that a first update leaves to their defaults.
func (u PreferencesUpdate) defaults() []string {
	var warnings []string
	if u.ResearchDepth == nil {
		warnings = append(warnings, "No research depth was given: Standard was taken.")
	}
	if u.ContentTypes == nil {
		warnings = append(warnings, "No content types were given: Blog Posts was taken.")
	}
	if u.AutoResearch == nil {
		warnings = append(warnings, "Automatic research was not given: it was switched on.")
	}
	if u.FactualContent == nil {
		warnings = append(warnings, "Factual content was not given: it was switched on.")
	}
	return warnings
}

func contentTypes(submitted []string) (List, error) {
	var types List
	for _, t := range submitted {
		t = strings.TrimSpace(t)
		if err := RefuseNUL(t, "content_types"); err != nil {
			return nil, err
		}
		switch {
		case t == "":
			return nil, &InputError{"content_types", "required", "A content type is empty; leave it out or name it."}
		case utf8.RuneCountInString(t) > maxContentTypeRunes:
			return nil, &InputError{"content_types", "too_long", "A content type is too long; use at most 100 characters."}
		case !slices.Contains(types, t):
			types = append(types, t)
		}
		if len(types) > maxContentTypes { // here: the search above takes longer with each
			return nil, &InputError{"content_types", "too_many", "Choose at most 20 content types."}
		}
	}
	if len(types) == 0 {
		return nil, &InputError{"content_types", "required", "Choose at least one content type, for example Blog Posts."}
	}
	return types, nil
}
