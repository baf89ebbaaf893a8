package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/version"
)

// Crawler reads a website. It returns *onboarding.Failure or *onboarding.RateLimitError for
// faults of the website, and errors of Crawl.Keep unchanged.
type Crawler interface {
	Crawl(ctx context.Context, crawl onboarding.Crawl) (onboarding.Site, error)
}

// Analyzer derives the analysis from a website's pages. It is deterministic and
// does no I/O: a model is asked between Prompt and Merge.
type Analyzer interface {
	Analyze(ctx context.Context, site onboarding.Site) (onboarding.Analysis, error)
	// Prompt is the question to a model about the same site.
	Prompt(site onboarding.Site, measured onboarding.Analysis) onboarding.Prompt
	// Merge merges a model's answer over the analysis; measured values win. The error wraps
	// onboarding.ErrBadAnswer if the answer makes no sense.
	Merge(measured onboarding.Analysis, answer onboarding.Answer) (onboarding.Analysis, error)
}

// websiteAnalysis reads the submitted website, page by page into checkpoints, or takes the
// submitted text, and analyses it. A repeated run neither fetches again the pages that a
// former one kept nor asks a model again.
type websiteAnalysis struct {
	crawler  Crawler
	readText func(onboarding.WebsiteInput, time.Time) onboarding.Site
	acquire  func(context.Context, string) (func(error), error) // of onboarding.Crawl
	analyzer Analyzer
	texts    TextChooser
	models   *models
}

// store makes the analysis the result of step 2.
func (w *websiteAnalysis) store(ctx context.Context, r *run) error {
	website, out, err := w.analysis(ctx, r)
	if err != nil {
		return err
	}
	r.result.Analysis = &version.Analysis{
		Submission: r.Submission, Website: website, Value: out.Value, Provider: providerOf(out.Provider),
	}
	return nil
}

// preview makes the analysis the response to one request.
func (w *websiteAnalysis) preview(ctx context.Context, r *run) error {
	_, out, err := w.analysis(ctx, r)
	if err != nil {
		return err
	}
	document, err := onboarding.EncodeAnalysis(out.Value)
	if err != nil {
		return fmt.Errorf("encode analysis: %w", err)
	}
	r.answer(document)
	return nil
}

// analysis makes the analysis of the submitted website or text.
func (w *websiteAnalysis) analysis(
	ctx context.Context, r *run,
) (website string, out generated[onboarding.Analysis], err error) {
	var input onboarding.WebsiteInput
	if err := r.Input(&input); err != nil {
		return "", out, err
	}
	site, err := w.crawl(ctx, r, input)
	if err != nil {
		return "", out, err
	}
	if err := r.Enter(ctx, onboarding.PhaseAnalyzing); err != nil {
		return "", out, err
	}
	if out, err = w.analyze(ctx, r, site); err != nil {
		return "", out, err
	}
	out.Value.Crawl.Warnings = append(out.Value.Crawl.Warnings, out.Warnings...)
	return input.Website, out, nil
}

// analyze measures the site, after a model chose uncertain main texts, and merges the model's answer about the
// analysis, if the user has one.
func (w *websiteAnalysis) analyze(
	ctx context.Context, r *run, site onboarding.Site,
) (generated[onboarding.Analysis], error) {
	var local generated[onboarding.Analysis]
	kept, err := postgres.Checkpoints(ctx, postgres.AsUser(r.Pool, r.Submission.UserID), r.Submission.ID)
	if err != nil {
		return local, err
	}
	keys, err := r.modelKeys(ctx)
	if err != nil {
		return local, err
	}
	var noText bool
	if site.Pages, noText, err = w.chooseTexts(ctx, r, kept, keys, site.Pages); err != nil {
		return local, err
	}
	var analysis onboarding.Analysis
	var analyzeErr error
	err = r.compute(ctx, func() { analysis, analyzeErr = w.analyzer.Analyze(ctx, site) })
	if err = errors.Join(err, analyzeErr); err != nil {
		return local, fmt.Errorf("analyse website: %w", err)
	}
	if noText {
		analysis.Style.Meta.Notes = append(analysis.Style.Meta.Notes, noTextChosen)
	}
	local.Value = analysis
	if _, ok := kept["analysis"]; !ok && len(keys) == 0 {
		return local, nil
	}
	merging := func() onboarding.Phase { return onboarding.PhaseMerging }
	asked, err := once(ctx, r, kept, "analysis", merging, func(ctx context.Context) (asked, error) {
		if err := r.Enter(ctx, onboarding.PhaseAskingModel); err != nil {
			return asked{}, err
		}
		return w.models.ask(ctx, r, keys, w.analyzer.Prompt(site, analysis))
	})
	if err != nil {
		return local, fmt.Errorf("ask a model: %w", err)
	}
	return merge(analysis, asked, w.analyzer.Merge), nil
}

// crawl returns the pages of the website, or the submitted text as one.
func (w *websiteAnalysis) crawl(ctx context.Context, r *run, input onboarding.WebsiteInput) (onboarding.Site, error) {
	if input.Website == "" {
		var site onboarding.Site
		err := r.compute(ctx, func() { site = w.readText(input, r.Submission.CreatedAt) })
		return site, err
	}
	held, err := r.pages(ctx)
	if err != nil {
		return onboarding.Site{}, err
	}
	if err := r.Enter(ctx, onboarding.PhaseCrawling); err != nil {
		return onboarding.Site{}, err
	}
	kept := len(held)
	site, err := w.crawler.Crawl(ctx, onboarding.Crawl{
		URL:           input.Website,
		AssumedScheme: input.AssumedScheme,
		Held:          held,
		Acquire:       w.acquire,
		Compute:       r.compute,
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
	documents, err := postgres.AsUser(r.Pool, r.Submission.UserID).ListPages(ctx, r.Submission.ID)
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
	return r.Enter(ctx, onboarding.CrawlPhase(position, planned), func(p *postgres.Pipeline) error {
		return p.KeepPage(ctx, app.KeepPageParams{
			SubmissionID: r.Submission.ID, JobID: r.Job.ID, Position: position, Page: document,
		})
	})
}
