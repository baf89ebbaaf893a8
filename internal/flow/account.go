package flow

import (
	"context"
	"errors"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// DeleteAccount deletes everything that is stored about a user, at that user's request, as
// Operator.DeleteAccount does. It is no error if nothing is stored.
func (s *Submitter) DeleteAccount(ctx context.Context, userID string) error {
	_, err := s.Operator(userID).DeleteAccount(ctx, userID)
	if errors.Is(err, ErrBusy) {
		return &onboarding.ConflictError{
			Code: "busy", Reason: "Your account is being changed right now; try again in a moment.", RetryAfter: 2 * time.Second,
		}
	}
	return err
}
