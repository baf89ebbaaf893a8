package wizard

import (
	"context"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// ConfigurationBody describes the onboarding itself: the same for every user.
type ConfigurationBody struct {
	TotalSteps     int                   `json:"total_steps" example:"6"`
	Steps          []StepConfiguration   `json:"steps"`
	StatusMachine  map[string][]string   `json:"status_machine" doc:"From each status of a step, those that may follow."`
	Requirements   Requirements          `json:"requirements"`
	Providers      []ProviderDescription `json:"providers" doc:"Those of language models first."`
	Platforms      []string              `json:"platforms" doc:"The platforms that personas can be made for."`
	PlatformLimits []PlatformLimit       `json:"platform_limits" doc:"What the platforms document of posts."`
	ResearchDepths []string              `json:"research_depths"`
	ContentTypes   []string              `json:"content_types" doc:"What clients offer; others are taken too."`
	Limits         ConfiguredLimits      `json:"limits"`
}

// PlatformLimit is what a platform documents, 0 and "" for nothing.
type PlatformLimit struct {
	Platform string `json:"platform" example:"twitter"`
	onboarding.PlatformLimits
}

// ConfiguredLimits bound what one user may do. What goes beyond is answered with 429.
type ConfiguredLimits struct {
	WritesPerSecond        int `json:"writes_per_second" example:"10" doc:"Calls that change something, in each API process. As everywhere here 0 is no limit."`
	WritesBurst            int `json:"writes_burst" example:"30" doc:"Such calls at once, after a pause."`
	AddressWritesPerSecond int `json:"address_writes_per_second" example:"50" doc:"Such calls from one network address, whoever makes them."`
	ReadsPerSecond         int `json:"reads_per_second" example:"20" doc:"Calls that only read, in each API process."`
	ReadsBurst             int `json:"reads_burst" example:"200" doc:"Such calls at once, after a pause."`
	AddressReadsPerSecond  int `json:"address_reads_per_second" example:"500" doc:"Such calls from one network address, whoever makes them."`
	AnalysesPerDay         int `json:"analyses_per_day" example:"30" doc:"Analyses of websites and texts, previews included. Days are those of UTC."`
	PersonasPerDay         int `json:"personas_per_day" example:"30" doc:"Generations of personas."`
	ImportsPerDay          int `json:"imports_per_day" example:"60" doc:"Finished analyses and personas that are stored."`
	LookupsPerDay          int `json:"lookups_per_day" example:"200" doc:"Checks of keys, searches for competitors, sitemaps, assessments of personas."`
	ChangesPerDay          int `json:"changes_per_day" example:"5000" doc:"Changes of the steps, those by running work included."`
	IdempotencyKeysPerDay  int `json:"idempotency_keys_per_day" example:"500"`
	WaitingCalls           int `json:"waiting_calls" example:"5" doc:"Calls that wait for work at a time, in each API process."`
	Streams                int `json:"streams" example:"32" doc:"Streams at a time, in each API process."`
	UnreadResponses        int `json:"unread_responses" example:"4" doc:"Large responses at a time that are not read yet, in each API process."`
	Exports                int `json:"exports" example:"1" doc:"Exports at a time, in each API process."`
	NetworkJobs            int `json:"network_jobs" example:"2" doc:"Jobs at a time that wait for websites and providers; the next waits for them."`
	WorkWithoutStep        int `json:"work_without_step" example:"5" doc:"Pieces of work at a time that complete no step."`
}

func (h *Handlers) limits() ConfiguredLimits {
	l := h.edge.Limits
	return ConfiguredLimits{
		WritesPerSecond: l.WritesPerSecond, WritesBurst: l.WritesBurst, AddressWritesPerSecond: l.AddressWritesPerSecond,
		ReadsPerSecond: l.ReadsPerSecond, ReadsBurst: l.ReadsBurst, AddressReadsPerSecond: l.AddressReadsPerSecond,
		AnalysesPerDay: l.AnalysesPerDay, PersonasPerDay: l.PersonasPerDay, ImportsPerDay: l.ImportsPerDay,
		LookupsPerDay: l.LookupsPerDay, ChangesPerDay: l.ChangesPerDay, IdempotencyKeysPerDay: postgres.MostRequests,
		WaitingCalls: l.WaitingCalls, Streams: l.Streams, UnreadResponses: edge.MostUnread, Exports: 1,
		NetworkJobs: flow.NetworkShare, WorkWithoutStep: flow.MaxDetached,
	}
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

func (h *Handlers) configuration(context.Context, *struct{}) (*edge.Output[ConfigurationBody], error) {
	body := ConfigurationBody{
		TotalSteps:    onboarding.StepCount,
		Steps:         edge.Map(onboarding.StepsWhere(onboarding.StepNumber.Valid), stepConfiguration),
		StatusMachine: map[string][]string{}, Platforms: onboarding.Texts(onboarding.Platforms()),
		Requirements:   Requirements{RequiredProviders: []string{}},
		ResearchDepths: onboarding.ResearchDepths, ContentTypes: onboarding.ContentTypes, Limits: h.limits(),
	}
	for _, p := range onboarding.Platforms() {
		body.PlatformLimits = append(body.PlatformLimits, PlatformLimit{string(p), p.Limits()})
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
		step.Providers = onboarding.Texts(onboarding.ModelProviders())
	}
	return step
}
