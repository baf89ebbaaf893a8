package jobs

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// answer leaves a document as the result of a submission that belongs to no step: the
// call that waits for it reads it there.
func (r *run) answer(document []byte) {
	r.save = func(ctx context.Context, _ *postgres.Queries, p *postgres.Pipeline) error {
		return p.SetResult(ctx, postgres.SetResultParams{ID: r.Submission.ID, Result: document})
	}
}

// websitePreviewWorker is websiteAnalysisWorker for the answer of one call.
type websitePreviewWorker struct {
	river.WorkerDefaults[websitePreviewArgs]
	analysis *websiteAnalysisWorker
}

// Timeout implements river.Worker.
func (*websitePreviewWorker) Timeout(*river.Job[websitePreviewArgs]) time.Duration {
	return riverTimeout(onboarding.KindWebsitePreview)
}

// Work implements river.Worker.
func (w *websitePreviewWorker) Work(ctx context.Context, _ *river.Job[websitePreviewArgs]) error {
	r := runFrom(ctx)
	_, document, err := w.analysis.document(ctx, r)
	if err == nil {
		r.answer(document)
	}
	return err
}

// qualityAssessmentWorker scores personas that the client sends.
type qualityAssessmentWorker struct {
	river.WorkerDefaults[qualityAssessmentArgs]
	personas PersonaGenerator
}

// Timeout implements river.Worker.
func (*qualityAssessmentWorker) Timeout(*river.Job[qualityAssessmentArgs]) time.Duration {
	return riverTimeout(onboarding.KindQualityAssessment)
}

// Work implements river.Worker.
func (w *qualityAssessmentWorker) Work(ctx context.Context, _ *river.Job[qualityAssessmentArgs]) error {
	r := runFrom(ctx)
	var personas onboarding.Personas
	if err := r.Input(&personas); err != nil {
		return err
	}
	if err := r.Enter(ctx, onboarding.PhaseAssessingQuality); err != nil {
		return err
	}
	quality, err := assess(ctx, r, w.personas, personas)
	if err == nil {
		r.answer(quality)
	}
	return err
}
