package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

func TestTheDocumentDescribesTheAPI(t *testing.T) {
	t.Parallel()
	f := works(t)
	r := f.send(http.MethodGet, "/openapi.json", "")
	require.Equal(t, 200, r.status)
	document, err := openapi3.NewLoader().LoadFromData(r.body)
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context()))
	assert.Equal(t, "3.1.0", document.OpenAPI)
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			assert.NotEmpty(t, operation.Summary, "%s %s", method, path)
			assert.NotEmpty(t, operation.OperationID, "%s %s", method, path)
			assert.NotEmpty(t, operation.Tags, "%s %s", method, path)
		}
	}
	assert.NotContains(t, string(r.body), "ErrorModel")
	assert.NotRegexp(t, `"array",\s*"null"`, string(r.body), "arrays are never null")
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	f := works(t)
	assert.Equal(t, "abc-123_X", f.send(http.MethodGet, "/healthz", "", "X-Request-ID", "abc-123_X").header.Get("X-Request-ID"))
	for _, bad := range []string{"", `evil{"a":1}`, "a b", strings.Repeat("x", 65)} {
		id := f.send(http.MethodGet, "/healthz", "", "X-Request-ID", bad).header.Get("X-Request-ID")
		parsed, err := uuid.Parse(id)
		require.NoError(t, err)
		assert.Equal(t, uuid.Version(7), parsed.Version())
	}
}

func TestWhatIsLoggedAndCounted(t *testing.T) {
	t.Parallel()
	f := works(t)
	f.send(http.MethodGet, "/healthz?key="+canary, "", "X-Request-ID", "seen")
	f.send(http.MethodGet, "/wp-login/"+canary, "")
	f.as("ada", http.MethodGet, base+"/step/9?key="+canary, "")
	log := f.log.String()
	assert.NotContains(t, log, canary, "neither queries nor unknown paths")
	assert.Contains(t, log, `"request_id":"seen"`)
	assert.Contains(t, log, `"route":"/api/onboarding/step/:n"`)
	assert.Contains(t, log, `"route":"unmatched"`)
	for _, want := range []string{
		`onboarding_http_requests_total{code="",method="GET",route="/healthz",status="200"} 1`,
		`onboarding_http_requests_total{code="not_found",method="GET",route="unmatched",status="404"} 1`,
		`onboarding_http_requests_total{code="step_not_found",method="GET",route="/api/onboarding/step/:n",status="404"} 1`,
	} {
		assert.Contains(t, metricsText(t, f), want)
	}
	problems, err := testutil.GatherAndLint(f.reg)
	require.NoError(t, err)
	assert.Empty(t, problems)
}

// metricsText returns the metrics as Prometheus would read them.
func metricsText(t *testing.T, f *fixture) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	ops.Handler(f.reg, f.health).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return recorder.Body.String()
}

func TestCORS(t *testing.T) {
	t.Parallel()
	f := works(t)
	preflight := f.send(http.MethodOptions, submit, "", "Origin", "https://app.example.com",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type")
	assert.Equal(t, 204, preflight.status)
	assert.Equal(t, "https://app.example.com", preflight.header.Get("Access-Control-Allow-Origin"))
	assert.Contains(t, preflight.header.Get("Access-Control-Allow-Headers"), "Authorization")

	r := f.send(http.MethodGet, pathStat, "", "Origin", "https://app.example.com")
	requireProblem(t, r, 401, "unauthenticated")
	assert.Equal(t, "https://app.example.com", r.header.Get("Access-Control-Allow-Origin"), "errors can be read too")
	for _, name := range []string{"ETag", "Location", "Retry-After"} {
		assert.Contains(t, r.header.Get("Access-Control-Expose-Headers"), name)
	}
	assert.Contains(t, r.header.Values("Vary"), "Origin, Authorization")
	assert.Empty(t, f.send(http.MethodGet, pathStat, "", "Origin", "https://evil.example.com").header.Get("Access-Control-Allow-Origin"))
}

func TestTheDatabaseGoesAndComes(t *testing.T) {
	t.Parallel()
	line := pgtest.NewLine(t, pgtest.NewURL(t))
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{
		URL: line.URL, Role: postgres.RoleApp, Name: "test", MaxConns: 2, Registry: prometheus.NewRegistry(),
	})
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	f := newFixtureOn(t, pool)

	ready := func(status int) (r response) {
		t.Helper()
		require.Eventually(t, func() bool {
			r = f.send(http.MethodGet, "/readyz", "")
			return r.status == status
		}, 10*time.Second, 20*time.Millisecond)
		return r
	}
	down := func() {
		t.Helper()
		for _, r := range []response{
			f.as("ada", http.MethodGet, pathStat, ""),
			f.as("ada", http.MethodGet, base+"/website-analysis", ""),
			f.as("ada", http.MethodPost, submit, `{"data":{"website":"example.com"}}`),
		} {
			requireProblem(t, r, 503, "database_unavailable")
			assert.NotEmpty(t, r.header.Get("Retry-After"))
		}
		r := ready(503) // a report is shared for a moment
		assert.JSONEq(t, `{"status":"not_ready","checks":{"database":"failed"}}`, string(r.body))
		assert.Equal(t, 200, f.send(http.MethodGet, "/healthz", "").status)
	}
	down() // at the start

	line.Mend()
	id := submitWebsite(t, f, "example.com")
	ready(200)

	line.Cut() // in mid-flight, with connections in the pool
	down()

	line.Mend()
	assert.Equal(t, id, f.as("ada", http.MethodGet, base+"/step/2", "").object(t)["submission_id"], "what was accepted is there")
	assert.Equal(t, id, submitWebsite(t, f, "example.com"), "and is joined by who tries again")
}

func TestRunningRequestsEndBeforeTheServer(t *testing.T) {
	t.Parallel()
	reached, release := make(chan struct{}), make(chan struct{})
	f := serveBroken(t, func() error { close(reached); <-release; return onboarding.ErrNotFound })
	answer := make(chan response, 1)
	go func() { answer <- f.as("ada", http.MethodGet, pathStat, "") }()
	<-reached

	f.health.Drain()
	assert.Equal(t, 503, f.send(http.MethodGet, "/readyz", "").status, "not ready first, still listening")
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		stopped <- f.server.Shutdown(ctx)
	}()
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request running: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	close(release)
	assert.Equal(t, 404, (<-answer).status)
	require.NoError(t, <-stopped)
}
