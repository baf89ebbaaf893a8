package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// engineClient names the client as the origin of a result.
const engineClient = "client"

// importPersonas stores personas that the client posted, as they were posted; a quality
// that was left out is assessed if there is an analysis to compare with.
func importPersonas(generator PersonaGenerator) work {
	return on(func(ctx context.Context, r *run, personas onboarding.Personas) error {
		if len(personas.Quality) == 0 || string(personas.Quality) == "null" {
			quality, err := assess(ctx, r, generator, personas)
			if err != nil {
				return err
			}
			personas.Quality = quality
		}
		r.save = func(ctx context.Context, _ *postgres.Queries, p *postgres.Pipeline) error {
			return savePersonas(ctx, p, r.Submission, personas, engineClient, engineClient, nil)
		}
		return nil
	})
}

func savePersonas(
	ctx context.Context, p *postgres.Pipeline, s onboarding.Submission, personas onboarding.Personas,
	engine, provider string, warnings []onboarding.Warning,
) error {
	platforms, err := json.Marshal(personas.Platforms)
	if err != nil {
		return fmt.Errorf("encode platform personas: %w", err)
	}
	notes, err := json.Marshal(append([]onboarding.Warning{}, warnings...)) // a list, never null
	if err != nil {
		return fmt.Errorf("encode warnings: %w", err)
	}
	return p.SavePersonas(ctx, app.SavePersonasParams{
		SessionID: s.SessionID, UserID: s.UserID, SubmissionID: s.ID, CorePersona: personas.Core, PlatformPersonas: platforms,
		QualityMetrics: personas.Quality, SelectedPlatforms: append([]onboarding.Platform{}, personas.Selected...),
		Engine: engine, Provider: provider, Warnings: notes,
	})
}
