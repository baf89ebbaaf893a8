package flow

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Complete finishes the onboarding; a second call changes nothing. It waits up to
// bound for those of steps 2 to 4 that are in progress and hold no result yet. It
// returns *onboarding.ConflictError while they still are, and
// *onboarding.InputErrors naming the steps that are missing, at once.
func (s *Submitter) Complete(ctx context.Context, userID string, bound time.Duration) error {
	if err := s.waitForSteps(ctx, userID, bound); err != nil {
		return err
	}
	return s.changeSteps(ctx, userID, func(c *change, steps steps) error {
		finished, err := c.q.SessionFinishedAt(ctx, c.sessionID)
		if err != nil {
			return fmt.Errorf("read session: %w", err)
		}
		if finished != nil {
			return nil
		}
		if err := mayComplete(steps); err != nil {
			return err
		}
		return c.complete(ctx, steps)
	})
}

// waitForSteps waits until no required step is in progress without a result. It does not wait if other required steps
// keep the onboarding from being finished anyway.
func (s *Submitter) waitForSteps(ctx context.Context, userID string, bound time.Duration) error {
	session, err := postgres.Session(ctx, s.Pool, userID)
	if err != nil {
		return err
	}
	if err := missingSteps(session.Steps); err != nil && !session.IsCompleted() {
		return err
	}
	deadline := time.Now().Add(bound)
	for _, step := range onboarding.StepFinish.Missing(session.Steps) {
		if step.Status == onboarding.StepInProgress && step.SubmissionID != nil {
			if _, err := s.Wait(ctx, userID, *step.SubmissionID, time.Until(deadline)); err != nil {
				return err
			}
		}
	}
	return nil
}

// mayComplete returns an error unless every step that the last one needs is done.
func mayComplete(steps steps) error {
	if err := missingSteps(steps); err != nil {
		return err
	}
	var running []string
	for _, step := range onboarding.StepFinish.Missing(steps) {
		running = append(running, "Step "+step.Number.Label())
	}
	if len(running) == 0 {
		return nil
	}
	return &onboarding.ConflictError{
		Code: "step_in_progress", Reason: strings.Join(running, ", ") + " is still in progress. Try again in a moment.",
		RetryAfter: retryAfter,
	}
}

// missingSteps returns *onboarding.InputErrors if a step that the last one needs is neither done nor running. It
// names the running ones too.
func missingSteps(steps steps) error {
	var missing []string
	var each []onboarding.InputError
	for _, step := range onboarding.StepFinish.Missing(steps) {
		reason := "Step " + step.Number.Label() + " is " + strings.ReplaceAll(string(step.Status), "_", " ") + "."
		each = append(each, onboarding.InputError{Field: fmt.Sprintf("steps.%d", step.Number), Reason: reason})
		if step.Status != onboarding.StepInProgress {
			missing = append(missing, "Step "+step.Number.Label())
		}
	}
	if len(missing) == 0 {
		return nil
	}
	whole := &onboarding.InputError{
		Field: "steps", Code: "steps_missing",
		Reason: "Cannot complete onboarding. The following steps must be completed first: " +
			strings.Join(missing, ", ") + ".",
	}
	return &onboarding.InputErrors{Whole: whole, Each: each}
}

// complete skips the pending steps that may be skipped and completes the last one.
func (c *change) complete(ctx context.Context, steps steps) error {
	for _, step := range steps {
		if step.Number.Skippable() && step.Status == onboarding.StepPending {
			if err := c.settle(ctx, step.Number, onboarding.StepSkipped, nil); err != nil {
				return err
			}
		}
	}
	if err := c.settle(ctx, onboarding.StepFinish, onboarding.StepCompleted, nil); err != nil {
		return err
	}
	if err := c.q.SetFinished(ctx, app.SetFinishedParams{Finished: true, ID: c.sessionID}); err != nil {
		return fmt.Errorf("finish session: %w", err)
	}
	return nil
}
