package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/upstream"
)

// SitemapReader reads the sitemap of a website and reports what it lists. Errors are those of a Crawler.
type SitemapReader interface {
	Sitemap(ctx context.Context, asked onboarding.Crawl) (onboarding.SitemapReport, error)
}

// CompetitorFinder asks the search provider Exa. It returns *onboarding.RateLimitError
// or *onboarding.Failure, and repeats nothing.
type CompetitorFinder interface {
	Similar(ctx context.Context, key onboarding.Secret, asked onboarding.CompetitorSearch) ([]onboarding.FoundCompetitor, error)
}

// sitemapAnalysisWorker reads and counts the sitemap of a website.
type sitemapAnalysisWorker struct {
	river.WorkerDefaults[sitemapAnalysisArgs]
	sitemaps SitemapReader
	turn     func(ctx context.Context, host string) (func(error), error)
}

// Timeout implements river.Worker.
func (*sitemapAnalysisWorker) Timeout(*river.Job[sitemapAnalysisArgs]) time.Duration {
	return riverTimeout(onboarding.KindSitemapAnalysis)
}

// Work implements river.Worker. The result is an onboarding.SitemapReport.
func (w *sitemapAnalysisWorker) Work(ctx context.Context, _ *river.Job[sitemapAnalysisArgs]) error {
	r := runFrom(ctx)
	var input onboarding.SitemapInput
	if err := r.Input(&input); err != nil {
		return err
	}
	if err := r.Enter(ctx, onboarding.PhaseSitemap); err != nil {
		return err
	}
	report, err := w.sitemaps.Sitemap(ctx, onboarding.Crawl{URL: input.Website, Turn: w.turn})
	if err != nil {
		return fmt.Errorf("read sitemap: %w", err)
	}
	return r.answerWith(report)
}

// answerWith is answer for a value whose texts others wrote.
func (r *run) answerWith(value any) error {
	document, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode result: %w", err)
	}
	kept, err := storableAnswer(onboarding.Answer{Value: document})
	if err != nil {
		return err
	}
	r.answer(kept.Value)
	return nil
}

// competitorDiscoveryWorker asks Exa with the user's key.
type competitorDiscoveryWorker struct {
	river.WorkerDefaults[competitorDiscoveryArgs]
	finder CompetitorFinder
	models *models
}

// Timeout implements river.Worker.
func (*competitorDiscoveryWorker) Timeout(*river.Job[competitorDiscoveryArgs]) time.Duration {
	return riverTimeout(onboarding.KindCompetitorDiscovery)
}

// Work implements river.Worker. The result is a list of onboarding.FoundCompetitor,
// null if the key was removed meanwhile.
func (w *competitorDiscoveryWorker) Work(ctx context.Context, _ *river.Job[competitorDiscoveryArgs]) error {
	r := runFrom(ctx)
	var input onboarding.CompetitorSearch
	if err := r.Input(&input); err != nil {
		return err
	}
	if err := r.Enter(ctx, onboarding.PhaseCompetitors); err != nil {
		return err
	}
	keys, err := postgres.Keys(ctx, postgres.AsUser(r.Pool, r.Submission.UserID), r.Submission.UserID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k onboarding.StoredKey) bool { return k.Provider == onboarding.ProviderExa })
	if i < 0 {
		r.answer([]byte("null"))
		return nil
	}
	found, err := w.find(ctx, r, keys[i], input)
	if err != nil {
		return fmt.Errorf("find competitors: %w", err)
	}
	return r.answerWith(found)
}

func (w *competitorDiscoveryWorker) find(
	ctx context.Context, r *run, key onboarding.StoredKey, input onboarding.CompetitorSearch,
) (found []onboarding.FoundCompetitor, err error) {
	credential, err := w.models.open(r.Submission.UserID, key)
	if errors.Is(err, errSealed) {
		return nil, &onboarding.Failure{Code: onboarding.FailureKeyRefused, Subject: key.Provider.Info().Name, Err: err}
	}
	if err != nil {
		return nil, err
	}
	done, err := w.models.limits.Take(ctx, upstream.ProviderUpstream(w.models.keys, key))
	if err != nil {
		return nil, err
	}
	defer func() { done(err) }()
	found, err = w.finder.Similar(ctx, credential.Key, input)
	var failure *onboarding.Failure
	if errors.As(err, &failure) && failure.Code == onboarding.FailureKeyRefused {
		w.models.refused(ctx, r, key)
	}
	return found, err
}
