//go:build lackskind

package jobs

import "github.com/riverqueue/river"

// addPersonaGeneration leaves the kind out.
func addPersonaGeneration(*river.Workers, *personaGenerationWorker) error { return nil }
