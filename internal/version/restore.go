package version

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Restore makes a version of a document the one that counts, and returns its new number. What
// was proposed is accepted by it and keeps its number if that is the newest. It returns
// onboarding.ErrNotFound for a version that is not kept, and *onboarding.ConflictError for the
// current one.
func Restore(
	ctx context.Context, q *postgres.Queries, sessionID uuid.UUID, d Document, number int,
) (restored int, err error) {
	current, err := q.CurrentVersion(ctx, app.CurrentVersionParams{SessionID: sessionID, AnalysisID: d.id()})
	if err := postgres.NotFound("current version", err); err != nil {
		return 0, err
	}
	if number == current {
		return 0, &onboarding.ConflictError{
			Code: "version_is_current", Reason: fmt.Sprintf("Version %d is the one that counts already.", number),
		}
	}
	before, err := q.VersionBefore(ctx, app.VersionBeforeParams{
		CurrentVersion: int32(current), //nolint:gosec // counts changes
		SessionID:      sessionID, AnalysisID: d.id(), Version: number,
	})
	if err := postgres.NotFound("version", err); err != nil {
		return 0, err
	}
	if restored = int(before.NextVersion); State(before.State) == Proposed {
		restored = acceptedAs(number, current, restored)
		return restored, run(ctx, q, d.accept(sessionID, number, restored, nil)...)
	}
	take := d.take(sessionID, taken{
		from: number, as: restored, origin: Restored, restoredFrom: cmp.Or(before.RestoredFrom, &number),
	})
	return restored, run(ctx, q, d.archive(sessionID), take, prune(sessionID))
}

// accept makes what was proposed the stored document. submission, if not nil, is what has made it so.
func (d Document) accept(sessionID uuid.UUID, from, as int, submission *uuid.UUID) []step {
	return []step{
		d.archive(sessionID),
		d.take(sessionID, taken{from: from, as: as, origin: Generated, submission: submission}),
		func(ctx context.Context, q *postgres.Queries) error {
			return q.DeleteVersion(ctx, app.DeleteVersionParams{SessionID: sessionID, AnalysisID: d.id(), Version: from})
		},
		prune(sessionID),
	}
}

// acceptedAs returns the number under which a proposal counts: its own if it is the newest.
func acceptedAs(proposal, current, next int) int {
	if proposal > current && proposal == next-1 {
		return proposal
	}
	return next
}

// archive keeps what counts as a past version.
func (d Document) archive(sessionID uuid.UUID) step {
	return func(ctx context.Context, q *postgres.Queries) error {
		if d.AnalysisID == 0 {
			return q.ArchivePersonas(ctx, sessionID)
		}
		return q.ArchiveAnalysis(ctx, d.AnalysisID)
	}
}

// taken says how a version becomes the stored document.
type taken struct {
	from, as     int
	origin       Origin
	restoredFrom *int
	submission   *uuid.UUID
}

// take makes a version the stored document.
func (d Document) take(sessionID uuid.UUID, t taken) step {
	return func(ctx context.Context, q *postgres.Queries) error {
		if d.AnalysisID == 0 {
			return q.TakePersonas(ctx, app.TakePersonasParams{
				Origin: string(t.origin), RestoredFrom: t.restoredFrom, NewVersion: t.as, SubmissionID: t.submission,
				SessionID: sessionID, Version: t.from,
			})
		}
		return q.TakeAnalysis(ctx, app.TakeAnalysisParams{
			Origin: string(t.origin), RestoredFrom: t.restoredFrom, NewVersion: t.as, SubmissionID: t.submission,
			ID: d.AnalysisID, Version: t.from,
		})
	}
}
