package onboarding

import (
	"time"

	"github.com/google/uuid"
)

// StepEvent is one entry in the history of a session's steps: a step as it was
// after one change.
type StepEvent struct {
	// Version is the session's version that the change made.
	Version      int64
	Step         StepNumber
	Status       StepStatus
	SubmissionID *uuid.UUID
	// Progress, Phase and Message are those of the submission.
	Progress float64
	Phase    string
	Message  string
	// FailureCode is "" unless the step failed; Message then says why.
	FailureCode FailureCode
	// Age is the time since the change, by the database's clock.
	Age time.Duration
}

// Change is what happened to a session after a version of it.
type Change struct {
	// Session holds the id, the user, the version, the end and of each step the
	// status and the result; nothing else.
	Session Session
	// Events are the step events that follow the version, in order. There may be
	// more: the last one's version is then below the session's.
	Events []StepEvent
	// Gone says that there is no such session any more; Session then holds its id
	// only.
	Gone bool
}
