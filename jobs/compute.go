package jobs

import (
	"context"
	"runtime"

	"golang.org/x/sync/semaphore"

	"github.com/alwrity/onboarding/internal/queue"
)

// newCPUs returns the permits to compute of a worker, one for each processor. The jobs of the
// interactive queue need none: their slots bound them, and they must not queue behind the many
// that wait for the network.
func newCPUs() *semaphore.Weighted { return semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))) }

// compute calls do, which computes and waits for nothing, with a permit. The error is the cause
// of the end of ctx before that.
func (r *run) compute(ctx context.Context, do func()) error {
	if r.Job.Queue != queue.Interactive {
		if err := r.cpus.Acquire(ctx, 1); err != nil {
			return context.Cause(ctx)
		}
		defer r.cpus.Release(1)
	}
	do()
	return nil
}
