package httpapi

import (
	"context"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// State reads what is stored of a user. Both functions are required.
type State struct {
	// Session returns the user's onboarding, the empty one the first time.
	Session func(ctx context.Context, userID string) (onboarding.Session, error)
	// LatestAnalysis returns the newest website analysis, onboarding.ErrNotFound
	// if there is none.
	LatestAnalysis func(ctx context.Context, userID string) (onboarding.StoredAnalysis, error)
}

// Submitter queues work.
type Submitter interface {
	// SubmitWebsite submits step 2 from an address as the user typed it. It joins
	// an identical submission that is running and takes the place of another.
	SubmitWebsite(ctx context.Context, userID, website string) (onboarding.Submission, error)
}
