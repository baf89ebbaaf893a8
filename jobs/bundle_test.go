package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const testUser = "user_ann"

// bundle is a database, a submitter and the means to start workers whose crawls
// follow a script.
type bundle struct {
	t      *testing.T
	db     pgtest.Database
	submit *Submitter
}

func setup(t *testing.T) *bundle {
	t.Helper()
	db := pgtest.New(t)
	submitter, err := NewSubmitter(db.App, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return &bundle{t: t, db: db, submit: submitter}
}

// crawlScript is the crawl of a test: calls counts from 1.
type crawlScript func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error)

// scripted is a Crawler that follows a script, and an Analyzer that counts pages.
type scripted struct {
	script crawlScript
	mu     sync.Mutex
	calls  int
}

func (s *scripted) Crawl(ctx context.Context, crawl onboarding.Crawl) (onboarding.Site, error) {
	s.mu.Lock()
	s.calls++
	calls := s.calls
	s.mu.Unlock()
	return s.script(ctx, calls, crawl)
}

func (s *scripted) Analyze(_ context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	return onboarding.Analysis{
		Measured: onboarding.Measurements{Words: len(site.Pages)},
		Crawl:    onboarding.CrawlResult{URL: site.URL},
	}, nil
}

// worker starts a worker that follows the script and stops it with the test.
func (b *bundle) worker(script crawlScript) {
	b.t.Helper()
	s := &scripted{script: script}
	w, err := NewWorker(b.t.Context(), WorkerConfig{
		DatabaseURL: b.db.URL, DatabaseConns: 8,
		InteractiveSlots: 4, BulkSlots: 1, Grace: 5 * time.Second,
		Crawler: s, Analyzer: s, Registry: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(b.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	b.t.Cleanup(func() {
		cancel()
		require.NoError(b.t, <-done, "stop the worker")
	})
}

func (b *bundle) website(address string) onboarding.Submission {
	b.t.Helper()
	submission, err := b.submit.SubmitWebsite(b.t.Context(), testUser, address)
	require.NoError(b.t, err)
	return submission
}

// ended waits until a submission is final and returns it.
func (b *bundle) ended(id uuid.UUID) onboarding.Submission {
	b.t.Helper()
	var submission onboarding.Submission
	require.Eventually(b.t, func() bool {
		var err error
		submission, err = postgres.SubmissionByID(b.t.Context(), postgres.AsUser(b.db.App, testUser), id)
		return err == nil && submission.Status != onboarding.SubmissionInProgress
	}, 25*time.Second, 10*time.Millisecond, "the submission does not end")
	return submission
}

func (b *bundle) session() onboarding.Session {
	b.t.Helper()
	session, err := postgres.Session(b.t.Context(), b.db.App, testUser)
	require.NoError(b.t, err)
	return session
}

func (b *bundle) websiteStep() onboarding.Step {
	b.t.Helper()
	return b.session().Step(onboarding.StepWebsite)
}

// one reads one value as the system role.
func one[T any](b *bundle, sql string, args ...any) T {
	b.t.Helper()
	var value T
	require.NoError(b.t, b.db.System.QueryRow(b.t.Context(), sql, args...).Scan(&value), sql)
	return value
}

func (b *bundle) exec(sql string, args ...any) {
	b.t.Helper()
	_, err := b.db.System.Exec(b.t.Context(), sql, args...)
	require.NoError(b.t, err, sql)
}

func (b *bundle) jobState(id int64) string {
	b.t.Helper()
	return one[string](b, "select state::text from river_job where id = $1", id)
}

// page is the nth page of a site.
func page(n int) onboarding.Page {
	return onboarding.Page{URL: fmt.Sprintf("https://example.com/%d", n)}
}

// keepAll keeps the pages up to n that are not held yet and returns the site.
func keepAll(ctx context.Context, crawl onboarding.Crawl, n int) (onboarding.Site, error) {
	site := onboarding.Site{URL: crawl.URL, Pages: crawl.Held}
	for i := len(crawl.Held) + 1; i <= n; i++ {
		if err := crawl.Keep(ctx, page(i), n); err != nil {
			return site, err
		}
		site.Pages = append(site.Pages, page(i))
	}
	return site, nil
}
