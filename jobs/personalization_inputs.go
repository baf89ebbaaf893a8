package jobs

import (
	"context"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// buildInputs builds the personalization inputs from the held results; build is pure. Every
// change raises the wanted revision, so that what is read after it has all that the revision names.
func buildInputs(build func(onboarding.Sources) onboarding.Inputs) work {
	return func(ctx context.Context, r *run) error {
		s := r.Submission
		sources, revision, err := postgres.SourcesToBuild(ctx, postgres.AsUser(r.Pool, s.UserID), s.UserID, s.SessionID)
		if err != nil {
			return err
		}
		r.revision.Store(revision)
		if r.result.Inputs, err = onboarding.EncodeInputs(build(sources)); err != nil {
			return fmt.Errorf("encode inputs: %w", err)
		}
		return nil
	}
}
