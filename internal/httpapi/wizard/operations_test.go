package wizard_test

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
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/wizard"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// publicPaths need no token.
var publicPaths = []string{
	"/healthz", "/readyz", "/openapi.json", "/docs", apitest.Base + "/config", apitest.Base + "/ai-research/configuration-options",
}

// Every operation of the document but the public ones refuses who has no token, before
// anything of the request is looked at.
func TestEveryOperationNeedsAToken(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	document, err := apitest.Described()
	require.NoError(t, err)
	tried := 0
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			if isPublic(path) || path == apitest.Base+"/ws" { // what is no WebSocket is refused first there
				continue
			}
			if operation.Security == nil {
				t.Errorf("%s %s does not say that it needs a token", method, path)
			}
			at := strings.NewReplacer("{n}", "2", "{id}", "1", "{provider}", "openai", "{user_id}", "1", "{url}", "a.example").Replace(path)
			apitest.RequireProblem(t, f.Send(method, at, "nonsense"), 401, "unauthenticated")
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
	f := apitest.New(t)
	paths := []string{
		apitest.Base + "/init", apitest.Base + "/summary", apitest.Base + "/resume", apitest.Base + "/research-preferences", apitest.PathKeys, apitest.StepPath(4, "/validate"), apitest.Base + "/progress",
	}
	tags := map[string]string{}
	for _, path := range paths {
		tags[path] = f.As("ada", http.MethodGet, path, "").Header.Get("ETag")
		require.Regexp(t, `^W/"1\..+"$`, tags[path], path)
		same := f.As("ada", http.MethodGet, path, "", "If-None-Match", tags[path])
		assert.Equal(t, 304, same.Status, path)
		assert.Empty(t, same.Body, path)
	}
	require.Equal(t, 200, f.SubmitStep(3, `{}`).Status)
	require.Equal(t, 200, f.SaveKey("openai", apitest.AModelKey).Status)
	apitest.SubmitWebsite(t, f, "example.com")
	for _, path := range paths {
		assert.Equal(t, 200, f.As("ada", http.MethodGet, path, "", "If-None-Match", tags[path]).Status, path)
	}
	tag := f.As("ada", http.MethodGet, apitest.PathKeys, "").Header.Get("ETag")
	_, err := f.DB.System.Exec(t.Context(), "update api_keys set status = 'refused'")
	require.NoError(t, err)
	assert.Equal(t, 200, f.As("ada", http.MethodGet, apitest.PathKeys, "", "If-None-Match", tag).Status, "no version is raised by a check")
}

// slow is a Submitter whose waits take until their context ends or bound has passed.
type slow struct {
	wizard.Submitter
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
	f := apitest.Serve(t, func(c *httpapi.Config) {
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
	checks := f.OK(http.MethodPost, pathCheck, "")
	assert.Equal(t, false, checks["finished"])
	assert.Equal(t, true, checks["all_valid"])
	assert.Equal(t, "unknown", apitest.At(t, checks, "validation_results", "openai", "status"))
	assert.Contains(t, checks["message"], "goes on in the background")
	assert.Greater(t, <-waits.ended, 15*time.Second)
	f.OK(http.MethodGet, apitest.PathStatus, "")
	assert.Less(t, <-waits.ended, 3*time.Second, "the others don't")
}

// someSteps are six pending steps.
func someSteps() (steps [onboarding.StepCount]onboarding.Step) {
	for i := range steps {
		steps[i] = onboarding.Step{Number: onboarding.StepNumber(i + 1), Status: onboarding.StepPending}
	}
	return steps
}

func TestOperationsWithoutInputRefuseEncodedBodies(t *testing.T) {
	t.Parallel()
	apitest.RequireEncodedRefused(t)
}
