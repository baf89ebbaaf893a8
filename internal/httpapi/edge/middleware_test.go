package edge_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	assert.Equal(t, "abc-123_X",
		f.Send(http.MethodGet, "/healthz", "", "X-Request-ID", "abc-123_X").Header.Get("X-Request-ID"))
	for _, bad := range []string{"", `evil{"a":1}`, "a b", strings.Repeat("x", 65)} {
		id := f.Send(http.MethodGet, "/healthz", "", "X-Request-ID", bad).Header.Get("X-Request-ID")
		parsed, err := uuid.Parse(id)
		require.NoError(t, err)
		assert.Equal(t, uuid.Version(7), parsed.Version())
	}
}

func TestWhatIsLoggedAndCounted(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	f.Send(http.MethodGet, "/healthz?key="+apitest.Canary, "", "X-Request-ID", "seen")
	f.Send(http.MethodGet, "/wp-login/"+apitest.Canary, "")
	f.As("ada", http.MethodGet, apitest.Base+"/step/9?key="+apitest.Canary, "")
	log := f.Log.String()
	assert.NotContains(t, log, apitest.Canary, "neither queries nor unknown paths")
	assert.Contains(t, log, `"request_id":"seen"`)
	assert.Contains(t, log, `"route":"/api/onboarding/step/:n"`)
	assert.Contains(t, log, `"route":"unmatched"`)
	for _, want := range []string{
		`onboarding_http_requests_total{code="",method="GET",route="/healthz",status="200"} 1`,
		`onboarding_http_requests_total{code="unknown_path",method="GET",route="unmatched",status="404"} 1`,
		`onboarding_http_requests_total{code="step_not_found",method="GET",route="/api/onboarding/step/:n",status="404"} 1`,
	} {
		assert.Contains(t, apitest.MetricsText(t, f), want)
	}
	problems, err := testutil.GatherAndLint(f.Registry)
	require.NoError(t, err)
	assert.Empty(t, problems)
}

func TestCORS(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	preflight := f.Send(http.MethodOptions, apitest.PathSubmit, "", "Origin", "https://app.example.com",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
	assert.Equal(t, 204, preflight.Status)
	assert.Equal(t, "https://app.example.com", preflight.Header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, preflight.Header.Get("Access-Control-Allow-Headers"), "Authorization")

	r := f.Send(http.MethodGet, apitest.PathStatus, "", "Origin", "https://app.example.com")
	apitest.RequireProblem(t, r, 401, "unauthenticated")
	assert.Equal(t, "https://app.example.com", r.Header.Get("Access-Control-Allow-Origin"), "errors can be read too")
	for _, name := range []string{"ETag", "Location", "Retry-After"} {
		assert.Contains(t, r.Header.Get("Access-Control-Expose-Headers"), name)
	}
	assert.Contains(t, r.Header.Values("Vary"), "Origin, Authorization, Cookie")
	assert.Empty(t, f.Send(http.MethodGet, apitest.PathStatus, "", "Origin",
		"https://evil.example.com").Header.Get("Access-Control-Allow-Origin"))
}
