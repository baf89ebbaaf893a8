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

// The clockwork of recovery. The jobs of a worker that is killed are replaced 6 to
// 10 s later: its last beat was at most 1.5 s before, the threshold passes, and the
// next sweep comes within 1.5 s. A beat also tells which jobs are not wanted any more,
// so that a cancel needs no LISTEN to arrive within 2 s.
const (
	// steadyAfter is how long a worker beats before it judges others: after an outage of
	// the database, which nobody could beat in, each of them tries three times in it.
	steadyAfter = 5 * time.Second
)

// heartbeat says every 1.5 s that its worker lives and which jobs it holds, and
// learns which of them are no longer wanted.
type heartbeat struct {
	clientID string
	pool     *pgxpool.Pool
	running  *registry
	metrics  *metrics
	log      *slog.Logger

	mu sync.Mutex
	// steadySince is when the present gap-free row of beats began, lastBeat when
	// the newest was written.
	steadySince, lastBeat time.Time
}

// run writes heartbeats until ctx ends. A worker without one for the dead-threshold is dead
// to the others: it lets go of its jobs until it can write again.
func (h *heartbeat) run(ctx context.Context) {
	queue.Every(ctx, flow.BeatEvery, func(ctx context.Context) {
		if err := h.beat(ctx); err != nil && ctx.Err() == nil {
			h.log.WarnContext(ctx, "heartbeat not written", "error", err)
		}
		h.running.setSilent(h.silent())
	})
}

// beat writes one beat and cancels the jobs that are no longer wanted.
func (h *heartbeat) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flow.BeatEvery)
	defer cancel()
	unwanted, err := system.New(h.pool).Beat(ctx, h.running.beat(h.clientID))
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

// note remembers a beat that was written.
func (h *heartbeat) note(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Sub(h.lastBeat) > 2*flow.BeatEvery {
		h.steadySince = now
	}
	h.lastBeat = now
}

// silent tells whether no beat was written for the dead-threshold.
func (h *heartbeat) silent() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Since(h.lastBeat) >= flow.DeadAfter
}

// steady tells whether the beats have been free of gaps for long enough. After an outage
// of the database nobody's beats are young and nobody is dead: only who is steady may
// judge others.
func (h *heartbeat) steady() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	return now.Sub(h.steadySince) >= steadyAfter && now.Sub(h.lastBeat) <= 2*flow.BeatEvery
}

// end withdraws the worker's beat, so that what it still holds is lost at once.
func (h *heartbeat) end(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flow.BeatEvery)
	defer cancel()
	return system.New(h.pool).EndBeats(ctx, h.clientID)
}
