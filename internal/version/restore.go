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
	p := postgres.NewPipeline()
	if restored = int(before.NextVersion); State(before.State) == Proposed {
		restored = acceptedAs(number, current, restored)
		d.accept(ctx, p, sessionID, number, restored, nil)
	} else {
		d.archive(ctx, p, sessionID)
		d.take(ctx, p, sessionID, taken{
			from: number, as: restored, origin: Restored, restoredFrom: cmp.Or(before.RestoredFrom, &number),
		})
		prune(ctx, p, sessionID)
	}
	return restored, run(ctx, p, q)
}

// accept adds the statements that make what was proposed the stored document. submission, if not
// nil, is what has made it so.
func (d Document) accept(
	ctx context.Context, p *postgres.Pipeline, sessionID uuid.UUID, from, as int, submission *uuid.UUID,
) {
	d.archive(ctx, p, sessionID)
	d.take(ctx, p, sessionID, taken{from: from, as: as, origin: Generated, submission: submission})
	_ = p.DeleteVersion(ctx, app.DeleteVersionParams{SessionID: sessionID, AnalysisID: d.id(), Version: from})
	prune(ctx, p, sessionID)
}

// acceptedAs returns the number under which a proposal counts: its own if it is the newest.
func acceptedAs(proposal, current, next int) int {
	if proposal > current && proposal == next-1 {
		return proposal
	}
	return next
}

// archive adds the statement that keeps what counts as a past version.
func (d Document) archive(ctx context.Context, p *postgres.Pipeline, sessionID uuid.UUID) {
	if d.AnalysisID == 0 {
		_ = p.ArchivePersonas(ctx, sessionID)
	} else {
		_ = p.ArchiveAnalysis(ctx, d.AnalysisID)
	}
}

// taken says how a version becomes the stored document.
type taken struct {
	from, as     int
	origin       Origin
	restoredFrom *int
	submission   *uuid.UUID
}

func (d Document) take(ctx context.Context, p *postgres.Pipeline, sessionID uuid.UUID, t taken) {
	if d.AnalysisID == 0 {
		_ = p.TakePersonas(ctx, app.TakePersonasParams{
			Origin: string(t.origin), RestoredFrom: t.restoredFrom, NewVersion: t.as, SubmissionID: t.submission,
			SessionID: sessionID, Version: t.from,
		})
		return
	}
	_ = p.TakeAnalysis(ctx, app.TakeAnalysisParams{
		Origin: string(t.origin), RestoredFrom: t.restoredFrom, NewVersion: t.as, SubmissionID: t.submission,
		ID: d.AnalysisID, Version: t.from,
	})
}
