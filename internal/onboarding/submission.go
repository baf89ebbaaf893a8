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
	KindWebsiteAnalysis Kind = "website_analysis"
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
	CreatedAt      time.Time
	FinishedAt     *time.Time
}

// WebsiteInput is the input of a website analysis.
type WebsiteInput struct {
	// Website is the address in the form of NormalizeURL.
	Website string `json:"website"`
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
