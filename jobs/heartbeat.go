package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// steadyAfter is how long a worker's heartbeats must be regular before it recovers the jobs of
// others: after an outage of the database, in which no worker could write one, every worker
// tries three times within it.
const steadyAfter = 5 * time.Second

// heartbeat writes every 1.5 s that its worker is alive and which jobs it holds, and reads which
// of them are no longer needed, so that a cancellation arrives within 2 s without LISTEN.
//
// The jobs of a worker that is killed are replaced 6 to 10 s later: its last heartbeat is at most
// 1.5 s old, then flow.DeadAfter passes, and the next sweep comes within 1.5 s.
type heartbeat struct {
	clientID string
	// host and version say where the worker runs and of which release it is.
	host, version string
	pool          *pgxpool.Pool
	running       *registry
	metrics       *metrics
	log           *slog.Logger

	mu sync.Mutex
	// steadySince is when the current series of heartbeats without a gap began, lastBeat when
	// the newest was written.
	steadySince, lastBeat time.Time
}

// run writes heartbeats until ctx ends. Without one for flow.DeadAfter the other workers take
// this one for dead, so it cancels its jobs until it can write again.
func (h *heartbeat) run(ctx context.Context) {
	queue.Every(ctx, flow.BeatEvery, func(ctx context.Context) {
		if err := h.beat(ctx); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "heartbeat not written", "error", err)
		}
		h.running.setSilent(h.silent())
	})
}

// beat writes one heartbeat and cancels the jobs that are no longer needed.
func (h *heartbeat) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flow.BeatEvery)
	defer cancel()
	params := h.running.beat(h.clientID)
	params.Host, params.Version = h.host, h.version
	unwanted, err := system.New(h.pool).Beat(ctx, params)
	if err != nil {
		h.metrics.beats.WithLabelValues("error").Inc()
		return err
	}
	h.metrics.beats.WithLabelValues("ok").Inc()
	h.note(time.Now())
	for _, id := range unwanted {
		h.running.cancel(id, onboarding.ErrSuperseded)
	}
	return nil
}

// note remembers when a heartbeat was written.
func (h *heartbeat) note(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Sub(h.lastBeat) > 2*flow.BeatEvery {
		h.steadySince = now
	}
	h.lastBeat = now
}

// silent reports whether no heartbeat was written for flow.DeadAfter.
func (h *heartbeat) silent() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Since(h.lastBeat) >= flow.DeadAfter
}

// steady reports whether the heartbeats have been without a gap for long enough. After an outage
// of the database all heartbeats are old although no worker is dead: only a steady worker may
// judge the others.
func (h *heartbeat) steady() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	return now.Sub(h.steadySince) >= steadyAfter && now.Sub(h.lastBeat) <= 2*flow.BeatEvery
}

// end deletes the worker's heartbeat, so that the jobs that it still holds are lost at once.
func (h *heartbeat) end(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flow.BeatEvery)
	defer cancel()
	return system.New(h.pool).EndBeats(ctx, h.clientID)
}
