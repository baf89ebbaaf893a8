package personalize

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	schemaVersion = 1
	defaultReason = "There is no website analysis yet, so these are general defaults. Complete step 2 to get your own."
)

// Build returns the document of the sources. With an analysis every value of its four
// parts comes from the sources, null where they do not say; without one those parts
// are the default set. Preferences and personas have parts of their own, filled
// whenever they are stored.
func Build(in onboarding.Sources) onboarding.Inputs {
	u := &unknowns{reasons: map[string]string{}}
	var inputs onboarding.Inputs
	if in.Analysis == nil {
		inputs = defaults(u)
	} else {
		u.analysis = in.Analysis.Analysis.Style.Meta.Uncertainty.Reasons
		inputs.WebsiteAnalysis = websiteOf(in, u)
		inputs.CompetitorAnalysis = competitorsOf(in, u)
		inputs.KeywordAnalysis = keywordsOf(in.Analysis.Analysis, u)
		inputs.GapAnalysis = gapsOf(in, u)
	}
	inputs.ResearchPreferences = researchOf(in.Preferences, u)
	inputs.Persona = personaOf(in.Personas, u)
	inputs.BuiltFrom, inputs.Warnings = originOf(in), warningsOf(in)
	inputs.Meta = onboarding.InputsMeta{
		SchemaVersion: schemaVersion, Evidence: map[string]string{}, Uncertainty: u.uncertainty(),
	}
	if in.Analysis != nil {
		inputs.Meta.Confidence = in.Analysis.Analysis.Style.Meta.Confidence
		inputs.Meta.Evidence = evidenceOf(in, inputs)
	}
	return inputs
}

// defaults is the documented set for users without an analysis. It names no
// competitors: an invented one could be taken for real.
func defaults(u *unknowns) onboarding.Inputs {
	inputs := onboarding.Inputs{
		WebsiteAnalysis: onboarding.InputsWebsite{
			ContentTypes:   onboarding.List{"blog", "article"},
			WritingStyle:   new("professional"),
			TargetAudience: onboarding.List{"professionals"},
			IndustryFocus:  new("general"),
			ExpertiseLevel: new("intermediate"),
		},
		CompetitorAnalysis: onboarding.InputsCompetitors{
			Industry:           new("general"),
			TargetDemographics: onboarding.List{"professionals"},
		},
		GapAnalysis: onboarding.InputsGaps{
			ContentGaps:          onboarding.List{"video tutorials", "case studies"},
			TargetKeywords:       onboarding.List{"industry insights", "best practices"},
			ContentOpportunities: onboarding.List{"how-to guides", "tutorials"},
		},
		KeywordAnalysis: onboarding.InputsKeywords{
			HighValueKeywords: onboarding.List{"industry trends", "best practices", "expert insights"},
			ContentTopics:     onboarding.List{"industry trends", "how-to guides", "expert insights"},
			SearchIntent:      onboarding.SearchIntent{Intent: new("practical"), Focus: new("implementation")},
		},
		IsDefault: true, DefaultReason: new(defaultReason),
	}
	const none = "The default set does not say: there is no website analysis."
	for _, path := range []string{
		"website_analysis.website_url", "competitor_analysis.top_performers",
		"competitor_analysis.key_findings", "keyword_analysis.search_intent.evidence",
	} {
		u.note(path, none)
	}
	return inputs
}

func researchOf(p *onboarding.ResearchPreferences, u *unknowns) *onboarding.InputsResearch {
	if p == nil {
		u.note("research_preferences", "No research preferences are stored; step 3 sets them.")
		return nil
	}
	return &onboarding.InputsResearch{
		ResearchDepth:  u.required("research_preferences.research_depth", p.ResearchDepth),
		ContentTypes:   u.list("research_preferences.content_types", p.ContentTypes, "No content types are stored."),
		AutoResearch:   p.AutoResearch,
		FactualContent: p.FactualContent,
	}
}

func personaOf(p *onboarding.StoredPersonas, u *unknowns) *onboarding.InputsPersona {
	if p == nil {
		u.note("persona", "No persona is stored; step 4 makes one.")
		return nil
	}
	// A persona may be a client's: what is no object says nothing, and is noted below.
	var core struct {
		Identity   map[string]any `json:"identity"`
		TonalRange map[string]any `json:"tonal_range"`
	}
	_ = json.Unmarshal(p.Core, &core)
	const silent = "The core persona does not say."
	persona := &onboarding.InputsPersona{
		PersonaName: u.text("persona.persona_name", stringOf(core.Identity["persona_name"]), silent),
		Archetype:   u.text("persona.archetype", stringOf(core.Identity["archetype"]), silent),
		DefaultTone: u.text("persona.default_tone", stringOf(core.TonalRange["default_tone"]), silent),
		Platforms:   []onboarding.Platform{},
		BasedOn:     p.BasedOn,
	}
	for _, platform := range onboarding.Platforms() {
		if isPersona(p.Platforms[platform]) {
			persona.Platforms = append(persona.Platforms, platform)
		}
	}
	if len(persona.Platforms) == 0 {
		u.note("persona.platforms", "There is no persona for a platform.")
	}
	return persona
}

// isPersona reports whether there is a persona, not the error of a failed generation.
func isPersona(raw json.RawMessage) bool {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return false
	}
	delete(object, "error")
	return len(object) > 0
}

func stringOf(value any) string {
	text, _ := value.(string)
	return text
}

func originOf(in onboarding.Sources) onboarding.InputsOrigin {
	var origin onboarding.InputsOrigin
	if a := in.Analysis; a != nil {
		origin.AnalysisID, origin.AnalysisVersion, origin.AnalysisUpdatedAt = &a.ID, &a.Version, stamp(a.UpdatedAt)
		if a.Website != "" {
			origin.WebsiteURL = &a.Website
		}
	}
	if in.Preferences != nil {
		origin.PreferencesUpdatedAt = stamp(in.Preferences.UpdatedAt)
	}
	if in.Personas != nil {
		origin.PersonasUpdatedAt = stamp(in.Personas.UpdatedAt)
	}
	if in.Business != nil {
		origin.BusinessUpdatedAt = stamp(in.Business.UpdatedAt)
	}
	return origin
}

// warningsOf says whether the personas were made from another analysis than the rest.
func warningsOf(in onboarding.Sources) []onboarding.Warning {
	warnings := []onboarding.Warning{}
	if in.Personas == nil {
		return warnings
	}
	var held *onboarding.AnalysisHead
	if in.Analysis != nil {
		held = in.Analysis.Head()
	}
	if outdated := in.Personas.BasedOn.Outdated(held); outdated != nil {
		warnings = append(warnings, *outdated)
	}
	return warnings
}

func stamp(t time.Time) *time.Time { return new(t.UTC()) }

// unknowns collects why values are empty.
type unknowns struct {
	// analysis holds the reasons of the analysis, by its paths.
	analysis map[string]string
	reasons  map[string]string
}

func (u *unknowns) note(path, reason string) { u.reasons[path] = reason }

// why is the reason that the analysis gives for a value of its own, else reason.
func (u *unknowns) why(analysisPath, reason string) string {
	return cmp.Or(u.analysis[analysisPath], reason)
}

// text returns nil for an empty text and notes the reason.
func (u *unknowns) text(path, text, reason string) *string {
	if text == "" {
		u.note(path, reason)
		return nil
	}
	return &text
}

// required returns a text that stored rows always have.
func (u *unknowns) required(path, text string) string {
	if text == "" {
		u.note(path, "The stored value is empty.")
	}
	return text
}

// list notes the reason of an empty list.
func (u *unknowns) list(path string, list []string, reason string) onboarding.List {
	if len(list) == 0 {
		u.note(path, reason)
	}
	return list
}

func (u *unknowns) uncertainty() onboarding.Uncertainty {
	fields := slices.AppendSeq(onboarding.List{}, maps.Keys(u.reasons))
	slices.Sort(fields)
	return onboarding.Uncertainty{Fields: fields, Reasons: u.reasons}
}
