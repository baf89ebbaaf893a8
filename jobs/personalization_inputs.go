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
// change takes the session's lock and raises the wanted revision, so what is read under that
// lock is complete for the revision.
func buildInputs(build func(onboarding.Sources) onboarding.Inputs) work {
	return func(ctx context.Context, r *run) error {
		var (
			sources  onboarding.Sources
			revision int64
		)
		err := r.Enter(ctx, onboarding.PhaseBuilding, func(q *postgres.Queries, _ *postgres.Pipeline) (err error) {
			if revision, err = q.BeginBuild(ctx, r.Submission.SessionID); err != nil {
				return fmt.Errorf("begin build: %w", err)
			}
			sources, err = postgres.Sources(ctx, q, r.Submission.UserID)
			return err
		})
		if err != nil {
			return err
		}
		document, err := json.Marshal(build(sources))
		if err != nil {
			return fmt.Errorf("encode inputs: %w", err)
		}
		r.save = func(ctx context.Context, _ *postgres.Queries, p *postgres.Pipeline) error {
			return p.SaveInputs(ctx,
				app.SaveInputsParams{Inputs: document, Revision: revision, SessionID: r.Submission.SessionID})
		}
		return nil
	}
}
