package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// publicPaths need no token.
var publicPaths = []string{
	"/healthz", "/readyz", "/openapi.json", "/docs", base + "/config", base + "/ai-research/configuration-options",
}

// Every operation of the document but the public ones refuses who has no token, before
// anything of the request is looked at.
func TestEveryOperationNeedsAToken(t *testing.T) {
	t.Parallel()
	f := works(t)
	document, err := described()
	require.NoError(t, err)
	tried := 0
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			if isPublic(path) || path == base+"/ws" { // what is no WebSocket is refused first there
				continue
			}
			if operation.Security == nil {
				t.Errorf("%s %s does not say that it needs a token", method, path)
			}
			at := strings.NewReplacer("{n}", "2", "{id}", "1", "{provider}", "openai", "{user_id}", "1", "{url}", "a.example").Replace(path)
			requireProblem(t, f.send(method, at, "nonsense"), 401, "unauthenticated")
			tried++
		}
	}
	assert.Greater(t, tried, 25)
}

func isPublic(path string) bool {
	for _, public := range publicPaths {
		if strings.HasPrefix(path, public) {
			return true
		}
	}
	return false
}

func TestAnswersAboutStateAreConditional(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	paths := []string{
		base + "/init", base + "/summary", base + "/resume", base + "/research-preferences", pathKeys, stepPath(4, "/validate"), base + "/progress",
	}
	tags := map[string]string{}
	for _, path := range paths {
		tags[path] = f.as("ada", http.MethodGet, path, "").header.Get("ETag")
		require.Regexp(t, `^W/"1\..+"$`, tags[path], path)
		same := f.as("ada", http.MethodGet, path, "", "If-None-Match", tags[path])
		assert.Equal(t, 304, same.status, path)
		assert.Empty(t, same.body, path)
	}
	require.Equal(t, 200, f.submitStep(3, `{}`).status)
	require.Equal(t, 200, f.saveKey("openai", aModelKey).status)
	submitWebsite(t, f, "example.com")
	for _, path := range paths {
		assert.Equal(t, 200, f.as("ada", http.MethodGet, path, "", "If-None-Match", tags[path]).status, path)
	}
	tag := f.as("ada", http.MethodGet, pathKeys, "").header.Get("ETag")
	_, err := f.db.System.Exec(t.Context(), "update api_keys set status = 'refused'")
	require.NoError(t, err)
	assert.Equal(t, 200, f.as("ada", http.MethodGet, pathKeys, "", "If-None-Match", tag).status, "no version is raised by a check")
}

// slow is a Submitter whose waits take until their context ends or bound has passed.
type slow struct {
	httpapi.Submitter
	ended chan time.Duration
}

func (slow) ValidateKeys(context.Context, string) (onboarding.Submission, error) {
	return onboarding.Submission{}, nil
}

func (s slow) Wait(ctx context.Context, _ string, _ uuid.UUID, _ time.Duration) (onboarding.Submission, error) {
	deadline, _ := ctx.Deadline()
	s.ended <- time.Until(deadline)
	return onboarding.Submission{Status: onboarding.SubmissionInProgress}, nil
}

func TestOperationsThatWaitHaveLonger(t *testing.T) {
	t.Parallel()
	waits := slow{ended: make(chan time.Duration, 1)}
	f := serveWith(t, func(c *httpapi.Config) {
		c.RequestTimeout, c.Submitter = 2*time.Second, waits
		c.State.Keys = func(ctx context.Context, _ string) ([]onboarding.StoredKey, error) {
			return []onboarding.StoredKey{{Provider: onboarding.ProviderOpenAI, Status: onboarding.KeyUnchecked}}, ctx.Err()
		}
		c.State.Session = func(ctx context.Context, _ string) (onboarding.Session, error) {
			deadline, _ := ctx.Deadline()
			waits.ended <- time.Until(deadline)
			return onboarding.Session{Steps: someSteps()}, nil
		}
	})
	checks := f.ok(http.MethodPost, pathCheck, "")
	assert.Equal(t, false, checks["finished"])
	assert.Equal(t, true, checks["all_valid"])
	assert.Equal(t, "unknown", at(t, checks, "validation_results", "openai", "status"))
	assert.Contains(t, checks["message"], "goes on in the background")
	assert.Greater(t, <-waits.ended, 15*time.Second)
	f.ok(http.MethodGet, pathStat, "")
	assert.Less(t, <-waits.ended, 3*time.Second, "the others don't")
}

// someSteps are six pending steps.
func someSteps() (steps [onboarding.StepCount]onboarding.Step) {
	for i := range steps {
		steps[i] = onboarding.Step{Number: onboarding.StepNumber(i + 1), Status: onboarding.StepPending}
	}
	return steps
}
