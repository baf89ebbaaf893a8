package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Replay submits the input of a dead job again, in the bulk queue, and returns the submission
// that took its place; the outcome is unchanged if one has already. It returns
// *onboarding.ConflictError if there is nothing left to replay.
func (o *Operator) Replay(ctx context.Context, userID string, id uuid.UUID) (as uuid.UUID, outcome Outcome, err error) {
	outcome, err = o.change(ctx, userID, "dead_job.replay", func(
		ctx context.Context, c *change,
	) (changed bool, err error) {
		as, changed, err = c.replay(ctx, id)
		return changed, err
	})
	if err == nil && outcome == OutcomeMissing {
		err = errUserGone
	}
	return as, outcome, err
}

// The refusals that only a replay has.
var (
	errUserGone = &onboarding.ConflictError{Code: "user_gone", Reason: "The user's account was deleted."}
	errMovedOn  = &onboarding.ConflictError{
		Code:   "moved_on",
		Reason: "Something newer was submitted in its place, or its step was reset. There is nothing left to replay.",
	}
)

// replay submits the input of a dead job again, once. The caller has locked the session,
// under which a dead job is written and replayed.
func (c *change) replay(ctx context.Context, id uuid.UUID) (as uuid.UUID, changed bool, err error) {
	dead, err := c.q.LockDeadJob(ctx, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return uuid.Nil, false, errUserGone // deleted with the account; the user has a new one
	case err != nil:
		return uuid.Nil, false, fmt.Errorf("lock dead job: %w", err)
	case dead.ReplayedAs != nil:
		return *dead.ReplayedAs, false, nil
	case dead.Step != nil:
		as, err = c.replayStep(ctx, id, *dead.Step)
	default:
		as, err = c.replayDetached(ctx, id, dead.Kind)
	}
	if err != nil {
		return uuid.Nil, false, err
	}
	if err := c.q.SetReplayed(ctx, app.SetReplayedParams{SubmissionID: id, ReplayedAs: &as}); err != nil {
		return uuid.Nil, false, fmt.Errorf("write replay: %w", err)
	}
	c.detail = map[string]any{"submission_id": id, "replayed_as": as}
	return as, true, nil
}

// replayStep submits the last input of a step again, if that is the dead one's.
func (c *change) replayStep(ctx context.Context, id uuid.UUID, n onboarding.StepNumber) (uuid.UUID, error) {
	steps, err := c.lockSteps(ctx)
	if err != nil {
		return uuid.Nil, err
	}
	step := steps[n-1]
	if step.Status != onboarding.StepFailed || step.SubmissionID == nil || *step.SubmissionID != id {
		return uuid.Nil, errMovedOn
	}
	return c.retry(ctx, step)
}

// replayDetached submits the input of work without a step again, unless the user has
// requested the same kind of work since.
func (c *change) replayDetached(ctx context.Context, id uuid.UUID, kind onboarding.Kind) (uuid.UUID, error) {
	newest, err := c.q.NewestStepless(ctx, app.NewestSteplessParams{SessionID: c.sessionID, Kind: kind})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, fmt.Errorf("find newest submission: %w", err)
	}
	last, err := c.submissionOf(ctx, &id)
	switch {
	case err != nil:
		return uuid.Nil, err
	case newest != uuid.Nil && newest != id:
		return uuid.Nil, errMovedOn
	case last.Kind == "":
		return uuid.Nil,
			&onboarding.ConflictError{Code: "nothing_to_retry", Reason: "What was submitted is not stored any more."}
	case kind == onboarding.KindPersonalizationInputs: // builds are queued in one place
		if err := c.wantInputs(ctx); err != nil {
			return uuid.Nil, err
		}
		return findBuild(ctx, c.q, c.sessionID)
	}
	submission, err := c.enqueue(ctx, request{kind: kind, input: last.Input})
	return submission.ID, err
}
