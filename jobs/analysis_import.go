package jobs

import (
	"context"
	"fmt"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
	"github.com/alwrity/onboarding/internal/version"
)

// importAnalysis stores an analysis that the client posted. What was measured of the same website
// before is kept beside the posted values.
func importAnalysis(_ context.Context, r *run, input onboarding.AnalysisImport) error {
	posted, err := submitted.ParseFlatAnalysis(input.Analysis)
	if err != nil { // the API has accepted it
		return fmt.Errorf("read posted analysis: %w", err)
	}
	r.result.Analysis = version.Imported(r.Submission, input.Website, posted)
	return nil
}
