package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// shape is part of every ETag. Raise it with a release whose answers differ for
// the same state, be it by a field or by a sentence: else clients keep the old
// answer until the state changes.
const shape = "1"

// conditional marks an operation whose answer has an ETag and may be 304.
const conditional = "conditional"

// StateInput is the input of every operation that answers with state.
type StateInput struct {
	IfNoneMatch string `header:"If-None-Match" doc:"The ETag of an earlier answer: 304 if nothing has changed since." example:"W/\"1.0197c1d2-0000-7000-8000-000000000000.7\""`
}

// stateOutput is an answer about state, or 304.
type stateOutput[T any] struct {
	Status int
	ETag   string `header:"ETag" doc:"Weak; changes when the answer would."`
	Body   T
}

// answer returns body under tag, or 304 when the client has it.
func answer[T any](in *StateInput, tag string, body T) *stateOutput[T] {
	if matches(in.IfNoneMatch, tag) {
		return &stateOutput[T]{Status: http.StatusNotModified, ETag: tag}
	}
	return &stateOutput[T]{Status: http.StatusOK, ETag: tag, Body: body}
}

// tagOf returns the weak ETag of an answer that shows the session and, of the
// given steps, the progress of those that are being worked on: it moves between
// two changes of the session.
func tagOf(session onboarding.Session, steps ...onboarding.Step) string {
	var b strings.Builder
	b.WriteString(`W/"` + shape + "." + session.ID.String() + "." + strconv.FormatInt(session.Version, 10))
	for _, step := range steps {
		if step.Status == onboarding.StepInProgress {
			b.WriteString("." + strconv.FormatFloat(step.Progress.At(), 'f', 2, 64))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// matches compares weakly, as RFC 9110 section 13.1.2 has it for If-None-Match.
func matches(ifNoneMatch, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for candidate := range strings.SplitSeq(ifNoneMatch, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}
