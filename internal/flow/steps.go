package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/onboarding/submitted"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/version"
)

// retryAfter is the Retry-After of running work.
const retryAfter = 2 * time.Second

// Skip marks a step as skipped; a second call changes nothing. It returns
// *onboarding.ConflictError for a step that can't be skipped or is completed.
func (s *Submitter) Skip(ctx context.Context, userID string, n onboarding.StepNumber) error {
	if !n.Skippable() {
		return &onboarding.ConflictError{
			Code: "step_not_skippable", Reason: "Step " + n.Label() + " can't be skipped. Steps " +
				onboarding.ListSteps(onboarding.StepNumber.Skippable) + " can.",
		}
	}
	return s.changeStep(ctx, userID, n, func(c *change, step app.LockStepRow) error {
		switch {
		case step.Status == onboarding.StepSkipped:
			return nil
		case !step.Status.CanBecome(onboarding.StepSkipped):
			return &onboarding.ConflictError{
				Code:   "step_already_completed",
				Reason: fmt.Sprintf("Step %d is %s already. Reset it first to skip it.", n, step.Status),
			}
		}
		return c.settle(ctx, n, onboarding.StepSkipped, nil)
	})
}

// CompleteIntegrations completes step 5 with what the user chose there, a JSON
// object.
func (s *Submitter) CompleteIntegrations(ctx context.Context, userID string, data json.RawMessage) error {
	return s.changeStep(ctx, userID, onboarding.StepIntegrations, func(c *change, _ app.LockStepRow) error {
		return c.settle(ctx, onboarding.StepIntegrations, onboarding.StepCompleted, data)
	})
}

// NoteFinish records that the user has reached step 6. Only Complete completes it.
func (s *Submitter) NoteFinish(ctx context.Context, userID string) error {
	return s.changeStep(ctx, userID, onboarding.StepFinish, func(c *change, _ app.LockStepRow) error {
		return c.record(ctx, onboarding.StepFinish)
	})
}

// Cancel stops the running work of a step, which is then completed if it holds a
// result, else pending. It returns *onboarding.ConflictError when nothing runs.
func (s *Submitter) Cancel(ctx context.Context, userID string, n onboarding.StepNumber) error {
	return s.changeStep(ctx, userID, n, func(c *change, step app.LockStepRow) error {
		if step.Status != onboarding.StepInProgress || step.SubmissionID == nil {
			return &onboarding.ConflictError{
				Code:   "step_not_running",
				Reason: fmt.Sprintf("Nothing is running for step %d that could be cancelled.", n),
			}
		}
		return c.cancel(ctx, n, *step.SubmissionID)
	})
}

// cancel stops the running work of a step, which the caller has locked.
func (c *change) cancel(ctx context.Context, n onboarding.StepNumber, submission uuid.UUID) error {
	if err := c.stop(ctx, submission, onboarding.SubmissionCancelled); err != nil {
		return err
	}
	if err := c.q.StopStep(ctx, app.StopStepParams{SessionID: c.sessionID, Step: n}); err != nil {
		return fmt.Errorf("set step %d: %w", n, err)
	}
	return c.record(ctx, n)
}

// Retry submits the last input of a step again. It returns
// *onboarding.ConflictError when there is none.
func (s *Submitter) Retry(ctx context.Context, userID string, n onboarding.StepNumber) (onboarding.Submission, error) {
	return s.submitLocked(ctx, userID, request{}, func(c *change) (request, error) {
		steps, err := c.lockSteps(ctx)
		if err != nil {
			return request{}, err
		}
		return c.lastRequest(ctx, steps[n-1])
	})
}

// lastRequest returns the newest request of a step, checked again. The caller has
// locked all steps.
func (c *change) lastRequest(ctx context.Context, step onboarding.Step) (request, error) {
	last, err := c.submissionOf(ctx, step.SubmissionID)
	if err != nil {
		return request{}, err
	}
	req := request{kind: last.Kind, input: last.Input}
	switch req.kind {
	case "":
		return req, nothingToRetry(step.Number)
	case onboarding.KindPersonaGeneration:
		return req, c.needAnalysis(ctx, req)
	default:
		return req, nil
	}
}

func nothingToRetry(n onboarding.StepNumber) error {
	return &onboarding.ConflictError{
		Code:   "nothing_to_retry",
		Reason: fmt.Sprintf("Nothing was submitted for step %d that could be tried again. Submit the step instead.", n),
	}
}

// Reset makes a step pending again and cancels its running work. Its stored result stays
// readable but no longer counts; a finished onboarding is reopened.
func (s *Submitter) Reset(ctx context.Context, userID string, n onboarding.StepNumber) error {
	return s.changeSteps(ctx, userID, func(c *change, steps steps) error {
		if n != onboarding.StepFinish { // reopen resets that one
			if err := c.reset(ctx, steps[n-1]); err != nil {
				return err
			}
		}
		if err := c.reopen(ctx, steps[onboarding.StepFinish-1]); err != nil {
			return err
		}
		return c.wantInputs(ctx)
	})
}

// ResetAll makes all steps pending again and cancels running work; API keys are
// kept. With deleteData what the steps stored is deleted as well.
func (s *Submitter) ResetAll(ctx context.Context, userID string, deleteData bool) error {
	return s.changeSteps(ctx, userID, func(c *change, steps steps) error {
		return c.resetAll(ctx, steps, deleteData)
	})
}

// resetAll makes all steps pending, which the caller has locked.
func (c *change) resetAll(ctx context.Context, steps steps, deleteData bool) error {
	for _, step := range steps {
		if err := c.reset(ctx, step); err != nil {
			return err
		}
	}
	if err := c.q.SetFinished(ctx, app.SetFinishedParams{ID: c.sessionID}); err != nil {
		return fmt.Errorf("reopen session: %w", err)
	}
	if deleteData {
		if err := c.deleteData(ctx); err != nil {
			return err
		}
	}
	return c.wantInputs(ctx)
}

// reset makes one step pending. The caller has locked all of them.
func (c *change) reset(ctx context.Context, step onboarding.Step) error {
	if step.Status == onboarding.StepInProgress && step.SubmissionID != nil {
		if err := c.stop(ctx, *step.SubmissionID, onboarding.SubmissionCancelled); err != nil {
			return err
		}
	}
	if err := c.q.ResetStep(ctx, app.ResetStepParams{SessionID: c.sessionID, Step: step.Number}); err != nil {
		return fmt.Errorf("reset step %d: %w", step.Number, err)
	}
	return c.record(ctx, step.Number)
}

// reopen marks the onboarding as not finished.
func (c *change) reopen(ctx context.Context, finish onboarding.Step) error {
	if err := c.q.SetFinished(ctx, app.SetFinishedParams{ID: c.sessionID}); err != nil {
		return fmt.Errorf("reopen session: %w", err)
	}
	if finish.Status == onboarding.StepPending {
		return nil
	}
	return c.reset(ctx, finish)
}

// deleteData deletes what the steps stored, except keys. A running build is stopped, because
// it may already have read the data.
func (c *change) deleteData(ctx context.Context) error {
	build, err := findBuild(ctx, c.q, c.sessionID)
	if err == nil && build != uuid.Nil {
		err = c.stop(ctx, build, onboarding.SubmissionCancelled)
	}
	if err != nil {
		return err
	}
	for _, remove := range []func(context.Context, uuid.UUID) error{
		c.q.DeleteWebsiteAnalyses, c.q.DeletePreferences, c.q.DeleteBusinessInfo, c.q.DeletePersonas, c.q.DeleteVersions,
		c.q.DeleteInputs, c.q.ForgetSteps,
	} {
		if err := remove(ctx, c.sessionID); err != nil {
			return fmt.Errorf("delete data: %w", err)
		}
	}
	return nil
}

// DeleteAnalysis deletes a website analysis. If it is the result of step 2, the
// step is reset with it. It returns onboarding.ErrNotFound if the user has none of
// that id.
func (s *Submitter) DeleteAnalysis(ctx context.Context, userID string, id int64) error {
	return s.changeSteps(ctx, userID, func(c *change, steps steps) error {
		submission, err := c.q.DeleteWebsiteAnalysis(ctx, id)
		if err := postgres.NotFound("website analysis", err); err != nil {
			return err
		}
		step := steps[onboarding.StepWebsite-1]
		if step.ResultSubmissionID == nil || *step.ResultSubmissionID != submission {
			return c.record(ctx, onboarding.StepWebsite) // what clients read about the step has changed
		}
		return c.loseResult(ctx, steps, step)
	})
}

// loseResult removes the result of a step and reopens the onboarding. The caller has locked
// all steps.
func (c *change) loseResult(ctx context.Context, steps steps, step onboarding.Step) error {
	if err := c.dropResult(ctx, step); err != nil {
		return err
	}
	if err := c.reopen(ctx, steps[onboarding.StepFinish-1]); err != nil {
		return err
	}
	return c.wantInputs(ctx)
}

// dropResult removes the result of a step. Running work continues.
func (c *change) dropResult(ctx context.Context, step onboarding.Step) error {
	if step.Status != onboarding.StepInProgress {
		return c.reset(ctx, step)
	}
	if err := c.q.ClearResult(ctx, app.ClearResultParams{SessionID: c.sessionID, Step: step.Number}); err != nil {
		return fmt.Errorf("clear result of step %d: %w", step.Number, err)
	}
	return c.record(ctx, step.Number)
}

// UpdateAnalysis replaces a stored website analysis with what the user edited. It returns
// onboarding.ErrNotFound if the user has no analysis with that id.
func (s *Submitter) UpdateAnalysis(ctx context.Context, userID string, id int64, edited onboarding.FlatAnalysis) error {
	return s.changeStep(ctx, userID, onboarding.StepWebsite, func(c *change, _ app.LockStepRow) error {
		stored, err := postgres.AnalysisByID(ctx, c.q, id)
		if err != nil {
			return err
		}
		analysis := submitted.Analysis(edited, &stored.Analysis)
		if err := version.EditAnalysis(ctx, c.q, c.sessionID, stored, analysis); err != nil {
			return fmt.Errorf("update website analysis %d: %w", id, err)
		}
		if err := c.record(ctx, onboarding.StepWebsite); err != nil {
			return err
		}
		return c.wantInputs(ctx)
	})
}

// RestoreVersion makes a version of the personas or of an analysis the one that counts, and
// returns its new number; see version.Restore. Running work continues.
func (s *Submitter) RestoreVersion(
	ctx context.Context, userID string, d version.Document, number int,
) (restored int, err error) {
	step := onboarding.StepPersonalization
	if d.AnalysisID != 0 {
		step = onboarding.StepWebsite
	}
	err = s.changeStep(ctx, userID, step, func(c *change, _ app.LockStepRow) (err error) {
		if restored, err = version.Restore(ctx, c.q, c.sessionID, d, number); err != nil {
			return err
		}
		if err := c.record(ctx, step); err != nil {
			return err
		}
		return c.wantInputs(ctx)
	})
	return restored, err
}
