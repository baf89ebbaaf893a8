package jobs

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// The queues. Interactive holds the work that a user waits for.
const (
	QueueInteractive = "interactive"
	QueueBulk        = "bulk"
)

// Work names the submission that a job works on, and what its predecessors used
// up. It is the whole args of every kind: no content, no secrets.
type Work struct {
	SubmissionID uuid.UUID `json:"submission_id"`
	UserID       string    `json:"user_id"`
	// Recoveries counts the jobs of the submission whose worker was lost.
	Recoveries int `json:"recoveries"`
	// AttemptsUsed counts the failed attempts of those jobs.
	AttemptsUsed int `json:"attempts_used"`
}

// The args of each kind.
type (
	websiteAnalysisArgs       struct{ Work }
	analysisImportArgs        struct{ Work }
	personaGenerationArgs     struct{ Work }
	personaImportArgs         struct{ Work }
	personalizationInputsArgs struct{ Work }
	keyValidationArgs         struct{ Work }
	websitePreviewArgs        struct{ Work }
	qualityAssessmentArgs     struct{ Work }
	sitemapAnalysisArgs       struct{ Work }
	competitorDiscoveryArgs   struct{ Work }
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

// kindArgs are args of a kind known at run time only.
type kindArgs struct {
	kind string
	Work
}

// Kind returns the kind of the job.
func (a kindArgs) Kind() string { return a.kind }

// maxAttempts is what River is told. The budget of the submission ends a job long
// before; River must not discard one whose submission is still in progress.
const maxAttempts = 1000

// timeouts bound one run of each kind that belongs to a submission. A website
// analysis has the crawl's own budget of 40 s within it, and a model may be asked
// several times; a persona generation asks for the core and then for all platforms
// at once.
var timeouts = map[onboarding.Kind]time.Duration{
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

// riverTimeout is what River is told: later than ours, because only our own end
// of a run is applied to the submission.
func riverTimeout(kind onboarding.Kind) time.Duration { return timeouts[kind] + 2*abandonAfter }

// rescueAfter is an hour beyond the longest timeout.
func rescueAfter() time.Duration {
	longest := time.Duration(0)
	for kind := range timeouts {
		longest = max(longest, riverTimeout(kind))
	}
	return longest + time.Hour
}

// workOf reads the args of a job.
func workOf(job *rivertype.JobRow) (Work, error) {
	var work Work
	if err := json.Unmarshal(job.EncodedArgs, &work); err != nil {
		return work, fmt.Errorf("decode args of job %d: %w", job.ID, err)
	}
	return work, nil
}

// insertOpts are the options of every job.
func insertOpts(queue string) *river.InsertOpts {
	return &river.InsertOpts{Queue: queue, MaxAttempts: maxAttempts}
}
