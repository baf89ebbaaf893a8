package httpapi_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

func TestTheDocumentDescribesTheAPI(t *testing.T) {
	t.Parallel()
	f := apitest.Works(t)
	r := f.Send(http.MethodGet, "/openapi.json", "")
	require.Equal(t, 200, r.Status)
	document, err := openapi3.NewLoader().LoadFromData(r.Body)
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
	assert.NotContains(t, string(r.Body), "ErrorModel")
	assert.NotRegexp(t, `"array",\s*"null"`, string(r.Body), "arrays are never null")
}

func TestTheDatabaseGoesAndComes(t *testing.T) {
	t.Parallel()
	line := pgtest.NewLine(t, pgtest.NewURL(t))
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{
		Server: pgtest.Server(line.URL), Role: postgres.RoleApp, Name: "test", MaxConns: 2, Registry: prometheus.NewRegistry(),
	})
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	f := apitest.NewOn(t, pool)

	ready := func(status int) (r apitest.Response) {
		t.Helper()
		require.Eventually(t, func() bool {
			r = f.Send(http.MethodGet, "/readyz", "")
			return r.Status == status
		}, 10*time.Second, 20*time.Millisecond)
		return r
	}
	down := func() {
		t.Helper()
		for _, r := range []apitest.Response{
			f.As("ada", http.MethodGet, apitest.PathStatus, ""),
			f.As("ada", http.MethodGet, apitest.Base+"/website-analysis", ""),
			f.As("ada", http.MethodPost, apitest.PathSubmit, `{"data":{"website":"example.com"}}`),
		} {
			apitest.RequireProblem(t, r, 503, "database_unavailable")
			assert.NotEmpty(t, r.Header.Get("Retry-After"))
		}
		r := ready(503) // a report is shared for a moment
		assert.JSONEq(t, `{"status":"not_ready","checks":{"database":"failed"}}`, string(r.Body))
		assert.Equal(t, 200, f.Send(http.MethodGet, "/healthz", "").Status)
	}
	down() // at the start

	line.Mend()
	id := apitest.SubmitWebsite(t, f, "example.com")
	ready(200)

	line.Cut() // in mid-flight, with connections in the pool
	down()

	line.Mend()
	assert.Equal(t, id, f.As("ada", http.MethodGet, apitest.Base+"/step/2", "").Object(t)["submission_id"],
		"what was accepted is there")
	assert.Equal(t, id, apitest.SubmitWebsite(t, f, "example.com"), "and is joined by who tries again")
}

func TestRunningRequestsEndBeforeTheServer(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	owner, err := pgx.Connect(t.Context(), f.DB.URL)
	require.NoError(t, err)
	defer func() { _ = owner.Close(context.Background()) }()
	lock, err := owner.Begin(t.Context())
	require.NoError(t, err)
	_, err = lock.Exec(t.Context(), "lock table onboarding_sessions")
	require.NoError(t, err)
	answer := make(chan apitest.Response, 1)
	go func() { answer <- f.As("ada", http.MethodGet, apitest.PathStatus, "") }()
	f.Eventually(1, "select count(*) from pg_locks where not granted and relation = 'onboarding_sessions'::regclass")

	f.Health.Drain()
	assert.Equal(t, 503, f.Send(http.MethodGet, "/readyz", "").Status, "not ready first, still listening")
	stopped := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		stopped <- f.Server.Shutdown(ctx)
	}()
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request running: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	require.NoError(t, lock.Rollback(t.Context()))
	assert.Equal(t, 200, (<-answer).Status)
	require.NoError(t, <-stopped)
}

func TestOperationsWithoutInputRefuseEncodedBodies(t *testing.T) {
	t.Parallel()
	apitest.RequireEncodedRefused(t)
}
