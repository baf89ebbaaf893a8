package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"go.opentelemetry.io/otel/propagation"

	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Wakings bounds how often the workers of a queue are woken: notifications serialise commits, and
// one stands for all jobs that were queued before the fetch that follows it.
type Wakings struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// due reports whether to wake the workers of a queue now. Without bounds it always is.
func (w *Wakings) due(queue string) bool {
	if w == nil {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if now.Sub(w.last[queue]) < FetchCooldown {
		return false
	}
	if w.last == nil {
		w.last = map[string]time.Time{}
	}
	w.last[queue] = now
	return true
}

// Job are the parameters of the statement that queues a job of a kind of work. The job is a part of the trace of
// ctx. A held one is pending: no worker fetches it.
func (w *Wakings) Job(
	ctx context.Context, kind string, work Work, queue string, held bool,
) (params app.QueueJobParams, err error) {
	params = app.QueueJobParams{
		Kind: kind, Queue: queue, MaxAttempts: maxAttempts, Held: held, Wakes: !held && w.due(queue),
	}
	carried := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carried)
	if params.Metadata, err = json.Marshal(carried); err == nil {
		params.Args, err = json.Marshal(work)
	}
	if err != nil {
		return params, fmt.Errorf("encode job: %w", err)
	}
	return params, nil
}
