package httpapi

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// How long an operation waits for the work that it queued: longWait for content that
// has to be fetched or written first, within the 60 s after which browsers give up;
// shortWait for what only has to be stored.
const (
	longWait  = 50 * time.Second
	shortWait = 2 * time.Second
)

// await waits for a submission of the caller, at most bound.
func (s *Server) await(ctx context.Context, submission onboarding.Submission, bound time.Duration) (onboarding.Submission, error) {
	return s.cfg.Submitter.Wait(ctx, user(ctx).ID, submission.ID, bound)
}

// awaitContent is await for an answer that has the content or says that the work goes
// on, which is no answer to repeat: see remember.
func (s *Server) awaitContent(ctx context.Context, submission onboarding.Submission, bound time.Duration) (onboarding.Submission, error) {
	submission, err := s.await(ctx, submission, bound)
	if goesOn, ok := ctx.Value(goesOnKey{}).(*bool); ok && submission.Status == onboarding.SubmissionInProgress {
		*goesOn = true
	}
	return submission, err
}

// goesOnKey is the key of a *bool that awaitContent sets.
type goesOnKey struct{}

// answered waits for work without a step and decodes its result into result. Without
// one short says why.
func (s *Server) answered(ctx context.Context, submission onboarding.Submission, work string, result any) (short string, err error) {
	submission, err = s.awaitContent(ctx, submission, longWait)
	if err != nil {
		return "", err
	}
	if short = shortfall(submission, work); short != "" {
		return short, nil
	}
	if err := json.Unmarshal(submission.Result, result); err != nil {
		return "", fmt.Errorf("decode result of submission %s: %w", submission.ID, err)
	}
	return "", nil
}

// shortfall says in a sentence why a submission has no result (yet), "" if it has
// one. work names it, e.g. "The analysis". Clients look for words: none of the
// sentences but those of a failure may speak of a website.
func shortfall(submission onboarding.Submission, work string) string {
	switch submission.Status {
	case onboarding.SubmissionCompleted:
		return ""
	case onboarding.SubmissionFailed:
		return submission.FailureMessage
	case onboarding.SubmissionSuperseded:
		return work + " was replaced by a newer request. Look at what that one brings."
	case onboarding.SubmissionCancelled:
		return work + " was cancelled. Start again when you want it."
	default:
		return work + " takes longer than usual and goes on in the background. Ask again in a moment for the result."
	}
}

// contentTag returns the weak ETag of an answer that is made from one row: reading
// the session for its version would be a second round trip. Equal bodies have equal
// tags.
func contentTag(body any) (string, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return "", fmt.Errorf("encode the answer: %w", err)
	}
	sum := sha256.Sum256(encoded)
	return `W/"` + shape + "." + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`, nil
}

// answerContent is answer with the tag of the body's content.
func answerContent[T any](in *StateInput, body T) (*stateOutput[T], error) {
	tag, err := contentTag(body)
	if err != nil {
		return nil, err
	}
	return answer(in, tag, body), nil
}

// orEmpty returns the text of an optional field, "" if it is null or left out.
func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// textOrNil returns a text as answers have it: null for none.
func textOrNil(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// moved says of an input error below the path from that it is below to, where the
// body has the value; with to "" the value is the body itself.
func moved(err error, from, to string) error {
	return renameField(err, func(field string) string {
		rest, found := strings.CutPrefix(field, from)
		if !found {
			return field
		}
		return cmp.Or(strings.TrimPrefix(to+rest, "."), "body")
	})
}

// waits gives an operation that waits up to bound the time to answer after it.
func waits(bound time.Duration) map[string]any {
	return map[string]any{deadline: bound + 5*time.Second}
}

// waitingRoutes returns the operations that may take longer than others because they
// wait for work, by method and pattern of the route.
func waitingRoutes(document *huma.OpenAPI) map[string]bool {
	waiting := map[string]bool{}
	for path, item := range document.Paths {
		for _, operation := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if operation != nil && operation.Metadata[deadline] != nil {
				waiting[operation.Method+" "+pathParameter.ReplaceAllString(path, ":$1")] = true
			}
		}
	}
	return waiting
}

// pathParameter is a parameter as OpenAPI writes it.
var pathParameter = regexp.MustCompile(`\{(\w+)\}`)
