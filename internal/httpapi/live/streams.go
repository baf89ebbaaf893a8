// Package live pushes progress to clients: server-sent events, WebSockets and the tickets
// that open them. One hub feeds the streams of the process.
package live

import (
	"context"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Config configures Streams.
type Config struct {
	// App assumes the app role. It reads sessions and keeps tickets.
	App *postgres.Pool
	// Reader assumes the system role. It has one connection for listening and one for reading. Without
	// it streams are unavailable.
	Reader *postgres.Pool
	// Listening is the pool on which changes are announced; without it streams are up to 2 s late.
	Listening *postgres.Pool
	// Listener, if its functions are not nil, is told what the streams are told.
	Listener postgres.Listener
}

// Streams are the streams of the process.
type Streams struct {
	edge *edge.Edge
	cfg  Config
	hub  *hub
}

// Register adds the operations of streams.
func Register(e *edge.Edge, cfg Config) *Streams {
	s := &Streams{edge: e, cfg: cfg, hub: newHub(newStreamMetrics(e.Metrics), e.Log)}
	if cfg.Reader != nil {
		s.hub.changes = func(ctx context.Context, seen map[uuid.UUID]int64) ([]onboarding.Change, error) {
			return postgres.Changes(ctx, cfg.Reader, seen)
		}
	}
	if cfg.Reader != nil && cfg.Listening != nil {
		s.hub.listen = func(ctx context.Context, l postgres.Listener) {
			postgres.Listen(ctx, cfg.Listening, e.Log, both(l, cfg.Listener))
		}
	}
	s.registerStreams()
	return s
}

// both is a listener that tells two others, the second if it has functions.
func both(l, other postgres.Listener) postgres.Listener {
	if other.Up == nil || other.Changed == nil {
		return l
	}
	return postgres.Listener{
		Up:      func(up bool) { l.Up(up); other.Up(up) },
		Changed: func(ids []uuid.UUID) { l.Changed(ids); other.Changed(ids) },
	}
}

// Begin starts to feed the streams.
func (s *Streams) Begin() { s.hub.begin() }

// Close ends all streams and returns when they have ended, or with ctx.
func (s *Streams) Close(ctx context.Context) { s.hub.close(ctx) }
