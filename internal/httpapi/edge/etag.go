package edge

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// StateInput is the input of operations whose response has an ETag.
type StateInput struct {
	IfNoneMatch string `header:"If-None-Match" doc:"The ETag of an earlier response: 304 if nothing has changed since." example:"W/\"Zx0LmPb1qUuCQbpLyCw4Jg\""`
}

// StateOutput is a response with an ETag, or 304.
type StateOutput[T any] struct {
	Status int
	ETag   string `header:"ETag" doc:"Weak; changes when the response does."`
	Body   T
}

// Conditional returns a response with the body and its weak ETag, 304 if the client has it, or err if that
// is not nil. Equal bodies have equal ETags.
func Conditional[T any](in *StateInput, body T, err error) (*StateOutput[T], error) {
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("encode the response: %w", err)
	}
	sum := sha256.Sum256(encoded)
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
	if Matches(in.IfNoneMatch, tag) {
		return &StateOutput[T]{Status: http.StatusNotModified, ETag: tag}, nil
	}
	return &StateOutput[T]{Status: http.StatusOK, ETag: tag, Body: body}, nil
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
