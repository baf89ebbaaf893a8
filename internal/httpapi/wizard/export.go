package wizard

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// export responds with everything that is stored of the caller.
func (h *Handlers) export(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	caller := edge.UserID(ctx)
	return h.exports.Send(ctx, h.cfg.Pool, caller, func(ctx context.Context) error {
		if _, err := h.session(ctx); err != nil { // so that there is a first row
			return err
		}
		return h.cfg.Submitter.Audit(ctx, caller, "account.export", caller)
	})
}
