// Package live pushes progress to clients: server-sent events, WebSockets and the tickets
// that open them. One hub feeds the streams of the process.
package live

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Config is what Streams are made of.
type Config struct {
	// Session returns a user's onboarding, the empty one the first time.
	Session func(ctx context.Context, userID string) (onboarding.Session, error)
	Metrics prometheus.Registerer
	// CORSOrigins lists the origins whose pages may open a WebSocket, beside the server's own.
	CORSOrigins []string
	// Source feeds the streams; without it they are answered as unavailable.
	Source Source
}

// Streams are the streams of the process.
type Streams struct {
	edge *edge.Edge
	cfg  Config
	hub  *hub
}

// Register adds the operations of streams.
func Register(e *edge.Edge, cfg Config) *Streams {
	s := &Streams{edge: e, cfg: cfg, hub: newHub(cfg.Source, newStreamMetrics(cfg.Metrics), e.Log)}
	s.registerStreams()
	return s
}

// Begin starts to feed the streams.
func (s *Streams) Begin() { s.hub.begin() }

// Close ends all streams and returns when they have ended, or with ctx.
func (s *Streams) Close(ctx context.Context) { s.hub.close(ctx) }
