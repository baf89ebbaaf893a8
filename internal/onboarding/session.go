package onboarding

import (
	"math"
	"time"

	"github.com/google/uuid"
)

// Session is one user's onboarding: the root of everything stored about them.
type Session struct {
	ID     uuid.UUID
	UserID string
	// Version grows by one with every change of a step. It numbers the step
	// events and identifies the state.
	Version     int64
	StartedAt   time.Time
	UpdatedAt   time.Time
	CompletedAt *time.Time
	Steps       [StepCount]Step
}

// Step returns step n, which must be valid.
func (s Session) Step(n StepNumber) Step { return s.Steps[n-1] }

// CurrentStep returns the highest step that is done, at least 1.
func (s Session) CurrentStep() StepNumber {
	for n := StepNumber(StepCount); n > 1; n-- {
		if s.Step(n).Done() {
			return n
		}
	}
	return 1
}

// NextStep returns the lowest step that is not done, 0 when all are.
func (s Session) NextStep() StepNumber {
	for n := StepNumber(1); n <= StepCount; n++ {
		if !s.Step(n).Done() {
			return n
		}
	}
	return 0
}

// CompletionPercentage returns how much is done, 0 to 100: each step counts once.
func (s Session) CompletionPercentage() int {
	done := 0
	for _, step := range s.Steps {
		if step.Done() {
			done++
		}
	}
	return int(math.Round(float64(done) / StepCount * 100))
}

// IsCompleted reports whether the user has finished the onboarding.
func (s Session) IsCompleted() bool { return s.CompletedAt != nil }

// CanFinish reports whether all required steps are done.
func (s Session) CanFinish() bool { return len(StepFinish.Missing(s.Steps)) == 0 }

// MissingFor says in sentences which steps must be done before step n.
func (s Session) MissingFor(n StepNumber) []string {
	missing := []string{}
	for _, step := range n.Missing(s.Steps) {
		if step.Status == StepInProgress {
			missing = append(missing, "Step "+step.Number.Label()+" is still in progress. Try again in a moment.")
		} else {
			missing = append(missing, "Complete step "+step.Number.Label()+" first.")
		}
	}
	return missing
}
