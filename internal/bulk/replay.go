package bulk

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/flow"
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

// Replay submits the input of a dead job again, in the bulk queue; actor stands in the
// audit log. It is refused if something newer was submitted in its place, or its step was
// reset. A second replay, at the same time too, changes nothing and returns the
// submission of the first. It returns onboarding.ErrNotFound if there is no such job.
//
// Once begun it is completed even if ctx ends.
func (d *DeadJobs) Replay(ctx context.Context, actor string, id uuid.UUID) (Replay, error) {
	job, err := d.Get(ctx, id)
	if err != nil {
		return Replay{}, err
	}
	return d.replay(ctx, actor, job)
}

// replayPage is how many dead jobs are read at a time.
const replayPage = 500

// ReplayAll replays the dead jobs that filter selects, the newest first and each by itself, and
// calls each with the result. It begins after last, if that is not nil. It stops at the end of
// ctx, at an error of each, and when the database is unavailable; repeating the call continues.
func (d *DeadJobs) ReplayAll(
	ctx context.Context, actor string, filter DeadFilter, last *DeadJob, each func(Replay) error,
) error {
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
				d.Changer.Log.ErrorContext(ctx, "dead job not replayed", "submission_id", jobs[i].ID, "error", err)
				replay.Outcome, replay.Code, replay.Reason = ReplayRefused, string(onboarding.FailureInternal),
					"Something went wrong on our side."
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
	operator := d.Changer.Operator(actor)
	operator.DryRun = d.DryRun
	as, outcome, err := operator.Replay(ctx, job.UserID, job.ID)
	replay.ReplayedAs = as
	var refused *onboarding.ConflictError
	switch {
	case errors.As(err, &refused):
	case errors.Is(err, flow.ErrBusy):
		refused = &onboarding.ConflictError{Code: CodeBusy, Reason: "Something else holds the user's session. Try again."}
	case err != nil:
		return replay, err
	case outcome == flow.OutcomeUnchanged:
		replay.Outcome = AlreadyReplayed
	}
	if refused != nil {
		replay.Outcome, replay.Code, replay.Reason, replay.ReplayedAs = ReplayRefused, refused.Code, refused.Reason, uuid.Nil
	}
	return replay, nil
}
