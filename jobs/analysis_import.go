package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
	"github.com/alwrity/onboarding/internal/postgres"
)

// importAnalysis stores an analysis that the client posted. What was measured of the same website
// before is kept beside the posted values.
func importAnalysis(_ context.Context, r *run, input onboarding.AnalysisImport) error {
	posted, err := submitted.ParseFlatAnalysis(input.Analysis)
	if err != nil { // the API has accepted it
		return fmt.Errorf("read posted analysis: %w", err)
	}
	r.save = func(ctx context.Context, q *postgres.Queries, p *postgres.Pipeline) error {
		var held *onboarding.Analysis
		provider := engineClient
		switch stored, err := postgres.AnalysisOf(ctx, q, r.Submission.UserID, input.Website); {
		case err == nil:
			held, provider = &stored.Analysis, stored.Provider
		case !errors.Is(err, onboarding.ErrNotFound):
			return err
		}
		document, err := json.Marshal(submitted.Analysis(posted, held))
		if err != nil {
			return fmt.Errorf("encode analysis: %w", err)
		}
		return saveAnalysis(ctx, p, r.Submission, input.Website, document, provider)
	}
	return nil
}
