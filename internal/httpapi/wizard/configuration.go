package wizard

import (
	"context"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// ConfigurationBody describes the onboarding itself: the same for every user.
type ConfigurationBody struct {
	TotalSteps     int                   `json:"total_steps" example:"6"`
	Steps          []StepConfiguration   `json:"steps"`
	StatusMachine  map[string][]string   `json:"status_machine" doc:"From each status of a step, those that may follow."`
	Requirements   Requirements          `json:"requirements"`
	Providers      []ProviderDescription `json:"providers" doc:"Those of language models first."`
	Platforms      []string              `json:"platforms" doc:"The platforms that personas can be made for."`
	ResearchDepths []string              `json:"research_depths"`
	ContentTypes   []string              `json:"content_types" doc:"What clients offer; others are taken too."`
}

// StepConfiguration describes one step.
type StepConfiguration struct {
	Number      int                    `json:"number" example:"2"`
	Title       string                 `json:"title" example:"Website Analysis"`
	Description string                 `json:"description"`
	Required    bool                   `json:"required" doc:"Whether it must be done, or skipped where it can be, to finish."`
	Skippable   bool                   `json:"skippable"`
	Providers   []string               `json:"providers,omitempty" doc:"For step 1: those of which one must have a key."`
	Validation  []onboarding.FieldRule `json:"validation" doc:"The rules for the fields of its data."`
}

// Requirements says which API keys are needed.
type Requirements struct {
	MinAPIKeys        int      `json:"min_api_keys" example:"0" doc:"How many keys finishing needs: none, step 1 may be left out."`
	RequiredProviders []string `json:"required_providers" doc:"Always empty: no single provider is required."`
	OptionalProviders []string `json:"optional_providers"`
}

// ProviderDescription says what is known of a provider.
type ProviderDescription struct {
	Provider            string `json:"provider" example:"openai"`
	Name                string `json:"name" example:"OpenAI"`
	LanguageModel       bool   `json:"language_model" doc:"Whether its key completes step 1."`
	KeyFormat           string `json:"key_format" doc:"What a key looks like, for people."`
	EnvironmentVariable string `json:"environment_variable"`
}

func configuration(context.Context, *struct{}) (*edge.Output[ConfigurationBody], error) {
	body := ConfigurationBody{
		TotalSteps:    onboarding.StepCount,
		Steps:         edge.Map(onboarding.StepsWhere(onboarding.StepNumber.Valid), stepConfiguration),
		StatusMachine: map[string][]string{}, Platforms: onboarding.Texts(onboarding.Platforms()),
		Requirements:   Requirements{RequiredProviders: []string{}},
		ResearchDepths: onboarding.ResearchDepths, ContentTypes: onboarding.ContentTypes,
	}
	for from, to := range onboarding.Transitions() {
		body.StatusMachine[string(from)] = onboarding.Texts(to)
	}
	for _, p := range onboarding.Providers() {
		body.Requirements.OptionalProviders = append(body.Requirements.OptionalProviders, string(p.Provider))
		body.Providers = append(body.Providers, ProviderDescription{
			Provider: string(p.Provider), Name: p.Name, LanguageModel: p.Model != nil, KeyFormat: p.Format,
			EnvironmentVariable: p.Variable,
		})
	}
	return edge.OK(body), nil
}

func stepConfiguration(n onboarding.StepNumber) StepConfiguration {
	info := n.Info()
	step := StepConfiguration{
		Number: int(n), Title: info.Title, Description: info.Description,
		Required: n.Required(), Skippable: n.Skippable(),
		Validation: append([]onboarding.FieldRule{}, n.Rules()...),
	}
	if n == onboarding.StepProviders {
		step.Providers = onboarding.Texts(modelProviders())
	}
	return step
}

// modelProviders lists the providers of language models.
func modelProviders() []onboarding.Provider {
	var providers []onboarding.Provider
	for _, p := range onboarding.Providers() {
		if p.Model != nil {
			providers = append(providers, p.Provider)
		}
	}
	return providers
}
