package wizard

import (
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// PreferencesBody is the stored research preferences, beside what the newest website
// analysis says of the style.
type PreferencesBody struct {
	ResearchDepth          string                                     `json:"research_depth" example:"Standard"`
	ContentTypes           onboarding.List                            `json:"content_types"`
	AutoResearch           bool                                       `json:"auto_research"`
	FactualContent         bool                                       `json:"factual_content"`
	WritingStyle           *onboarding.WritingStyle[string]           `json:"writing_style" doc:"Of the newest website analysis, null without one; so are the next three."`
	ContentCharacteristics *onboarding.ContentCharacteristics[string] `json:"content_characteristics"`
	TargetAudience         *onboarding.TargetAudience[string]         `json:"target_audience"`
	RecommendedSettings    *onboarding.RecommendedSettings[string]    `json:"recommended_settings"`
	ConfiguredAt           time.Time                                  `json:"configured_at" doc:"The same as updated_at."`
	CreatedAt              time.Time                                  `json:"created_at"`
	UpdatedAt              time.Time                                  `json:"updated_at"`
}

// ConfiguredBody is the response to a change of the research preferences.
type ConfiguredBody struct {
	Valid       bool             `json:"valid" doc:"Always true: invalid input is 400."`
	Preferences *PreferencesBody `json:"preferences"`
	Warnings    []string         `json:"warnings" doc:"Which defaults were taken, in sentences."`
	Errors      []string         `json:"errors" doc:"Always empty."`
}

// ResearchOptionsBody lists what can be chosen.
type ResearchOptionsBody struct {
	Success bool            `json:"success"`
	Options ResearchOptions `json:"options"`
}

// ResearchOptions are the choices for each preference.
type ResearchOptions struct {
	Roles               []string `json:"roles"`
	ResearchDepths      []string `json:"research_depths"`
	ContentTypes        []string `json:"content_types"`
	AutoResearchOptions []bool   `json:"auto_research_options"`
}

func (h *Handlers) preferences(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[*PreferencesBody], error) {
	results, err := h.results(ctx, onboarding.StepResearch, onboarding.StepWebsite)
	return edge.Conditional(in, preferencesBody(results), err)
}

func preferencesBody(results stepResults) *PreferencesBody {
	stored := results.preferences
	if stored == nil {
		return nil
	}
	body := &PreferencesBody{
		ResearchDepth: stored.ResearchDepth, ContentTypes: stored.ContentTypes,
		AutoResearch: stored.AutoResearch, FactualContent: stored.FactualContent,
		ConfiguredAt: stored.UpdatedAt, CreatedAt: stored.CreatedAt, UpdatedAt: stored.UpdatedAt,
	}
	if results.analysis != nil {
		style := &results.analysis.Analysis.Style
		body.WritingStyle, body.ContentCharacteristics = &style.WritingStyle, &style.ContentCharacteristics
		body.TargetAudience, body.RecommendedSettings = &style.TargetAudience, &style.RecommendedSettings
	}
	return body
}

func (h *Handlers) configurePreferences(
	ctx context.Context, in *edge.BodyInput[onboarding.PreferencesUpdate],
) (*edge.Output[ConfiguredBody], error) {
	saved, warnings, err := h.cfg.Submitter.SavePreferences(ctx, edge.UserID(ctx), in.Body)
	if err != nil {
		return nil, err
	}
	results, err := h.results(ctx, onboarding.StepWebsite)
	results.preferences = &saved
	return edge.OK(ConfiguredBody{
		Valid: true, Preferences: preferencesBody(results), Warnings: append([]string{}, warnings...), Errors: []string{},
	}), err
}

func researchOptions(context.Context, *struct{}) (*edge.Output[ResearchOptionsBody], error) {
	return edge.OK(ResearchOptionsBody{Success: true, Options: ResearchOptions{
		Roles:          []string{"Content Creator", "Marketer", "Business Owner", "Researcher", "Other"},
		ResearchDepths: onboarding.ResearchDepths, ContentTypes: onboarding.ContentTypes,
		AutoResearchOptions: []bool{true, false},
	}}), nil
}
