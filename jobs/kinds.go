package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/upstream"
)

// work does one kind of work and leaves its result in the run. The supervisor decides what
// follows from its error.
type work func(ctx context.Context, r *run) error

// kindWorker is the river.Worker of every kind of work in the table of onboarding.Kinds.
type kindWorker struct {
	river.WorkerDefaults[queue.Args]
	info onboarding.KindInfo
	do   work
}

// Timeout implements river.Worker. It is later than the supervisor's own timeout, which is the
// one that is applied to the submission.
func (w *kindWorker) Timeout(*river.Job[queue.Args]) time.Duration { return riverTimeout(w.info) }

// Work implements river.Worker.
func (w *kindWorker) Work(ctx context.Context, _ *river.Job[queue.Args]) error {
	return w.do(ctx, runFrom(ctx))
}

func riverTimeout(info onboarding.KindInfo) time.Duration { return info.Timeout + 2*abandonAfter }

// rescueAfter is an hour beyond the longest timeout.
func rescueAfter() time.Duration {
	longest := time.Duration(0)
	for _, info := range onboarding.Kinds() {
		longest = max(longest, riverTimeout(info))
	}
	return longest + time.Hour
}

// works is the table of what is done for each kind of work. pool assumes the system role.
func works(pool *pgxpool.Pool, cfg WorkerConfig) map[onboarding.Kind]work {
	limits := upstream.NewLimiter(pool, cfg.Registry)
	models := &models{client: cfg.Models, keys: cfg.Keys, limits: limits, log: cfg.Log}
	acquire := upstream.AcquireHost(limits, cfg.Keys)
	analysis := &websiteAnalysis{
		crawler: cfg.Crawler, readText: cfg.ReadText, acquire: acquire, analyzer: cfg.Analyzer,
		texts: cfg.Texts, models: models,
	}
	return map[onboarding.Kind]work{
		onboarding.KindWebsiteAnalysis:   analysis.store,
		onboarding.KindWebsitePreview:    analysis.preview,
		onboarding.KindAnalysisImport:    on(importAnalysis),
		onboarding.KindPersonaGeneration: (&personaGeneration{personas: cfg.Personas, models: models}).do,
		onboarding.KindPersonaImport:     importPersonas(cfg.Personas),
		onboarding.KindQualityAssessment: assessQuality(cfg.Personas),
		onboarding.KindSitemapAnalysis:   analyzeSitemap(cfg.Sitemaps, acquire),
		onboarding.KindCompetitorDiscovery: in(onboarding.PhaseCompetitors,
			(&competitorDiscovery{finder: cfg.Competitors, models: models}).do),
		onboarding.KindPersonalizationInputs: buildInputs(cfg.BuildInputs),
		onboarding.KindKeyValidation:         in(onboarding.PhaseCheckingKeys, models.checkKeys),
	}
}

// addKinds registers the kinds of work. Each must have a row in the table.
func addKinds(workers *river.Workers, table map[onboarding.Kind]work) error {
	for _, info := range onboarding.Kinds() {
		do := table[info.Kind]
		if do == nil {
			return fmt.Errorf("the kind %s has no worker", info.Kind)
		}
		river.AddWorkerArgs(workers, queue.Args{Name: string(info.Kind)}, &kindWorker{info: info, do: do})
	}
	return nil
}
