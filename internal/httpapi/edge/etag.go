package edge

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// shape is part of every ETag. Raise it with a release whose answers differ for
// the same state, be it by a field or by a sentence: else clients keep the old
// answer until the state changes.
const shape = "1"

// StateInput is the input of every operation that answers with state.
type StateInput struct {
	IfNoneMatch string `header:"If-None-Match" doc:"The ETag of an earlier answer: 304 if nothing has changed since." example:"W/\"1.0197c1d2-0000-7000-8000-000000000000.7\""`
}

// StateOutput is an answer about state, or 304.
type StateOutput[T any] struct {
	Status int
	ETag   string `header:"ETag" doc:"Weak; changes when the answer would."`
	Body   T
}

// Answer returns body under tag, or 304 when the client has it.
func Answer[T any](in *StateInput, tag string, body T) *StateOutput[T] {
	if Matches(in.IfNoneMatch, tag) {
		return &StateOutput[T]{Status: http.StatusNotModified, ETag: tag}
	}
	return &StateOutput[T]{Status: http.StatusOK, ETag: tag, Body: body}
}

// TagOf returns the weak ETag of an answer that shows the session and, of the
// given steps, the progress of those that are being worked on: it moves between
// two changes of the session.
func TagOf(session onboarding.Session, steps ...onboarding.Step) string {
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

// Matches compares weakly, as RFC 9110 section 13.1.2 has it for If-None-Match.
func Matches(ifNoneMatch, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for candidate := range strings.SplitSeq(ifNoneMatch, ",") {
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}

// ContentTag returns the weak ETag of an answer that is made from one row: reading
// the session for its version would be a second round trip. Equal bodies have equal
// tags.
func ContentTag(body any) (string, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("encode the answer: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return `W/"` + shape + "." + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`, nil
}

// AnswerContent is answer with the tag of the body's content.
func AnswerContent[T any](in *StateInput, body T) (*StateOutput[T], error) {
	tag, err := ContentTag(body)
	if err != nil {
		return nil, err
	}
	return Answer(in, tag, body), nil
}
