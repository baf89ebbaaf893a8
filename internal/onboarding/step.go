package onboarding

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// StepNumber is the number of a step, 1 to 6.
type StepNumber int

// The six steps, in the order in which the wizard shows them.
const (
	StepProviders       StepNumber = 1
	StepWebsite         StepNumber = 2
	StepResearch        StepNumber = 3
	StepPersonalization StepNumber = 4
	StepIntegrations    StepNumber = 5
	StepFinish          StepNumber = 6
)

// StepCount is the number of steps.
const StepCount = 6

// Valid tells whether n is the number of a step.
func (n StepNumber) Valid() bool { return n >= 1 && n <= StepCount }

// StepInfo is what people are shown of a step.
type StepInfo struct {
	Number      StepNumber
	Title       string
	Description string
}

var stepInfos = [StepCount]StepInfo{
	{StepProviders, "AI LLM Providers", "Store the API keys of the model providers that write for you."},
	{StepWebsite, "Website Analysis", "Analyse your website to learn how you write and for whom."},
	{StepResearch, "AI Research", "Choose how deeply and for which kinds of content to research."},
	{StepPersonalization, "Personalization", "Generate the personas that write in your voice on each platform."},
	{StepIntegrations, "Integrations", "Connect the platforms that you publish on."},
	{StepFinish, "Complete Setup", "Review everything and finish."},
}

// Info returns what people are shown of step n, which must be valid.
func (n StepNumber) Info() StepInfo { return stepInfos[n-1] }

// StepStatus is where a step stands.
type StepStatus string

// The statuses of a step.
const (
	StepPending    StepStatus = "pending"
	StepInProgress StepStatus = "in_progress"
	StepCompleted  StepStatus = "completed"
	StepSkipped    StepStatus = "skipped"
	StepFailed     StepStatus = "failed"
)

// transitions is the status machine: from each status, the statuses that may
// follow. in_progress follows itself when a newer submission replaces a running
// one; every status goes back to pending by reset.
var transitions = map[StepStatus][]StepStatus{
	StepPending:    {StepInProgress, StepCompleted, StepSkipped, StepPending},
	StepInProgress: {StepCompleted, StepFailed, StepInProgress, StepPending},
	StepCompleted:  {StepInProgress, StepCompleted, StepPending},
	StepSkipped:    {StepInProgress, StepCompleted, StepPending},
	StepFailed:     {StepInProgress, StepCompleted, StepPending},
}

// Skippable tells whether step n may be skipped.
func (n StepNumber) Skippable() bool {
	return n == StepProviders || n == StepResearch || n == StepIntegrations
}

// Required tells whether step n must be done to finish. A required step may be
// done by skipping it.
func (n StepNumber) Required() bool {
	return n == StepWebsite || n == StepResearch || n == StepPersonalization
}

// Transitions returns the status machine: from each status, the statuses that may
// follow.
func Transitions() map[StepStatus][]StepStatus {
	table := make(map[StepStatus][]StepStatus, len(transitions))
	for from, to := range transitions {
		table[from] = slices.Clone(to)
	}
	return table
}

// CanBecome tells whether a step in status s may be set to next.
func (s StepStatus) CanBecome(next StepStatus) bool {
	return slices.Contains(transitions[s], next)
}

// Step is one step of a user's onboarding.
type Step struct {
	Number StepNumber
	Status StepStatus
	// SubmissionID is the newest submission of the step, nil before the first.
	SubmissionID *uuid.UUID
	// ResultSubmissionID is the submission whose result is held, nil before the
	// first result and after a reset.
	ResultSubmissionID *uuid.UUID
	StartedAt          *time.Time
	CompletedAt        *time.Time
	UpdatedAt          time.Time
	// FailureCode and FailureMessage say why the newest submission failed; both
	// are "" in any other status than failed.
	FailureCode    FailureCode
	FailureMessage string
	// Website is the address that the newest submission was made from, "" if none.
	Website string
	// Kind is the kind of the newest submission, "" before the first.
	Kind Kind
	// Data is what was submitted for a step that completes at once, nil before.
	Data []byte
	// Progress is that of the newest submission, meaningful while in progress.
	Progress Progress
}

// Done tells whether the step counts: completed, skipped, or holding a result
// while a newer submission runs or after it failed.
func (s Step) Done() bool {
	return s.Status == StepCompleted || s.Status == StepSkipped || s.ResultSubmissionID != nil
}
