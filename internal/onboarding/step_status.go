package onboarding

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// StepStatus is the state of a step: that of its newest submission.
type StepStatus string

// The statuses of a step.
const (
	StepPending    StepStatus = "pending"
	StepInProgress StepStatus = "in_progress"
	StepCompleted  StepStatus = "completed"
	StepSkipped    StepStatus = "skipped"
	StepFailed     StepStatus = "failed"
)

// transitions is the status machine: the statuses that may follow each status. A newer
// submission replaces a running one, so in_progress follows itself; a reset leads from
// every status to pending.
var transitions = map[StepStatus][]StepStatus{
	StepPending:    {StepInProgress, StepCompleted, StepSkipped, StepPending},
	StepInProgress: {StepCompleted, StepFailed, StepInProgress, StepPending},
	StepCompleted:  {StepInProgress, StepCompleted, StepPending},
	StepSkipped:    {StepInProgress, StepCompleted, StepPending},
	StepFailed:     {StepInProgress, StepCompleted, StepPending},
}

// Transitions returns the status machine: the statuses that may follow each status.
func Transitions() map[StepStatus][]StepStatus {
	return maps.Clone(transitions)
}

// CanBecome reports whether a step in status s may be set to next.
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

// Done reports whether the step counts: it is completed, skipped, or holds a result that no
// reset has cleared. A newer submission that runs or fails does not undo it.
func (s Step) Done() bool {
	return s.Status == StepCompleted || s.Status == StepSkipped || s.ResultSubmissionID != nil
}
