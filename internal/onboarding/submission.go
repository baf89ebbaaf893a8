package onboarding

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// SubmissionStatus is the state of a submission.
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
	// Network reports whether the work waits for websites or providers, and counts towards its
	// user's share of such work; Held whether it waits for the user's other work of that kind.
	Network, Held bool
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
	// AssumedScheme reports whether the address was entered without a scheme.
	AssumedScheme bool `json:"assumed_scheme,omitempty"`
	// TextSample is text that the user wrote.
	TextSample          string `json:"text_sample,omitempty"`
	BusinessDescription string `json:"business_description,omitempty"`
	// Industry, TargetAudience and BusinessGoals may accompany a text or a
	// description.
	Industry       string `json:"industry,omitempty"`
	TargetAudience string `json:"target_audience,omitempty"`
	BusinessGoals  string `json:"business_goals,omitempty"`
}

// StoredAnalysis is the analysis of one website as it is stored for a user.
type StoredAnalysis = StoredAnalysisOf[Judged]

// ShownStoredAnalysis is a StoredAnalysis as people read it.
type ShownStoredAnalysis = StoredAnalysisOf[string]

// StoredAnalysisOf is the shape of both; T is Judged or string.
type StoredAnalysisOf[T any] struct {
	// ID is the number by which clients name the analysis.
	ID int64
	// Website is what was analysed, "" for a text.
	Website string
	// LastWebsite is the website that was analysed last, "" for none; only LatestAnalysis sets it.
	LastWebsite  string
	SubmissionID uuid.UUID
	Analysis     AnalysisOf[T]
	// Provider is what made it: local, client, the model provider, mixed or unknown.
	Provider string
	// Version counts the versions of the analysis from 1, RestoredFrom is the one whose content
	// this one has again, 0 for none.
	Version, RestoredFrom int
	// Edited reports whether the user has changed the analysis.
	Edited    bool
	CreatedAt time.Time
	UpdatedAt time.Time
}

// NoResult says in a sentence why a submission has no result (yet), "" if it has one. work names it,
// e.g. "The analysis". Clients look for words: none of the sentences but those of a failure may speak
// of a website.
func (s Submission) NoResult(work string) string {
	switch s.Status {
	case SubmissionCompleted:
		return ""
	case SubmissionFailed:
		return s.FailureMessage
	case SubmissionSuperseded:
		return work + " was replaced by a newer request. Look at what that one brings."
	case SubmissionCancelled:
		return work + " was cancelled. Start again when you want it."
	default:
		if s.Held {
			return work + " waits for your other jobs and goes on in the background. Ask again in a moment for the result."
		}
		return work + " takes longer than usual and goes on in the background. Ask again in a moment for the result."
	}
}

// InputOf decodes the input of a submission.
func InputOf[T any](submission Submission) (input T, err error) {
	if err := json.Unmarshal(submission.Input, &input); err != nil {
		return input, fmt.Errorf("decode input of submission %s: %w", submission.ID, err)
	}
	return input, nil
}
