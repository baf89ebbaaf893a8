package wizard

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// PersonaRequest asks for personas.
type PersonaRequest struct {
	Data        personaData     `json:"onboarding_data,omitempty"`
	Platforms   []string        `json:"selected_platforms,omitempty" example:"[\"linkedin\", \"blog\"]" doc:"The ids that getPersonaOptions lists; linkedin and blog when it is empty or left out. Duplicates are dropped."`
	Preferences json.RawMessage `json:"user_preferences,omitempty" doc:"Accepted and ignored."`
}

// The parts of personaData.
const (
	partWebsite     = "websiteAnalysis"
	partResearch    = "competitorResearch"
	partSitemap     = "sitemapAnalysis"
	partDeep        = "deepCompetitorAnalysis"
	partBusiness    = "businessData"
	partPreferences = "researchPreferences"
)

// personaData are the parts that a client sends of what personas are made from.
type personaData map[string]json.RawMessage

// Schema describes the parts. Each may be null or empty, so that only what is inside
// of it has types.
func (personaData) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: true,
		Description: "What to write from, in place of what is stored.",
		Properties: map[string]*huma.Schema{
			partWebsite:     {Description: "An analysis as the website step keeps it, see WebsiteData.analysis."},
			partResearch:    {Description: "An object with competitors (a list of objects), researchSummary and socialMediaAccounts (objects)."},
			partSitemap:     {Description: "An object."},
			partDeep:        {Description: "An object."},
			partBusiness:    {Description: "A BusinessRequest."},
			partPreferences: {Description: "An object, which is accepted and ignored: personas don't depend on it."},
		},
	}
}

// submitPersonas checks the request and submits step 4.
func (h *Handlers) submitPersonas(ctx context.Context, request PersonaRequest) (onboarding.Submission, error) {
	input, err := personaInput(request)
	if err != nil {
		return onboarding.Submission{}, err
	}
	return h.cfg.Submitter.GeneratePersonas(ctx, edge.UserID(ctx), input)
}

// personaInput reads the request. What it leaves out is nil, so that equal requests
// are equal inputs.
func personaInput(request PersonaRequest) (input onboarding.PersonaInput, err error) {
	if input.Platforms, err = selectedPlatforms(request.Platforms); err != nil {
		return input, err
	}
	data := maps.Clone(request.Data)
	maps.DeleteFunc(data, func(_ string, part json.RawMessage) bool { return isEmpty(part) })
	if part := data[partWebsite]; part != nil {
		if input.Analysis, err = sentAnalysis(part); err != nil {
			return input, moved(err, "analysis", "onboarding_data."+partWebsite)
		}
	}
	if part := data[partBusiness]; part != nil {
		if input.Business, err = sentBusiness(part); err != nil {
			return input, err
		}
	}
	if part := data[partPreferences]; part != nil {
		if _, err := objectIn("onboarding_data."+partPreferences, part); err != nil {
			return input, err
		}
	}
	input.Findings, err = sentFindings(data)
	return input, err
}

// selectedPlatforms reads the names of platforms; none selects the default ones.
func selectedPlatforms(names []string) ([]onboarding.Platform, error) {
	if len(names) == 0 {
		return slices.Clone(onboarding.DefaultPlatforms), nil
	}
	return onboarding.ParsePlatforms(names, "selected_platforms")
}

// isEmpty tells whether a part says nothing: null, an empty object, list or text.
func isEmpty(part json.RawMessage) bool {
	var compact bytes.Buffer
	if json.Compact(&compact, part) != nil {
		return false
	}
	switch compact.String() {
	case "", "null", "{}", "[]", `""`:
		return true
	}
	return false
}

// sentAnalysis returns the part in the form in which it can be stored.
func sentAnalysis(part json.RawMessage) (json.RawMessage, error) {
	flat, err := onboarding.ParseFlatAnalysis(part)
	if err != nil {
		return nil, err
	}
	return flat.Submitted()
}

func sentBusiness(part json.RawMessage) (json.RawMessage, error) {
	const field = "onboarding_data." + partBusiness
	object, err := objectIn(field, part)
	if err != nil {
		return nil, err
	}
	var request BusinessRequest
	for name, target := range map[string]**string{
		"business_description": &request.BusinessDescription, "industry": &request.Industry,
		"target_audience": &request.TargetAudience, "business_goals": &request.BusinessGoals,
	} {
		if value, ok := object[name]; ok && json.Unmarshal(value, target) != nil {
			return nil, &onboarding.InputError{Field: field + "." + name, Code: "wrong_type", Reason: "This must be a text."}
		}
	}
	info, err := businessInfo(field+".", request)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{
		"business_description": info.BusinessDescription, "industry": info.Industry,
		"target_audience": info.TargetAudience, "business_goals": info.BusinessGoals,
	})
}

// sentFindings returns the findings of the research parts, nil for none.
func sentFindings(data personaData) (map[string]json.RawMessage, error) {
	research := map[string]json.RawMessage{}
	const field = "onboarding_data." + partResearch
	if part := data[partResearch]; part != nil {
		var err error
		if research, err = objectIn(field, part); err != nil {
			return nil, err
		}
		maps.DeleteFunc(research, func(_ string, value json.RawMessage) bool { return isEmpty(value) })
	}
	findings, err := onboarding.ResearchFindings(research)
	if err != nil {
		return nil, moved(err, "", field+".")
	}
	beside := map[string]json.RawMessage{}
	for _, name := range []string{partSitemap, partDeep} {
		if part := data[name]; part != nil {
			beside[name] = part
		}
	}
	more, err := onboarding.ResearchFindings(beside)
	if err != nil {
		return nil, moved(err, "", "onboarding_data.")
	}
	maps.Copy(findings, more)
	if len(findings) == 0 {
		return nil, nil
	}
	return findings, nil
}

func objectIn(field string, part json.RawMessage) (map[string]json.RawMessage, error) {
	var object map[string]json.RawMessage
	if json.Unmarshal(part, &object) != nil {
		return nil, &onboarding.InputError{Field: field, Code: "wrong_type", Reason: "This must be an object."}
	}
	return object, nil
}
