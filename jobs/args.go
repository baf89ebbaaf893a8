package jobs

import (
	"time"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/queue"
)

// The args of each kind.
type (
	websiteAnalysisArgs       struct{ queue.Work }
	analysisImportArgs        struct{ queue.Work }
	personaGenerationArgs     struct{ queue.Work }
	personaImportArgs         struct{ queue.Work }
	personalizationInputsArgs struct{ queue.Work }
	keyValidationArgs         struct{ queue.Work }
	websitePreviewArgs        struct{ queue.Work }
	qualityAssessmentArgs     struct{ queue.Work }
	sitemapAnalysisArgs       struct{ queue.Work }
	competitorDiscoveryArgs   struct{ queue.Work }
)

func (websiteAnalysisArgs) Kind() string       { return string(onboarding.KindWebsiteAnalysis) }
func (analysisImportArgs) Kind() string        { return string(onboarding.KindAnalysisImport) }
func (personaGenerationArgs) Kind() string     { return string(onboarding.KindPersonaGeneration) }
func (personaImportArgs) Kind() string         { return string(onboarding.KindPersonaImport) }
func (personalizationInputsArgs) Kind() string { return string(onboarding.KindPersonalizationInputs) }
func (keyValidationArgs) Kind() string         { return string(onboarding.KindKeyValidation) }
func (websitePreviewArgs) Kind() string        { return string(onboarding.KindWebsitePreview) }
func (qualityAssessmentArgs) Kind() string     { return string(onboarding.KindQualityAssessment) }
func (sitemapAnalysisArgs) Kind() string       { return string(onboarding.KindSitemapAnalysis) }
func (competitorDiscoveryArgs) Kind() string   { return string(onboarding.KindCompetitorDiscovery) }

// riverTimeout is what River is told: later than ours, because only our own end
// of a run is applied to the submission.
func riverTimeout(kind onboarding.Kind) time.Duration { return flow.Timeouts[kind] + 2*abandonAfter }

// rescueAfter is an hour beyond the longest timeout.
func rescueAfter() time.Duration {
	longest := time.Duration(0)
	for kind := range flow.Timeouts {
		longest = max(longest, riverTimeout(kind))
	}
	return longest + time.Hour
}
