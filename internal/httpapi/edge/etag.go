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

// tagVersion is part of every ETag. Raise it with a release whose responses differ for the same state,
// by a field or a sentence: otherwise clients keep the old response until the state changes.
const tagVersion = "1"

// StateInput is the input of operations whose response has an ETag.
type StateInput struct {
	IfNoneMatch string `header:"If-None-Match" doc:"The ETag of an earlier answer: 304 if nothing has changed since." example:"W/\"1.0197c1d2-0000-7000-8000-000000000000.7\""`
}

// StateOutput is a response with an ETag, or 304.
type StateOutput[T any] struct {
	Status int
	ETag   string `header:"ETag" doc:"Weak; changes when the answer would."`
	Body   T
}

// Conditional returns a response with the body and its tag, or 304 if the client has it.
func Conditional[T any](in *StateInput, tag string, body T) *StateOutput[T] {
	if Matches(in.IfNoneMatch, tag) {
		return &StateOutput[T]{Status: http.StatusNotModified, ETag: tag}
	}
	return &StateOutput[T]{Status: http.StatusOK, ETag: tag, Body: body}
}

// TagOf returns the weak ETag of a response that shows the session and the given steps. The progress of
// a running step moves between two changes of the session, so it is part of the tag.
func TagOf(session onboarding.Session, steps ...onboarding.Step) string {
	var b strings.Builder
	b.WriteString(`W/"` + tagVersion + "." + session.ID.String() + "." + strconv.FormatInt(session.Version, 10))
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

// ContentTag returns the weak ETag of a body; equal bodies have equal tags. It saves reading the
// session for its version.
func ContentTag(body any) (string, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("encode the answer: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return `W/"` + tagVersion + "." + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`, nil
}

// ConditionalContent is Conditional with the tag of the content.
func ConditionalContent[T any](in *StateInput, body T) (*StateOutput[T], error) {
	tag, err := ContentTag(body)
	if err != nil {
		return nil, err
	}
	return Conditional(in, tag, body), nil
}
