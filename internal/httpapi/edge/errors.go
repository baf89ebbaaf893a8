package edge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// RetryAfter is the wait that responses ask for when a dependency is down.
const RetryAfter = 2 * time.Second

// sentinels maps errors without data.
var sentinels = []struct {
	err          error
	status       int
	code, detail string
}{
	{onboarding.ErrNotFound, http.StatusNotFound, "not_found", "There is nothing at this address; check it."},
	{
		onboarding.ErrSuperseded, http.StatusConflict, "superseded",
		"A newer request took the place of this one; look at the step again.",
	},
	{auth.ErrToken, http.StatusUnauthorized, "invalid_token", "Your sign-in has expired or is not valid; sign in again."},
}

// statusProblems maps the statuses that Fiber and huma decide on by themselves.
var statusProblems = map[int]struct{ code, detail string }{
	http.StatusNotFound: {
		"unknown_path",
		"This service has no such path. Check it, or send it to the service that it belongs to.",
	},
	http.StatusMethodNotAllowed: {
		"method_not_allowed",
		"This address does not answer to this method; the Allow header lists those it does.",
	},
	http.StatusRequestTimeout:        {"request_timeout", "The request took too long to arrive; send it again."},
	http.StatusRequestEntityTooLarge: {"body_too_large", "The request is too large; send a smaller one."},
	http.StatusUnsupportedMediaType:  {"unsupported_media_type", "Send the body as application/json."},
	http.StatusRequestHeaderFieldsTooLarge: {
		"headers_too_large",
		"The headers of the request are too large; they may have 16 KB.",
	},
	http.StatusBadRequest: {"bad_request", "The request could not be understood; check how it is made."},
}

// ProblemOf maps an error to its problem; nothing else does. The order of the cases matters: specific
// errors come before general ones.
func ProblemOf(err error) *Problem {
	var (
		problem *Problem
		input   *onboarding.InputError
		several *onboarding.InputErrors
		clash   *onboarding.ConflictError
		limit   *onboarding.RateLimitError
		used    *onboarding.LimitError
		routing *fiber.Error
	)
	switch {
	case errors.As(err, &problem):
		return problem
	case errors.As(err, &input):
		p := NewProblem(http.StatusBadRequest, input.Code, input.Sentence())
		each := []onboarding.InputError{*input}
		if errors.As(err, &several) {
			each = several.Each
		}
		for _, one := range each {
			p.Errors = append(p.Errors, FieldProblem{Field: one.Field, Reason: one.Reason})
		}
		return p
	case errors.As(err, &clash):
		p := NewProblem(http.StatusConflict, clash.Code, clash.Reason)
		if clash.RetryAfter > 0 {
			return p.WithRetryAfter(clash.RetryAfter)
		}
		return p
	case errors.As(err, &used):
		return NewProblem(http.StatusTooManyRequests, used.Code, used.Reason).WithRetryAfter(used.RetryAfter)
	case errors.As(err, &limit):
		return NewProblem(http.StatusTooManyRequests, "rate_limited",
			"There were too many requests; wait a moment and try again.").WithRetryAfter(limit.RetryAfter).WithCause(err)
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			return NewProblem(s.status, s.code, s.detail).WithCause(err)
		}
	}
	switch {
	case errors.Is(err, auth.ErrKeysUnavailable):
		return NewProblem(http.StatusServiceUnavailable, "auth_unavailable",
			"Your sign-in can't be checked right now; try again in a moment.").WithRetryAfter(RetryAfter).WithCause(err)
	case postgres.Unavailable(err):
		return NewProblem(http.StatusServiceUnavailable, "database_unavailable",
			"The service can't reach its database right now; try again in a moment.").WithRetryAfter(RetryAfter).WithCause(err)
	case errors.Is(err, context.DeadlineExceeded):
		return NewProblem(http.StatusServiceUnavailable, "timeout",
			"The request took too long; try again in a moment.").WithRetryAfter(RetryAfter).WithCause(err)
	case errors.As(err, &routing):
		return StatusProblem(routing.Code).WithCause(err)
	}
	return internalProblem(err)
}

func internalProblem(cause error) *Problem {
	return NewProblem(http.StatusInternalServerError, "internal_error",
		"Something went wrong on our side; try again, and contact support with the request id if it "+
			"keeps failing.").WithCause(cause)
}

// StatusProblem is the problem of a status that a framework chose. The framework's text is dropped: it
// may repeat the request.
func StatusProblem(status int) *Problem {
	known, ok := statusProblems[status]
	switch {
	case ok:
		return NewProblem(status, known.code, known.detail)
	case status >= 400 && status < 500:
		return NewProblem(status, "bad_request", "The request could not be understood; check how it is made.")
	default:
		return internalProblem(fmt.Errorf("framework answered %d", status))
	}
}

// problemOfHuma is the problem of a request that huma refused. Invalid input is 400, an impossible path
// is 404. It names what the schema expects, never a value; example is a valid body, or "".
func problemOfHuma(e *huma.ErrorModel, example string) *Problem {
	if e.Status >= 500 {
		return internalProblem(fmt.Errorf("huma: %s", e.Detail))
	}
	if e.Status == http.StatusUnsupportedMediaType || e.Status == http.StatusRequestEntityTooLarge {
		return StatusProblem(e.Status)
	}
	var fields []FieldProblem
	for _, d := range e.Errors {
		if d == nil {
			continue
		}
		if d.Location == "path.n" {
			return NoSuchStep()
		}
		if strings.HasPrefix(d.Location, "path.") {
			return ProblemOf(onboarding.ErrNotFound)
		}
		fields = append(fields, fieldProblem(e.Status, d))
		if len(fields) == maxFieldProblems {
			break
		}
	}
	if len(fields) == 0 { // the body is missing altogether
		fields = []FieldProblem{{Field: "body", Reason: reasonRequired}}
	}
	p := NewProblem(http.StatusBadRequest, codeOf(fields[0]), adviceOn(fields[0], example))
	p.Errors = fields
	return p
}

// adviceOn says what to do about the first thing that is wrong with the input.
func adviceOn(f FieldProblem, example string) string {
	switch {
	case f.Reason == reasonNotJSON:
		return "The body of the request is not valid JSON. Correct it and send it again."
	case f.Reason == reasonWrongType && f.Field == "body":
		return "A field of the body has the wrong type. Correct it and send the request again."
	case f.Reason == reasonWrongType:
		return "The field " + f.Field + " has the wrong type. Correct it and send the request again."
	case f.Field == "body" && example == "":
		return "Send a JSON object as the body of the request."
	case f.Field == "body" || f.Field == "data" && example != "":
		return "Send a JSON object" + example
	default:
		return fmt.Sprintf("Correct the field %s and send the request again: %s.", f.Field, f.Reason)
	}
}

const (
	reasonRequired  = "it is required"
	reasonNotJSON   = "it is not valid JSON"
	reasonWrongType = "a field has the wrong type"
)

// maxFieldProblems bounds the errors of a problem: a list of 1 MiB can be wrong in every element.
const maxFieldProblems = 20

// fieldProblem describes one finding of huma. Huma's message names what the schema expects, but repeats
// a part of a body that is no JSON.
func fieldProblem(status int, d *huma.ErrorDetail) FieldProblem {
	field := strings.TrimPrefix(strings.TrimPrefix(d.Location, "body."), "header.")
	if status == http.StatusBadRequest {
		return FieldProblem{Field: field, Reason: reasonNotJSON}
	}
	// The schema compares the names of fields exactly, the decoder without their case.
	if strings.HasPrefix(d.Message, "json: ") {
		return FieldProblem{Field: cmp.Or(decodedField(d.Message), field), Reason: reasonWrongType}
	}
	if name, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		name, _, _ = strings.Cut(name, " ")
		return FieldProblem{Field: JoinField(field, name), Reason: reasonRequired}
	}
	return FieldProblem{Field: field, Reason: d.Message}
}

// decodedField returns the path of the field that the decoder could not read, "" if it does not say: "json: cannot
// unmarshal string into Go struct field CompleteBody.data.x of type int".
func decodedField(message string) string {
	_, named, _ := strings.Cut(message, " Go struct field ")
	named, _, _ = strings.Cut(named, " ")
	_, path, _ := strings.Cut(named, ".")
	return path
}

// Missing gives what does not exist, or not for this user, a code and a sentence of its own; other errors stay.
func Missing(err error, code, detail string) error {
	if !errors.Is(err, onboarding.ErrNotFound) {
		return err
	}
	return NewProblem(http.StatusNotFound, code, detail).WithCause(err)
}

// JoinField returns the path of a field of parent, which is "" for the body itself.
func JoinField(parent, name string) string {
	if parent == "body" || parent == "" {
		return name
	}
	return parent + "." + name
}

func codeOf(f FieldProblem) string {
	switch f.Reason {
	case reasonRequired:
		return "required"
	case reasonNotJSON:
		return "invalid_json"
	default:
		return "invalid_field"
	}
}

// NoSuchStep is the problem of a number that no step has.
func NoSuchStep() *Problem {
	return NewProblem(http.StatusNotFound, "step_not_found", "There is no such step; the steps are numbered 1 to 6.")
}
