package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// openAll returns a pool that sees the rows of all users.
func openAll(t *testing.T, databaseURL string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{
		Server: pgtest.Server(databaseURL), Role: postgres.RoleSystem, Name: "test", Registry: prometheus.NewRegistry(),
	})
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

func value[T any](t *testing.T, pool *pgxpool.Pool, sql string) T {
	t.Helper()
	var v T
	assert.NoError(t, pool.QueryRow(t.Context(), sql).Scan(&v), sql)
	return v
}

func setup(t *testing.T) environment {
	t.Helper()
	return environment{t: t, databaseURL: pgtest.NewURL(t), dataDir: t.TempDir()}
}

// A website goes in, a completed step comes out, and both programs stop cleanly.
func TestMainJob(t *testing.T) {
	t.Parallel()
	e, shop := setup(t), newSite(t, "")
	worker, api := e.worker(), e.api()
	submitted := api.submit(shop.url)
	require.Equal(t, http.StatusAccepted, submitted.status, submitted.body)
	assert.Equal(t, "in_progress", submitted.text("status"))
	assert.NotEmpty(t, submitted.header.Get("Location"))

	step := api.completed(30 * time.Second)
	assert.Equal(t, submitted.text("submission_id"), step.text("submission_id"))
	analysis := api.call(http.MethodGet, "/api/onboarding/website-analysis", nil)
	assert.Equal(t, shop.url, analysis.text("website_url"))
	assert.NotEmpty(t, analysis.text("style_analysis.writing_style.voice"))
	assert.Equal(t, "17", api.call(http.MethodGet, "/api/onboarding/status", nil).text("completion_percentage"))
	stops(t, worker)
}

// A worker is killed while it fetches: the job runs elsewhere within 15 s and does
// not fetch again the pages that it had.
func TestWorkerKilledBetweenFetchAndCommit(t *testing.T) {
	t.Parallel()
	e, shop := setup(t), newSite(t, "/pricing")
	victim, api := e.worker(), e.api()
	require.Equal(t, http.StatusAccepted, api.submit(shop.url).status)
	<-shop.reached
	had := shop.counts()
	e.worker() // the one that takes over
	db := openAll(t, e.databaseURL)
	require.Eventually(t, func() bool {
		return value[int](t, db, "select count(*) from worker_beats where beat_at - started_at > interval '9 s'") == 2
	}, 18*time.Second, 100*time.Millisecond, "the workers do not become steady")
	require.NoError(t, victim.Process.Kill())
	killed := time.Now()
	<-shop.reached
	assert.Less(t, time.Since(killed), 15*time.Second, "back in seconds")
	shop.release()
	api.completed(30 * time.Second)

	now := shop.counts()
	for path, n := range had {
		switch path {
		case "/pricing", "/robots.txt", "/sitemap.xml":
		default:
			assert.Equal(t, n, now[path], "%s was fetched again", path)
		}
	}
	assert.Greater(t, len(had), 2, "some pages were there when the worker was killed")
}

// A second website is submitted while the first is analysed: exactly one result,
// of the newest submission.
func TestSecondWebsiteWhileTheFirstIsAnalysed(t *testing.T) {
	t.Parallel()
	e, first, second := setup(t), newSite(t, "/about"), newSite(t, "")
	e.worker()
	api := e.api()
	require.Equal(t, http.StatusAccepted, api.submit(first.url).status)
	<-first.reached
	submitted := api.submit(second.url)
	api.completed(30 * time.Second)
	first.release()
	db := openAll(t, e.databaseURL)
	require.Eventually(t, func() bool {
		return value[int](t, db, "select count(*) from river_job where finalized_at is null") == 0
	}, 20*time.Second, 20*time.Millisecond, "the first job does not end")
	assert.Equal(t, submitted.text("submission_id"), api.step().text("submission_id"))
	assert.Equal(t, []string{second.url}, value[[]string](t, db, "select array_agg(website_url) from website_analyses"))
	assert.Equal(t, 1, value[int](t, db, "select count(*) from step_events where status = 'completed'"))
}

// The database is down at the start and again in the middle of the work: the API
// says so and recovers by itself, and nothing that was accepted is lost.
func TestDatabaseOutage(t *testing.T) {
	t.Parallel()
	e, shop := setup(t), newSite(t, "/pricing")
	line := pgtest.NewLine(t, e.databaseURL)
	e.databaseURL = line.URL
	e.worker()
	api := e.api()
	unavailable := func() {
		t.Helper()
		a := api.submit(shop.url)
		assert.Equal(t, http.StatusServiceUnavailable, a.status)
		assert.Equal(t, "database_unavailable", a.text("code"))
		assert.True(t, strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json"))
		assert.NotEmpty(t, a.header.Get("Retry-After"))
		assert.Equal(t, http.StatusServiceUnavailable, api.call(http.MethodGet, "/readyz", nil).status)
	}
	unavailable()
	line.Mend()
	api.until("the API does not recover", 20*time.Second, func(answer) bool { return true })
	require.Equal(t, http.StatusAccepted, api.submit(shop.url).status)

	<-shop.reached
	line.Cut()
	unavailable()
	shop.release() // the page arrives while it can't be stored
	unavailable()
	line.Mend()
	api.completed(40 * time.Second)
}

// Ten `worker migrate` at once on an empty database all succeed.
func TestTenMigrateProcesses(t *testing.T) {
	t.Parallel()
	e := environment{t: t, databaseURL: pgtest.Direct(pgtest.NewEmptyURL(t)), dataDir: t.TempDir()}
	var group errgroup.Group
	for range 10 {
		group.Go(func() error {
			output, err := e.run("worker", "migrate")
			if err != nil {
				t.Error(output)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())
	output, err := e.run("worker", "migrate", "status")
	require.NoError(t, err)
	assert.NotContains(t, output, "pending")
}
