package version

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

const (
	// Kept is how many versions of a document are kept, the current one included.
	Kept = 10
	// MaxBytes bounds the versions of a user that are not current, in bytes of JSON.
	MaxBytes = 4 << 20
)

// State is how a version stands to the others of its document.
type State string

// The states of versions.
const (
	Current State = "current"
	Past    State = "past"
	// Proposed is what was generated for an edited document, until the user has decided.
	Proposed State = "proposed"
	// Declined is what was proposed and not taken.
	Declined State = "declined"
)

// Origin is how a version came about.
type Origin string

// The origins of versions.
const (
	Generated Origin = "generated"
	Edited    Origin = "edited"
	Restored  Origin = "restored"
)

// Document names a document of a user: the analysis of that id, or the personas if it is 0.
type Document struct{ AnalysisID int64 }

// id is the analysis in a row, nil for the personas.
func (d Document) id() *int64 {
	if d.AnalysisID == 0 {
		return nil
	}
	return &d.AnalysisID
}

// prune adds the statement that deletes what is beyond the bounds.
func prune(ctx context.Context, p *postgres.Pipeline, sessionID uuid.UUID) {
	_ = p.PruneVersions(ctx, app.PruneVersionsParams{SessionID: sessionID, Kept: Kept - 1, Bytes: MaxBytes})
}

// decline adds the statement that ends the waiting of what is proposed of a document.
func decline(ctx context.Context, p *postgres.Pipeline, sessionID uuid.UUID, d Document) {
	_ = p.DeclineProposal(ctx, app.DeclineProposalParams{SessionID: sessionID, AnalysisID: d.id()})
}

// run sends a pipeline whose rows nobody reads.
func run(ctx context.Context, p *postgres.Pipeline, q *postgres.Queries) error {
	if _, err := p.Run(ctx, q); err != nil {
		return fmt.Errorf("write versions: %w", err)
	}
	return nil
}
