package flow

import (
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Timeouts bound one run of each kind that belongs to a submission. A website
// analysis has the crawl's own budget of 40 s within it, and a model may be asked
// several times; a persona generation asks for the core and then for all platforms
// at once.
var Timeouts = map[onboarding.Kind]time.Duration{
	onboarding.KindWebsiteAnalysis:       4 * time.Minute,
	onboarding.KindAnalysisImport:        30 * time.Second,
	onboarding.KindPersonaGeneration:     5 * time.Minute,
	onboarding.KindPersonaImport:         30 * time.Second,
	onboarding.KindPersonalizationInputs: 30 * time.Second,
	onboarding.KindKeyValidation:         time.Minute,
	onboarding.KindWebsitePreview:        4 * time.Minute,
	onboarding.KindQualityAssessment:     30 * time.Second,
	onboarding.KindSitemapAnalysis:       time.Minute,
	onboarding.KindCompetitorDiscovery:   time.Minute,
}
