package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

const testUser = "user_ann"

// bundle is a database, a user, a submitter and the means to start workers whose
// crawls follow a script.
type bundle struct {
	t      *testing.T
	db     pgtest.Database
	user   string
	submit *flow.Submitter
	reg    *prometheus.Registry // of submit
}

func setup(t *testing.T) *bundle {
	t.Helper()
	db := pgtest.New(t)
	reg := prometheus.NewRegistry()
	submitter, err := flow.NewSubmitter(db.App, db.System, reg, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return &bundle{t: t, db: db, user: testUser, submit: submitter, reg: reg}
}

// crawlScript is the crawl of a test: calls counts from 1.
type crawlScript func(ctx context.Context, calls int, crawl onboarding.Crawl) (onboarding.Site, error)

// scripted is a Crawler that follows a script, and an Analyzer that counts pages.
type scripted struct {
	script crawlScript
	// merging, if not nil, is called before an answer is merged.
	merging func(calls int)
	mu      sync.Mutex
	calls   int
	merges  int
}

func (s *scripted) Crawl(ctx context.Context, crawl onboarding.Crawl) (onboarding.Site, error) {
	s.mu.Lock()
	s.calls++
	calls := s.calls
	s.mu.Unlock()
	return s.script(ctx, calls, crawl)
}

// readText returns a page for a text.
func readText(onboarding.WebsiteInput, time.Time) onboarding.Site {
	return onboarding.Site{Pages: []onboarding.Page{{}}}
}

func (s *scripted) Analyze(_ context.Context, site onboarding.Site) (onboarding.Analysis, error) {
	return onboarding.Analysis{
		Measured: onboarding.Measurements{Words: len(site.Pages)},
		Crawl:    onboarding.CrawlResult{URL: site.URL},
	}, nil
}

func (s *scripted) Prompt(onboarding.Site, onboarding.Analysis) onboarding.Prompt {
	return onboarding.Prompt{Name: "analysis"}
}

func (s *scripted) Merge(measured onboarding.Analysis, answer onboarding.Answer) (onboarding.Analysis, error) {
	s.mu.Lock()
	s.merges++
	merges := s.merges
	s.mu.Unlock()
	if s.merging != nil {
		s.merging(merges)
	}
	measured.Style.Meta.Engine = answer.Model
	return measured, nil
}

// config is that of a worker that follows the script, whose users' keys lead to no
// model.
func (b *bundle) config(script crawlScript) WorkerConfig {
	s := &scripted{script: script}
	return WorkerConfig{
		Database: b.db.Server, DatabaseConns: 8,
		InteractiveSlots: 4, NetworkSlots: 4, BulkSlots: 1, Grace: 5 * time.Second,
		Crawler: s, ReadText: readText, Analyzer: s, Personas: &scriptedPersonas{}, BuildInputs: countSources,
		Models: &scriptedModels{}, Keys: plainKeys{}, Registry: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler),
	}
}

// worker starts a worker that follows the script and stops it with the test.
func (b *bundle) worker(script crawlScript) {
	b.t.Helper()
	b.start(b.config(script))
}

// start starts a worker and returns the function that stops it, which is also called
// at the end of the test.
func (b *bundle) start(cfg WorkerConfig) (stop func()) {
	b.t.Helper()
	w, err := NewWorker(b.t.Context(), cfg)
	require.NoError(b.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(b.t, <-done, "stop the worker")
	})
	b.t.Cleanup(stop)
	return stop
}

func (b *bundle) website(address string) onboarding.Submission {
	b.t.Helper()
	submission, err := b.submit.SubmitWebsite(b.t.Context(), b.user, onboarding.WebsiteInput{Website: address})
	require.NoError(b.t, err)
	return submission
}

// ended waits until a submission is final and returns it.
func (b *bundle) ended(id uuid.UUID) onboarding.Submission {
	b.t.Helper()
	var submission onboarding.Submission
	require.Eventually(b.t, func() bool {
		var err error
		submission, err = postgres.SubmissionByID(b.t.Context(), postgres.AsUser(b.db.App, b.user), id)
		return err == nil && submission.Status != onboarding.SubmissionInProgress
	}, 25*time.Second, 10*time.Millisecond, "the submission does not end")
	return submission
}

func (b *bundle) session() onboarding.Session {
	b.t.Helper()
	session, err := postgres.Session(b.t.Context(), b.db.App, b.user)
	require.NoError(b.t, err)
	return session
}

func (b *bundle) websiteStep() onboarding.Step {
	b.t.Helper()
	return b.session().Step(onboarding.StepWebsite)
}

// owner runs statements as the owner of the schema.
func (b *bundle) owner(sql string) {
	b.t.Helper()
	conn, err := pgx.Connect(b.t.Context(), b.db.URL)
	require.NoError(b.t, err)
	defer func() { require.NoError(b.t, conn.Close(context.Background())) }()
	_, err = conn.Exec(b.t.Context(), sql)
	require.NoError(b.t, err)
}

func (b *bundle) jobState(id int64) string {
	b.t.Helper()
	return pgtest.One[string](b.t, b.db, "select state::text from river_job where id = $1", id)
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
