package onboarding

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// Kind is a kind of work. It is also the kind of the job that does it.
type Kind string

// The kinds of work.
const (
	// KindWebsiteAnalysis analyses a website or a text of the user (step 2).
	KindWebsiteAnalysis Kind = "website_analysis"
	// KindAnalysisImport stores an analysis that the client posted (step 2).
	KindAnalysisImport Kind = "analysis_import"
	// KindPersonaGeneration makes the personas (step 4).
	KindPersonaGeneration Kind = "persona_generation"
	// KindPersonaImport stores personas that the client posted (step 4).
	KindPersonaImport Kind = "persona_import"
	// KindPersonalizationInputs builds the personalization inputs.
	KindPersonalizationInputs Kind = "personalization_inputs"
	// KindKeyValidation makes a cheap live call with each stored key.
	KindKeyValidation Kind = "api_key_validation"
	// KindWebsitePreview analyses a website or a text for the answer of one call.
	KindWebsitePreview Kind = "website_preview"
	// KindQualityAssessment scores personas that the client sends.
	KindQualityAssessment Kind = "quality_assessment"
	// KindSitemapAnalysis reads the sitemap of a website.
	KindSitemapAnalysis Kind = "sitemap_analysis"
	// KindCompetitorDiscovery asks a search provider for similar websites.
	KindCompetitorDiscovery Kind = "competitor_discovery"
)

// SubmissionStatus is where a submission stands.
type SubmissionStatus string

// The statuses of a submission; all but the first are final.
const (
	SubmissionInProgress SubmissionStatus = "in_progress"
	SubmissionCompleted  SubmissionStatus = "completed"
	SubmissionFailed     SubmissionStatus = "failed"
	SubmissionSuperseded SubmissionStatus = "superseded"
	SubmissionCancelled  SubmissionStatus = "cancelled"
)

// Submission is one piece of work that a user asked for.
type Submission struct {
	ID        uuid.UUID
	SessionID uuid.UUID
	UserID    string
	Kind      Kind
	// Step is the step that the work completes, 0 if it belongs to none.
	Step   StepNumber
	Status SubmissionStatus
	// Input is what the work starts from, a JSON object without secrets.
	Input json.RawMessage
	JobID int64
	// Snoozed is the time that the work has spent waiting for others' rate limits.
	Snoozed        time.Duration
	Progress       Progress
	FailureCode    FailureCode
	FailureMessage string
	// Result is what came out, if that is not stored elsewhere.
	Result     json.RawMessage
	CreatedAt  time.Time
	FinishedAt *time.Time
}

// AnalysisImport is the input of an analysis import.
type AnalysisImport struct {
	// Website is the address in the form of NormalizeURL, "" if there is none.
	Website string `json:"website"`
	// Analysis is what ParseFlatAnalysis has accepted.
	Analysis json.RawMessage `json:"analysis"`
}

// WebsiteInput is the input of a website analysis: an address, or for users without
// a website a text of theirs or the description of their business.
type WebsiteInput struct {
	// Website is the address in the form of NormalizeURL, "" if there is none.
	Website string `json:"website,omitempty"`
	// TextSample is text that the user wrote.
	TextSample          string `json:"text_sample,omitempty"`
	BusinessDescription string `json:"business_description,omitempty"`
	// Industry, TargetAudience and BusinessGoals may stand beside a text or a
	// description.
	Industry       string `json:"industry,omitempty"`
	TargetAudience string `json:"target_audience,omitempty"`
	BusinessGoals  string `json:"business_goals,omitempty"`
}

// StoredAnalysis is the analysis of one website as it is stored for a user.
type StoredAnalysis struct {
	// ID is the number by which clients name the analysis.
	ID           int64
	Website      string
	SubmissionID uuid.UUID
	Analysis     Analysis
	CreatedAt    time.Time
	UpdatedAt    time.Time
}
