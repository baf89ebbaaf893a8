package wizard

import (
	"context"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// deleteAccount deletes everything that is stored of the caller.
func (h *Handlers) deleteAccount(ctx context.Context, _ *struct{}) (*struct{}, error) {
	var keys []onboarding.StoredKey
	if h.cfg.EnvFile != "" {
		var err error
		if keys, err = h.storedKeys(ctx); err != nil {
			return nil, err
		}
	}
	if err := h.cfg.Submitter.DeleteAccount(ctx, edge.UserID(ctx)); err != nil {
		return nil, err
	}
	for _, key := range keys {
		h.updateEnv(ctx, key.Provider.Info(), "")
	}
	return &struct{}{}, nil
}
