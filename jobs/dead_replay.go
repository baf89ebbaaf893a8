package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// ReplayOutcome is what became of the replay of a dead job.
type ReplayOutcome string

// The outcomes.
const (
	Replayed        ReplayOutcome = "replayed"
	AlreadyReplayed ReplayOutcome = "already_replayed"
	ReplayRefused   ReplayOutcome = "refused"
)

// Replay is the replay of one dead job.
type Replay struct {
	ID      uuid.UUID
	UserID  string
	Outcome ReplayOutcome
	// ReplayedAs is the submission that took the dead one's place, uuid.Nil if refused.
	// In a dry run it is one that was rolled back.
	ReplayedAs uuid.UUID
	// Code and Reason say why it was refused: moved_on, user_gone, nothing_to_retry (its
	// input is gone), analysis_missing, busy (tried for too long), or internal_error.
	Code, Reason string
}

// The codes of a refusal that only a replay has.
const (
	codeMovedOn  = "moved_on"
	codeUserGone = "user_gone"
)

// Replay submits the input of a dead job again, in the bulk queue; actor stands in the
// audit log. It is refused if something newer was submitted in its place, or its step was
// reset. A second replay, at the same time too, changes nothing and returns the
// submission of the first. It returns onboarding.ErrNotFound if there is no such job.
//
// Once begun it is carried to its end, whatever becomes of ctx.
func (d *DeadJobs) Replay(ctx context.Context, actor string, id uuid.UUID) (Replay, error) {
	job, err := d.Get(ctx, id)
	if err != nil {
		return Replay{}, err
	}
	return d.replay(ctx, actor, job)
}

// replayPage is how many dead jobs are read at a time.
const replayPage = 500

// ReplayAll replays what filter chooses, each by itself, the newest first, and tells each
// what became of it; with a dead job it begins after that one. It ends with ctx, with an error of each, and when the database can't
// be used; what is replayed stays replayed, and the same call goes on.
func (d *DeadJobs) ReplayAll(ctx context.Context, actor string, filter DeadFilter, last *DeadJob, each func(Replay) error) error {
	filter.Unreplayed = true
	for {
		jobs, err := d.List(ctx, filter, last, replayPage)
		if err != nil {
			return err
		}
		for i := range jobs {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("replay: %w", err)
			}
			replay, err := d.replay(ctx, actor, jobs[i])
			if postgres.Unavailable(err) {
				return err
			}
			if err != nil {
				d.submit.log.ErrorContext(ctx, "dead job not replayed", "submission_id", jobs[i].ID, "error", err)
				replay.Outcome, replay.Code, replay.Reason = ReplayRefused, string(onboarding.FailureInternal), "Something went wrong on our side."
			}
			if err := each(replay); err != nil {
				return err
			}
		}
		if len(jobs) < replayPage {
			return nil
		}
		last = &jobs[len(jobs)-1]
	}
}

func (d *DeadJobs) replay(ctx context.Context, actor string, job DeadJob) (Replay, error) {
	replay := Replay{ID: job.ID, UserID: job.UserID, Outcome: Replayed}
	operator := &Operator{
		pool: d.submit.pool, river: d.submit.river, log: d.submit.log, dryRun: d.dryRun, actor: actor,
		locks: operatorLocks, timeout: operatorTimeout, announce: d.submit.Announce, steps: d.submit.steps,
	}
	outcome, err := operator.change(ctx, job.UserID, "dead_job.replay", func(ctx context.Context, c *change) (changed bool, err error) {
		replay.ReplayedAs, changed, err = c.replay(ctx, job.ID)
		return changed, err
	})
	var refused *onboarding.ConflictError
	switch {
	case errors.As(err, &refused):
	case errors.Is(err, ErrBusy):
		refused = &onboarding.ConflictError{Code: codeBusy, Reason: "Something else holds the user's session. Try again."}
	case err != nil:
		return replay, err
	case outcome == OutcomeMissing:
		refused = userGone()
	case outcome == OutcomeUnchanged:
		replay.Outcome = AlreadyReplayed
	}
	if refused != nil {
		replay.Outcome, replay.Code, replay.Reason, replay.ReplayedAs = ReplayRefused, refused.Code, refused.Reason, uuid.Nil
	}
	return replay, nil
}

func userGone() *onboarding.ConflictError {
	return &onboarding.ConflictError{Code: codeUserGone, Reason: "The user's account was deleted."}
}

func movedOn() *onboarding.ConflictError {
	return &onboarding.ConflictError{
		Code: codeMovedOn, Reason: "Something newer was submitted in its place, or its step was reset. There is nothing left to replay.",
	}
}

// replay submits the input of a dead job again, once. The caller has locked the session,
// under which a dead job is written and replayed.
func (c *change) replay(ctx context.Context, id uuid.UUID) (as uuid.UUID, changed bool, err error) {
	dead, err := c.q.LockDeadJob(ctx, id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return uuid.Nil, false, userGone() // it went with the account, and the user is a new one
	case err != nil:
		return uuid.Nil, false, fmt.Errorf("lock dead job: %w", err)
	case dead.ReplayedAs != nil:
		return *dead.ReplayedAs, false, nil
	case dead.Step != nil:
		as, err = c.replayStep(ctx, id, *dead.Step)
	default:
		as, err = c.replayStepless(ctx, id, dead.Kind)
	}
	if err != nil {
		return uuid.Nil, false, err
	}
	if err := c.q.SetReplayed(ctx, postgres.SetReplayedParams{SubmissionID: id, ReplayedAs: &as}); err != nil {
		return uuid.Nil, false, fmt.Errorf("write replay: %w", err)
	}
	c.detail, err = json.Marshal(map[string]uuid.UUID{"submission_id": id, "replayed_as": as})
	return as, true, err
}

// replayStep submits the last input of a step again, if that is the dead one's.
func (c *change) replayStep(ctx context.Context, id uuid.UUID, n onboarding.StepNumber) (uuid.UUID, error) {
	steps, err := c.q.LockSteps(ctx, c.sessionID)
	if err != nil {
		return uuid.Nil, fmt.Errorf("lock steps: %w", err)
	}
	step := steps[n-1]
	if step.Status != onboarding.StepFailed || step.SubmissionID == nil || *step.SubmissionID != id {
		return uuid.Nil, movedOn()
	}
	return c.retry(ctx, step)
}

// replayStepless submits the input of work without a step again, unless the user has
// asked for the same kind of work since.
func (c *change) replayStepless(ctx context.Context, id uuid.UUID, kind onboarding.Kind) (uuid.UUID, error) {
	newest, err := c.q.NewestStepless(ctx, postgres.NewestSteplessParams{SessionID: c.sessionID, Kind: kind})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, fmt.Errorf("find newest submission: %w", err)
	}
	last, err := c.submissionOf(ctx, &id)
	switch {
	case err != nil:
		return uuid.Nil, err
	case newest != uuid.Nil && newest != id:
		return uuid.Nil, movedOn()
	case last.Kind == "":
		return uuid.Nil, &onboarding.ConflictError{Code: "nothing_to_retry", Reason: "What was submitted is not stored any more."}
	case kind == onboarding.KindPersonalizationInputs: // builds are queued in one place
		if err := c.wantInputs(ctx); err != nil {
			return uuid.Nil, err
		}
		return findBuild(ctx, c.q, c.sessionID)
	}
	return c.enqueue(ctx, request{kind: kind, input: last.Input})
}
