package wizard_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// publicPaths need no token.
var publicPaths = []string{
	"/healthz", "/readyz", "/openapi.json", "/docs", apitest.Base + "/config", apitest.Base +
		"/ai-research/configuration-options",
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
			if operation.Security == nil || len(*operation.Security) == 0 {
				t.Errorf("%s %s does not say that it needs a token", method, path)
			}
			at := strings.NewReplacer("{n}", "2", "{id}", "1", "{provider}", "openai", "{user_id}", "1", "{url}",
				"a.example", "{version}", "1", "{other}", "2").Replace(path)
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
		apitest.Base + "/init", apitest.Base + "/summary", apitest.Base + "/resume", apitest.Base +
			"/research-preferences", apitest.PathKeys, apitest.StepPath(4, "/validate"), apitest.Base + "/progress",
	}
	tags := map[string]string{}
	for _, path := range paths {
		tags[path] = f.As("ada", http.MethodGet, path, "").Header.Get("ETag")
		require.Regexp(t, `^W/"[\w-]{22}"$`, tags[path], path)
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
	assert.Equal(t, 200, f.As("ada", http.MethodGet, apitest.PathKeys, "", "If-None-Match", tag).Status,
		"a check changes what is shown")
}

func TestOperationsWithoutInputRefuseEncodedBodies(t *testing.T) {
	t.Parallel()
	apitest.RequireEncodedRefused(t)
}
