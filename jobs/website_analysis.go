package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Crawler reads a website. It returns *onboarding.Failure or
// *onboarding.RateLimitError for what the website did wrong, and errors of
// Crawl.Keep unchanged.
type Crawler interface {
	Crawl(ctx context.Context, crawl onboarding.Crawl) (onboarding.Site, error)
}

// Analyzer derives the analysis from a website's pages. It is deterministic and
// does no I/O.
type Analyzer interface {
	Analyze(ctx context.Context, site onboarding.Site) (onboarding.Analysis, error)
}

// websiteAnalysisWorker reads the submitted website, page by page into
// checkpoints, and analyses it.
type websiteAnalysisWorker struct {
	river.WorkerDefaults[WebsiteAnalysisArgs]
	crawler  Crawler
	analyzer Analyzer
}

// Timeout implements river.Worker.
func (*websiteAnalysisWorker) Timeout(*river.Job[WebsiteAnalysisArgs]) time.Duration {
	return riverTimeout(onboarding.KindWebsiteAnalysis)
}

// Work implements river.Worker. A repeated run does not fetch again the pages that
// a former one kept.
func (w *websiteAnalysisWorker) Work(ctx context.Context, _ *river.Job[WebsiteAnalysisArgs]) error {
	r := runFrom(ctx)
	var input onboarding.WebsiteInput
	if err := r.input(&input); err != nil {
		return err
	}
	site, err := w.crawl(ctx, r, input)
	if err != nil {
		return err
	}
	if err := r.enter(ctx, onboarding.PhaseAnalyzing); err != nil {
		return err
	}
	analysis, err := w.analyzer.Analyze(ctx, site)
	if err != nil {
		return fmt.Errorf("analyse website: %w", err)
	}
	document, err := json.Marshal(analysis)
	if err != nil {
		return fmt.Errorf("encode analysis: %w", err)
	}
	r.save = func(ctx context.Context, q *postgres.Queries) error {
		return q.SaveWebsiteAnalysis(ctx, postgres.SaveWebsiteAnalysisParams{
			SessionID: r.submission.SessionID, UserID: r.submission.UserID, WebsiteUrl: input.Website,
			SubmissionID: r.submission.ID, Analysis: document,
		})
	}
	return nil
}

func (w *websiteAnalysisWorker) crawl(ctx context.Context, r *run, input onboarding.WebsiteInput) (onboarding.Site, error) {
	held, err := r.pages(ctx)
	if err != nil {
		return onboarding.Site{}, err
	}
	if err := r.enter(ctx, onboarding.PhaseCrawling); err != nil {
		return onboarding.Site{}, err
	}
	kept := len(held)
	site, err := w.crawler.Crawl(ctx, onboarding.Crawl{
		URL:  input.Website,
		Held: held,
		Keep: func(ctx context.Context, page onboarding.Page, planned int) error {
			kept++
			return r.keep(ctx, page, kept, planned)
		},
	})
	if err != nil {
		return onboarding.Site{}, fmt.Errorf("crawl website: %w", err)
	}
	return site, nil
}

// pages returns the checkpoints of the submission.
func (r *run) pages(ctx context.Context) ([]onboarding.Page, error) {
	documents, err := postgres.AsUser(r.pool, r.submission.UserID).ListPages(ctx, r.submission.ID)
	if err != nil {
		return nil, fmt.Errorf("read checkpoints: %w", err)
	}
	pages := make([]onboarding.Page, len(documents))
	for i, document := range documents {
		if err := json.Unmarshal(document, &pages[i]); err != nil {
			return nil, fmt.Errorf("decode checkpoint %d: %w", i, err)
		}
	}
	return pages, nil
}

// keep writes a page as the checkpoint number position together with the progress.
func (r *run) keep(ctx context.Context, page onboarding.Page, position, planned int) error {
	document, err := json.Marshal(page)
	if err != nil {
		return fmt.Errorf("encode page: %w", err)
	}
	return r.enterWith(ctx, onboarding.CrawlPhase(position, planned), 0, func(q *postgres.Queries) error {
		return q.KeepPage(ctx, postgres.KeepPageParams{
			SubmissionID: r.submission.ID, Position: position, UserID: r.submission.UserID, Page: document,
		})
	})
}
