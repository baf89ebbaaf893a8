package onboarding

import (
	"cmp"
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
	// Queued and Done are what the user reads while the work waits for a worker and when it
	// has succeeded; Info gives the kinds that have no sentences of their own the general ones.
	Queued, Done string
}

// kinds is the table of kinds. A website analysis has the crawl's own budget of 40 s
// within its timeout, and a model may be asked several times; a persona generation asks
// for the core and then for all platforms at once.
var kinds = []KindInfo{
	{Kind: KindWebsiteAnalysis, Step: StepWebsite, Timeout: 4 * time.Minute, RebuildsInputs: true},
	{Kind: KindAnalysisImport, Step: StepWebsite, Timeout: 30 * time.Second, RebuildsInputs: true},
	{
		Kind: KindPersonaGeneration, Step: StepPersonalization, Timeout: 5 * time.Minute, RebuildsInputs: true,
		Queued: "Initializing persona generation: waiting for a free worker.", Done: "Persona generation completed.",
	},
	{Kind: KindPersonaImport, Step: StepPersonalization, Timeout: 30 * time.Second, RebuildsInputs: true},
	{Kind: KindPersonalizationInputs, Timeout: 30 * time.Second},
	{Kind: KindKeyValidation, Timeout: time.Minute},
	{Kind: KindWebsitePreview, Timeout: 4 * time.Minute},
	{Kind: KindQualityAssessment, Timeout: 30 * time.Second},
	{Kind: KindSitemapAnalysis, Timeout: time.Minute},
	{Kind: KindCompetitorDiscovery, Timeout: time.Minute},
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
	return info
}
