package onboarding

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// Kind is a kind of work. It is also the kind of the job that does it.
type Kind string

// The kinds of work.
const (
	// KindWebsiteAnalysis analyses a website or a text of the user.
	KindWebsiteAnalysis Kind = "website_analysis"
	// KindAnalysisImport stores an analysis that the client posted.
	KindAnalysisImport Kind = "analysis_import"
	// KindPersonaGeneration makes the personas.
	KindPersonaGeneration Kind = "persona_generation"
	// KindPersonaImport stores personas that the client posted.
	KindPersonaImport Kind = "persona_import"
	// KindPersonalizationInputs builds the personalization inputs.
	KindPersonalizationInputs Kind = "personalization_inputs"
	// KindKeyValidation makes a cheap live call with each stored key.
	KindKeyValidation Kind = "api_key_validation"
	// KindWebsitePreview analyses a website or a text for the response to one request.
	KindWebsitePreview Kind = "website_preview"
	// KindQualityAssessment scores personas that the client sends.
	KindQualityAssessment Kind = "quality_assessment"
	// KindSitemapAnalysis reads the sitemap of a website.
	KindSitemapAnalysis Kind = "sitemap_analysis"
	// KindCompetitorDiscovery asks a search provider for similar websites.
	KindCompetitorDiscovery Kind = "competitor_discovery"
)

// KindInfo is a row of the table of kinds.
type KindInfo struct {
	Kind Kind
	// Step is the step that the work completes, 0 if it belongs to none.
	Step StepNumber
	// Timeout bounds one run.
	Timeout time.Duration
	// RebuildsInputs reports whether the personalization inputs are built from the result.
	RebuildsInputs bool
	// Quota is what a submission of the kind counts towards, "" for none.
	Quota Quota
	// ReadsWebsite and AsksProviders report whether the work reads the website that its input
	// names, if it names one, and asks providers with the user's API keys, if there are any.
	ReadsWebsite, AsksProviders bool
	// Queued, Held and Done are what the user reads while the work waits for a worker, while it
	// waits for the user's other work, and when it has succeeded; Info gives the kinds that have
	// no sentences of their own the general ones.
	Queued, Held, Done string
}

// kinds is the table of kinds. A website analysis has the crawl's own budget of 40 s
// within its timeout, and a model may be asked several times; a persona generation asks
// for the core and then for all platforms at once.
var kinds = []KindInfo{
	{
		Kind: KindWebsiteAnalysis, Step: StepWebsite, Timeout: 4 * time.Minute, RebuildsInputs: true,
		Quota: QuotaAnalyses, ReadsWebsite: true, AsksProviders: true,
	},
	{
		Kind: KindAnalysisImport, Step: StepWebsite, Timeout: 30 * time.Second, RebuildsInputs: true, Quota: QuotaImports,
	},
	{
		Kind: KindPersonaGeneration, Step: StepPersonalization, Timeout: 5 * time.Minute, RebuildsInputs: true,
		Quota: QuotaPersonas, AsksProviders: true,
		Queued: "Initializing persona generation: waiting for a free worker.",
		Held:   "Initializing persona generation: waiting for your other jobs.",
		Done:   "Persona generation completed.",
	},
	{
		Kind: KindPersonaImport, Step: StepPersonalization, Timeout: 30 * time.Second, RebuildsInputs: true,
		Quota: QuotaImports,
	},
	{Kind: KindPersonalizationInputs, Timeout: 30 * time.Second},
	{Kind: KindKeyValidation, Timeout: time.Minute, Quota: QuotaLookups, AsksProviders: true},
	{
		Kind: KindWebsitePreview, Timeout: 4 * time.Minute, Quota: QuotaAnalyses,
		ReadsWebsite: true, AsksProviders: true,
	},
	{Kind: KindQualityAssessment, Timeout: 30 * time.Second, Quota: QuotaLookups},
	{Kind: KindSitemapAnalysis, Timeout: time.Minute, Quota: QuotaLookups, ReadsWebsite: true},
	{Kind: KindCompetitorDiscovery, Timeout: time.Minute, Quota: QuotaLookups, AsksProviders: true},
}

// Kinds returns the table of kinds.
func Kinds() []KindInfo { return kinds }

// Info returns the row of a kind. Of a kind that is not in the table, which a newer release
// may have queued, only the messages are known.
func (k Kind) Info() KindInfo {
	info := KindInfo{Kind: k}
	if i := slices.IndexFunc(kinds, func(row KindInfo) bool { return row.Kind == k }); i >= 0 {
		info = kinds[i]
	}
	info.Queued, info.Done = cmp.Or(info.Queued, "Waiting for a free worker."), cmp.Or(info.Done, "Done.")
	info.Held = cmp.Or(info.Held, "Waiting for your other jobs.")
	return info
}

// NeedsNetwork reports whether work on an input waits for a website or a provider. An input that
// can't be read needs none: the work fails with it.
func (k Kind) NeedsNetwork(input []byte, hasKeys bool) bool {
	info := k.Info()
	if info.AsksProviders && hasKeys {
		return true
	}
	var named struct {
		Website string `json:"website"`
	}
	return info.ReadsWebsite && json.Unmarshal(input, &named) == nil && named.Website != ""
}
