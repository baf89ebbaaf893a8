package jobs

import (
	"context"
	"errors"

	"github.com/alwrity/onboarding/internal/postgres"
)

// errNotFetching means that the worker has not started yet or is stopping.
var errNotFetching = errors.New("not fetching jobs: waiting for the database, or stopping")

// Probes returns the probes of what the worker needs, by name. Each returns nil while that is
// available. opens returns an error for what is sealed by a key that it does not know.
func (w *Worker) Probes(opens func(sealed []byte) error) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"database": w.pools.work.Ping,
		"schema":   func(ctx context.Context) error { return postgres.Ready(ctx, w.pools.work) },
		"api_keys": func(ctx context.Context) error { return postgres.KeysReadable(ctx, w.pools.beat, opens) },
		"fetching": func(context.Context) error {
			if !w.fetching.Load() {
				return errNotFetching
			}
			return nil
		},
		"beats": func(context.Context) error {
			if w.fetching.Load() && w.beats.silent() {
				return errors.New("no heartbeat was written for 8 s: the other workers take this worker's jobs")
			}
			return nil
		},
	}
}
