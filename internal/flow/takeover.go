package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// takeoverAction stands in the audit log of a user whose data was taken over.
const takeoverAction = "account.import"

// Takeover stores what an earlier system has of users, each user in one transaction under the lock of the session. It
// never replaces what a user has stored or changed here, and writes no step events: nothing happened here. The builds
// of the inputs go to the bulk queue.
type Takeover struct {
	*Changer
	// Source is noted in the audit log.
	Source string
	// DryRun rolls every transaction back after its outcome is known.
	DryRun bool
}

// PartOutcome is what became of a part of an earlier system's data.
type PartOutcome string

// The outcomes of parts.
const (
	// PartTaken means that the part is stored now.
	PartTaken PartOutcome = "taken"
	// PartPresent means that something stands in its place here already.
	PartPresent PartOutcome = "present"
	// PartChangedHere means that the user has changed the step here, and has nothing stored there.
	PartChangedHere PartOutcome = "changed_here"
	// PartDeletedHere means that the user has deleted the account here.
	PartDeletedHere PartOutcome = "deleted_here"
)

// Taken is what became of an earlier system's data of one user.
type Taken struct {
	// Account is the outcome of the user as such: PartPresent if data was taken over before.
	Account PartOutcome
	// Parts are the outcomes of the parts, in their order.
	Parts []PartOutcome
}

// Take stores the parts of a user that are not here yet.
func (t *Takeover) Take(ctx context.Context, userID string, parts []FormerPart) (taken Taken, err error) {
	err = t.change(ctx, userID, queue.Bulk, func(c *change) error {
		w := &taking{
			change: c, pipeline: postgres.NewPipeline(), steps: map[onboarding.StepNumber]app.LockForTakeoverRow{},
		}
		if taken, err = w.take(ctx, parts); err != nil {
			return err
		}
		if err := w.finish(ctx, t.Source); err != nil {
			return err
		}
		if t.DryRun {
			return errDryRun
		}
		return nil
	})
	switch {
	case err == nil, errors.Is(err, errDryRun):
		return taken, nil
	case postgres.HasState(err, lockNotAvailable):
		return taken, fmt.Errorf("take over a user: %w", ErrBusy)
	}
	return taken, fmt.Errorf("take over a user: %w", err)
}

// taking is the transaction that takes a user's data over.
type taking struct {
	*change

	pipeline *postgres.Pipeline
	held     app.HeldForTakeoverRow
	steps    map[onboarding.StepNumber]app.LockForTakeoverRow
	// fresh is set if the transaction has created the session.
	fresh bool
	// err is the first error of a part that can't be written.
	err error
	// writes is set once something is to be written, inputs once the inputs must be built from it.
	writes, inputs bool
}

// take decides about the account and its parts, and collects what is to be written.
func (w *taking) take(ctx context.Context, parts []FormerPart) (Taken, error) {
	taken := Taken{Account: PartTaken, Parts: make([]PartOutcome, len(parts))}
	marks, err := w.lock(ctx)
	switch {
	case err != nil:
		return taken, err
	case marks.Deleted:
		taken.Account = PartDeletedHere
		for i := range parts {
			taken.Parts[i] = PartDeletedHere
		}
		return taken, nil
	case takenBefore(marks):
		taken.Account = PartPresent
	default:
		w.writes = true
	}
	for i, part := range parts {
		if taken.Parts[i], err = w.part(ctx, part); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

func takenBefore(marks app.TakeoverMarksRow) bool { return marks.TakenAt.After(time.Unix(0, 0)) }

// lock locks the session and its steps, and reads what is stored. A session that is not there is created, unless the
// user has deleted the account.
func (w *taking) lock(ctx context.Context) (marks app.TakeoverMarksRow, err error) {
	marks, err = w.lockExisting(ctx)
	if !errors.Is(err, onboarding.ErrNotFound) || marks.Deleted {
		return marks, ignoreNotFound(err)
	}
	w.sessionID, w.fresh, err = postgres.CreateSession(ctx, w.q, w.userID)
	if err != nil || w.fresh {
		for n := onboarding.StepNumber(1); n <= onboarding.StepCount; n++ {
			w.steps[n] = app.LockForTakeoverRow{Step: n, Status: onboarding.StepPending}
		}
		return marks, err
	}
	return w.lockExisting(ctx) // another transaction was first
}

func ignoreNotFound(err error) error {
	if errors.Is(err, onboarding.ErrNotFound) {
		return nil
	}
	return err
}

// lockExisting is lock for a session that is there. It returns onboarding.ErrNotFound with the marks if there is none.
func (w *taking) lockExisting(ctx context.Context) (marks app.TakeoverMarksRow, err error) {
	var session app.LockSessionRow
	err = postgres.ReadTogether(ctx, w.q, func(q *postgres.Queries) error {
		if err := q.BoundLocks(ctx, fmt.Sprintf("%dms", operatorLocks.Milliseconds())); err != nil {
			return fmt.Errorf("bound the locks: %w", err)
		}
		var lockErr error
		session, lockErr = q.LockSession(ctx, w.userID)
		if lockErr = postgres.NotFound("session", lockErr); lockErr != nil && !errors.Is(lockErr, onboarding.ErrNotFound) {
			return lockErr
		}
		if marks, err = q.TakeoverMarks(ctx, w.userID); err != nil {
			return fmt.Errorf("read the audit log: %w", err)
		}
		return lockErr
	})
	if err != nil || marks.Deleted {
		return marks, err
	}
	w.locked(session)
	return marks, postgres.ReadTogether(ctx, w.q, func(q *postgres.Queries) error {
		rows, err := q.LockForTakeover(ctx, app.LockForTakeoverParams{SessionID: w.sessionID, TakenAt: marks.TakenAt})
		if err != nil {
			return fmt.Errorf("lock steps: %w", err)
		}
		for _, row := range rows {
			w.steps[row.Step] = row
		}
		w.held, err = q.HeldForTakeover(ctx, app.HeldForTakeoverParams{
			SessionID: w.sessionID, Integrations: onboarding.StepIntegrations,
		})
		if err != nil {
			return fmt.Errorf("read what is stored: %w", err)
		}
		return nil
	})
}

// failed keeps the first error.
func (w *taking) failed(err error) {
	if w.err == nil {
		w.err = err
	}
}

// part decides about one part, and collects what is to be written of it.
func (w *taking) part(ctx context.Context, part FormerPart) (PartOutcome, error) {
	same, sort := part.standsIn(w)
	switch step := w.steps[part.step()]; {
	case same:
		return PartPresent, nil
	case step.Changed && !sort: // what there was, the user has removed
		return PartChangedHere, nil
	}
	result, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	state := part.save(ctx, w, result)
	w.writes = true
	if step := w.steps[part.step()]; state.status != "" && step.Status == onboarding.StepPending && !step.Changed {
		params := app.TakeStepParams{
			SessionID: w.sessionID, Step: step.Step, Status: state.status, Data: state.data, CompletedAt: part.completedAt(),
		}
		if step.Step.Queued() && state.status == onboarding.StepCompleted {
			params.ResultSubmissionID = &result
		}
		_ = w.pipeline.TakeStep(ctx, params)
		step.Status = state.status
		w.steps[step.Step] = step
	}
	return PartTaken, w.err
}

// finish writes what was collected, with the note in the audit log, and queues a build.
func (w *taking) finish(ctx context.Context, source string) error {
	if !w.writes {
		return nil
	}
	_ = w.pipeline.TouchSession(ctx, w.sessionID)
	_ = w.pipeline.RecordAudit(ctx, app.RecordAuditParams{
		Actor: "operator", Action: takeoverAction, UserID: w.userID, Detail: map[string]any{"source": source},
	})
	if w.inputs && w.fresh { // no other build can be running
		_ = w.pipeline.WantInputs(ctx, app.WantInputsParams{SessionID: w.sessionID, UserID: w.userID})
		return w.buildWith(ctx, w.pipeline)
	}
	if _, err := w.pipeline.Run(ctx, w.q); err != nil {
		return fmt.Errorf("write the data: %w", err)
	}
	if w.inputs {
		return w.wantInputs(ctx)
	}
	return nil
}
