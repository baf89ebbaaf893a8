package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// engineClient names the client as the origin of a result.
const engineClient = "client"

// analysisImportWorker stores an analysis that the client posted.
type analysisImportWorker struct {
	river.WorkerDefaults[analysisImportArgs]
}

// Timeout implements river.Worker.
func (*analysisImportWorker) Timeout(*river.Job[analysisImportArgs]) time.Duration {
	return riverTimeout(onboarding.KindAnalysisImport)
}

// Work implements river.Worker. What was read and measured of the same website
// before stays beside the posted values.
func (*analysisImportWorker) Work(ctx context.Context, _ *river.Job[analysisImportArgs]) error {
	r := runFrom(ctx)
	var input onboarding.AnalysisImport
	if err := r.Input(&input); err != nil {
		return err
	}
	posted, err := onboarding.ParseFlatAnalysis(input.Analysis)
	if err != nil { // the API has accepted it
		return fmt.Errorf("read posted analysis: %w", err)
	}
	if err := r.Enter(ctx, onboarding.PhaseStoring); err != nil {
		return err
	}
	r.save = func(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline) error {
		var held *onboarding.Analysis
		switch stored, err := postgres.AnalysisOf(ctx, q, r.Submission.UserID, input.Website); {
		case err == nil:
			held = &stored.Analysis
		case !errors.Is(err, onboarding.ErrNotFound):
			return err
		}
		document, err := json.Marshal(posted.Analysis(held))
		if err != nil {
			return fmt.Errorf("encode analysis: %w", err)
		}
		return saveAnalysis(ctx, p, r.Submission, input.Website, document)
	}
	return nil
}

// personaImportWorker stores personas that the client posted.
type personaImportWorker struct {
	river.WorkerDefaults[personaImportArgs]
	personas PersonaGenerator
}

// Timeout implements river.Worker.
func (*personaImportWorker) Timeout(*river.Job[personaImportArgs]) time.Duration {
	return riverTimeout(onboarding.KindPersonaImport)
}

// Work implements river.Worker. The documents are stored as they were posted; a
// quality that was left out is assessed if there is an analysis to compare with.
func (w *personaImportWorker) Work(ctx context.Context, _ *river.Job[personaImportArgs]) error {
	r := runFrom(ctx)
	var personas onboarding.Personas
	if err := r.Input(&personas); err != nil {
		return err
	}
	if err := r.Enter(ctx, onboarding.PhaseStoring); err != nil {
		return err
	}
	if len(personas.Quality) == 0 || string(personas.Quality) == "null" {
		quality, err := assess(ctx, r, w.personas, personas)
		if err != nil {
			return err
		}
		personas.Quality = quality
	}
	r.save = func(ctx context.Context, _ *postgres.Queries, p *postgres.Pipeline) error {
		return savePersonas(ctx, p, r.Submission, personas, engineClient, nil)
	}
	return nil
}

// assess scores personas against the analysis that is held, null without one.
func assess(ctx context.Context, r *run, generator PersonaGenerator, personas onboarding.Personas) (json.RawMessage, error) {
	sources, err := postgres.Sources(ctx, postgres.AsUser(r.Pool, r.Submission.UserID), r.Submission.UserID)
	if err != nil {
		return nil, err
	}
	if sources.Analysis == nil {
		return json.RawMessage("null"), nil
	}
	var core onboarding.CorePersona
	if err := json.Unmarshal(personas.Core, &core); err != nil {
		return nil, fmt.Errorf("decode core persona: %w", err)
	}
	platforms := map[onboarding.Platform]onboarding.PlatformPersona{}
	for name, document := range personas.Platforms {
		var persona onboarding.PlatformPersona
		if err := json.Unmarshal(document, &persona); err != nil {
			return nil, fmt.Errorf("decode persona of %s: %w", name, err)
		}
		platforms[name] = persona
	}
	quality, err := json.Marshal(generator.Quality(personaSources(sources), core, platforms))
	if err != nil {
		return nil, fmt.Errorf("encode quality: %w", err)
	}
	return quality, nil
}

func personaSources(s onboarding.Sources) onboarding.PersonaSources {
	return onboarding.PersonaSources{
		Website: s.Analysis.Website, Analysis: s.Analysis.Analysis, Preferences: s.Preferences, Business: s.Business,
	}
}

func savePersonas(
	ctx context.Context, p *postgres.Pipeline, s onboarding.Submission, personas onboarding.Personas, engine string, warnings []onboarding.Warning,
) error {
	platforms, err := json.Marshal(personas.Platforms)
	if err != nil {
		return fmt.Errorf("encode platform personas: %w", err)
	}
	if warnings == nil {
		warnings = []onboarding.Warning{}
	}
	notes, err := json.Marshal(warnings)
	if err != nil {
		return fmt.Errorf("encode warnings: %w", err)
	}
	selected := make([]string, len(personas.Selected))
	for i, platform := range personas.Selected {
		selected[i] = string(platform)
	}
	return p.SavePersonas(ctx, postgres.SavePersonasParams{
		SessionID: s.SessionID, UserID: s.UserID, SubmissionID: s.ID, CorePersona: personas.Core, PlatformPersonas: platforms,
		QualityMetrics: personas.Quality, SelectedPlatforms: selected, Engine: engine, Warnings: notes,
	})
}
