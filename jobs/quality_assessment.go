package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// assessQuality scores personas that the client sends.
func assessQuality(generator PersonaGenerator) work {
	return on(func(ctx context.Context, r *run, personas onboarding.Personas) error {
		quality, err := assess(ctx, r, generator, personas)
		if err == nil {
			r.answer(quality)
		}
		return err
	})
}

// assess scores personas against the analysis that is held, null without one.
func assess(
	ctx context.Context, r *run, generator PersonaGenerator, personas onboarding.Personas,
) (json.RawMessage, error) {
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
	var quality []byte
	var encodeErr error
	err = r.compute(ctx, func() {
		quality, encodeErr = json.Marshal(generator.Quality(onboarding.PersonaSources{
			Website: sources.Analysis.Website, Analysis: sources.Analysis.Analysis, Preferences: sources.Preferences,
			Business: sources.Business,
		}, core, platforms))
	})
	if err = errors.Join(err, encodeErr); err != nil {
		return nil, fmt.Errorf("encode quality: %w", err)
	}
	return quality, nil
}
