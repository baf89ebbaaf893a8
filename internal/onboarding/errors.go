package onboarding

import (
	"errors"
	"fmt"
	"strings"
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
	// ErrUnreachable says that a provider could not be connected to or did not answer in time. It
	// is the cause of a *Failure.
	ErrUnreachable = errors.New("unreachable")
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

// subjects are how the reasons of an InputError begin that leave it to the reader which field they are about.
var subjects = [...]string{
	"This is ", "This must ", "The text is ", "The text holds ", "The list is ", "The number is ",
}

// Sentence is the reason with the name of the field, for those who are shown nothing else.
func (e *InputError) Sentence() string {
	for _, subject := range subjects {
		if rest, found := strings.CutPrefix(e.Reason, subject); found && e.Field != "" {
			_, verb, _ := strings.Cut(strings.TrimSpace(subject), " ")
			verb = verb[strings.LastIndexByte(verb, ' ')+1:]
			return "The field " + e.Field + " " + verb + " " + rest
		}
	}
	return e.Reason
}

// InputErrors is an InputError with what is wrong in each of several places.
type InputErrors struct {
	// Whole sums up the rest.
	Whole *InputError
	Each  []InputError
}

func (e *InputErrors) Error() string { return e.Whole.Error() }

func (e *InputErrors) Unwrap() error { return e.Whole }

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

// WrongType is the error of a field that has another type than it must; want names the
// right one, for example "an object".
func WrongType(path, want string) error {
	return &InputError{path, "invalid_field", "This must be " + want + "."}
}
