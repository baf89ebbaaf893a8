package jobs

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
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
		document, err := json.Marshal(build(sources))
		if err != nil {
			return fmt.Errorf("encode inputs: %w", err)
		}
		r.save = func(ctx context.Context, _ *postgres.Queries, p *postgres.Pipeline) error {
			return p.SaveInputs(ctx, app.SaveInputsParams{Inputs: document, Revision: revision, SessionID: s.SessionID})
		}
		return nil
	}
}
