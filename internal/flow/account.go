package flow

import (
	"context"
	"errors"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// DeleteAccount deletes everything that is stored of a user at their own wish, as
// Operator.DeleteAccount does. There may be nothing.
func (s *Submitter) DeleteAccount(ctx context.Context, userID string) error {
	_, err := s.Operator(userID).DeleteAccount(ctx, userID)
	if errors.Is(err, ErrBusy) {
		return &onboarding.ConflictError{
			Code: "busy", Reason: "Your account is being changed right now; try again in a moment.", RetryAfter: 2 * time.Second,
		}
	}
	return err
}
