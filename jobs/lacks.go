//go:build !lackskind

package jobs

import "github.com/riverqueue/river"

// addPersonaGeneration registers the kind that a build with the tag lackskind leaves
// out: it stands for the release before that kind in the rolling restart of
// tools/chaos.
func addPersonaGeneration(workers *river.Workers, worker *personaGenerationWorker) error {
	return river.AddWorkerSafely(workers, worker)
}
