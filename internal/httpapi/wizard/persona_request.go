package wizard

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
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

// personaData are the parts that a client sends to make personas from.
type personaData map[string]json.RawMessage

// Schema describes the parts. Each may be null or empty, so that only what is inside
// of it has types.
func (personaData) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Nullable: true, AdditionalProperties: true,
		Description: "What to write from, in place of what is stored.",
		Properties: map[string]*huma.Schema{
			partWebsite: {Description: "An analysis as the website step keeps it, see WebsiteData.analysis."},
			partResearch: {
				Description: "An object with competitors (a list of objects), researchSummary and socialMediaAccounts (objects).",
			},
			partSitemap:     {Description: "An object."},
			partDeep:        {Description: "An object."},
			partBusiness:    {Description: "A BusinessRequest."},
			partPreferences: {Description: "An object, which is accepted and ignored: personas don't depend on it."},
		},
	}
}

// submitPersonas checks the request and submits step 4.
func (h *Handlers) submitPersonas(ctx context.Context, request PersonaRequest) (onboarding.Submission, error) {
	input, err := h.personaInput(request)
	if err != nil {
		return onboarding.Submission{}, err
	}
	return h.cfg.Submitter.GeneratePersonas(ctx, edge.UserID(ctx), input)
}

// personaPath is the path of the parts in the body.
const personaPath = "onboarding_data."

// personaInput reads the request. What it leaves out is nil, so that equal requests
// are equal inputs.
func (h *Handlers) personaInput(request PersonaRequest) (input onboarding.PersonaInput, err error) {
	if input.Platforms, err = selectedPlatforms(request.Platforms); err != nil {
		return input, err
	}
	data := edge.Fields(request.Data)
	if !data.Empty(partWebsite) {
		if input.Analysis, err = h.sentAnalysis(data[partWebsite]); err != nil {
			return input, edge.MoveField(err, "analysis", personaPath+partWebsite)
		}
	}
	if !data.Empty(partBusiness) {
		if input.Business, err = sentBusiness(data); err != nil {
			return input, err
		}
	}
	if _, err := sentPart(data, partPreferences); err != nil {
		return input, err
	}
	input.Findings, err = sentFindings(data)
	return input, err
}

// sentPart returns the fields of a part without the empty ones, none if it is not there.
func sentPart(data edge.Fields, name string) (edge.Fields, error) {
	if data.Empty(name) {
		return nil, nil
	}
	part, err := edge.DecodeField[edge.Fields](data, personaPath, name, "an object")
	maps.DeleteFunc(part, func(field string, _ json.RawMessage) bool { return part.Empty(field) })
	return part, err
}

// selectedPlatforms reads the names of platforms; none selects the default ones.
func selectedPlatforms(names []string) ([]onboarding.Platform, error) {
	if len(names) == 0 {
		return slices.Clone(onboarding.DefaultPlatforms), nil
	}
	return onboarding.ParsePlatforms(names, "selected_platforms")
}

// sentAnalysis returns an analysis in the form in which it can be stored. Fields beside the known ones are
// not validated, and dropped.
func (h *Handlers) sentAnalysis(part json.RawMessage) (json.RawMessage, error) {
	flat, err := h.flatAnalysis(part)
	if err != nil {
		return nil, err
	}
	return submitted.Document(flat), nil
}

// flatAnalysis reads an analysis that a client sends, without what analyses don't hold here.
func (h *Handlers) flatAnalysis(raw json.RawMessage) (onboarding.FlatAnalysis, error) {
	flat, err := submitted.ParseFlatAnalysis(raw)
	if h.cfg.WithoutBrand {
		flat.BrandAnalysis = onboarding.BrandAnalysis[string]{}
		flat.ContentStrategyInsights = onboarding.ContentStrategyInsights{}
	}
	return flat, err
}

func sentBusiness(data edge.Fields) (json.RawMessage, error) {
	part, err := sentPart(data, partBusiness)
	if err != nil {
		return nil, err
	}
	const path = personaPath + partBusiness + "."
	info, err := readBusiness(part, path)
	if err != nil {
		return nil, err
	}
	if info, err = checkedBusiness(path, info); err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{
		"business_description": info.BusinessDescription, "industry": info.Industry,
		"target_audience": info.TargetAudience, "business_goals": info.BusinessGoals,
	})
}

// sentFindings returns the findings of the research parts, nil for none.
func sentFindings(data edge.Fields) (map[string]json.RawMessage, error) {
	research, err := sentPart(data, partResearch)
	if err != nil {
		return nil, err
	}
	findings, err := submitted.ResearchFindings(research)
	if err != nil {
		return nil, edge.MoveField(err, "", personaPath+partResearch+".")
	}
	beside := map[string]json.RawMessage{}
	for _, name := range []string{partSitemap, partDeep} {
		if !data.Empty(name) {
			beside[name] = data[name]
		}
	}
	more, err := submitted.ResearchFindings(beside)
	if err != nil {
		return nil, edge.MoveField(err, "", personaPath)
	}
	maps.Copy(findings, more)
	if len(findings) == 0 {
		return nil, nil
	}
	return findings, nil
}
