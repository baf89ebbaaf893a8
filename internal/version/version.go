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

// step is a statement of a change, which may be sent together with others.
type step func(ctx context.Context, q *postgres.Queries) error

// prune deletes what is beyond the bounds.
func prune(sessionID uuid.UUID) step {
	return func(ctx context.Context, q *postgres.Queries) error {
		return q.PruneVersions(ctx, app.PruneVersionsParams{SessionID: sessionID, Kept: Kept - 1, Bytes: MaxBytes})
	}
}

// decline ends the waiting of what is proposed of a document.
func decline(sessionID uuid.UUID, d Document) step {
	return func(ctx context.Context, q *postgres.Queries) error {
		return q.DeclineProposal(ctx, app.DeclineProposalParams{SessionID: sessionID, AnalysisID: d.id()})
	}
}

// run takes steps in one round trip.
func run(ctx context.Context, q *postgres.Queries, steps ...step) error {
	err := postgres.ReadTogether(ctx, q, func(q *postgres.Queries) error {
		for _, do := range steps {
			if err := do(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write versions: %w", err)
	}
	return nil
}
