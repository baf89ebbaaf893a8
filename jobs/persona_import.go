package jobs

import (
	"context"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/version"
)

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
		r.result.Personas = version.ImportedPersonas(r.Submission, personas)
		return nil
	})
}
