package onboarding

import (
	"errors"
	"fmt"
	"time"
)

// Errors that callers branch on. The edges (HTTP and jobs) map each of them in
// one table.
var (
	// ErrNotFound says that the thing does not exist, or not for this user.
	ErrNotFound = errors.New("not found")
	// ErrSuperseded says that the work is no longer wanted: its submission was
	// replaced, cancelled or finished by another job.
	ErrSuperseded = errors.New("superseded")
)

// InputError says that a submitted value can't be accepted.
type InputError struct {
	// Field is the JSON path of the value, e.g. "data.website".
	Field string
	// Code is stable, lower snake case.
	Code string
	// Reason is one sentence that tells the user what to do. It never holds the
	// value.
	Reason string
}

func (e *InputError) Error() string { return e.Field + ": " + e.Reason }

// RateLimitError says that the other side asked to wait. It uses up no attempt.
type RateLimitError struct {
	// RetryAfter is how long the other side asked to wait, zero if it did not say.
	RetryAfter time.Duration
	// Subject names the other side: a host or a provider.
	Subject string
}

func (e *RateLimitError) Error() string {
	return fmt.Sprintf("%s asks to wait %s", e.Subject, e.RetryAfter)
}

// ConflictError says that what was asked for does not fit the state.
type ConflictError struct {
	// Code is stable, lower snake case.
	Code string
	// Reason is one sentence that tells the user what to do.
	Reason string
	// RetryAfter is when the same request makes sense again, zero if it is not a
	// matter of time.
	RetryAfter time.Duration
}

func (e *ConflictError) Error() string { return e.Code + ": " + e.Reason }
