// Package wizard has the operations of users, a file for each resource. A handler reads
// state or submits work and shapes the response; it holds no rule and no SQL.
package wizard

import (
	"cmp"
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/export"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/seal"
)

// Config configures Handlers. ReadableKeys and EnvFile may be left out.
type Config struct {
	// Pool assumes the app role: it reads what is stored of the user who sends the request.
	Pool *postgres.Pool
	// Submitter changes a user's onboarding and queues work.
	Submitter *flow.Submitter
	// Keys seals users' API keys.
	Keys *seal.Ring
	// ReadableKeys lets owners read their API keys back in full; each time is audited.
	ReadableKeys bool
	// EnvFile is a .env file that gets the API keys that are stored, for a developer's other programs;
	// "" in production.
	EnvFile string
	// WithoutBrand leaves the brand analysis and the strategy insights out of analyses that clients send.
	WithoutBrand bool
	// DefaultInputs are the personalization inputs of users before the first build.
	DefaultInputs onboarding.Inputs
	// Patience is how long an operation waits for content that has to be fetched or written
	// first; 50 s if zero, within the 60 s after which browsers give up.
	Patience time.Duration
	// ExportFolder takes the files of exports under way; "" is the current folder.
	ExportFolder string
}

// Handlers are the handlers of users' operations.
type Handlers struct {
	edge    *edge.Edge
	cfg     Config
	exports *export.Desk
}

// Register adds the operations.
func Register(e *edge.Edge, cfg Config) {
	cfg.Patience = cmp.Or(cfg.Patience, longWait)
	h := &Handlers{edge: e, cfg: cfg, exports: export.NewDesk(cfg.ExportFolder)}
	h.registerOnboarding(e)
	h.registerSteps(e)
	h.registerKeysAndResearch(e)
	h.registerAnalyses(e)
	h.registerPersonas(e)
}

// queries reads as the user who sends the request.
func (h *Handlers) queries(ctx context.Context) *postgres.Queries {
	return postgres.AsUser(h.cfg.Pool, edge.UserID(ctx))
}

// session returns the onboarding of the user who sends the request, the empty one the first time.
func (h *Handlers) session(ctx context.Context) (onboarding.Session, error) {
	return postgres.Session(ctx, h.cfg.Pool, edge.UserID(ctx))
}

// conditional responds with what shape makes of the session.
func conditional[T any](
	ctx context.Context, h *Handlers, in *edge.StateInput, shape func(onboarding.Session) T,
) (*edge.StateOutput[T], error) {
	session, err := h.session(ctx)
	return edge.Conditional(in, shape(session), err)
}

// storedKeys returns the API keys of the user who sends the request.
func (h *Handlers) storedKeys(ctx context.Context) ([]onboarding.StoredKey, error) {
	return postgres.Keys(ctx, h.queries(ctx), edge.UserID(ctx))
}
