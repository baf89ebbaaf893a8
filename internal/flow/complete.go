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
// *onboarding.InputError naming the steps that are missing.
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

// waitForSteps waits until no required step is in progress without a result.
func (s *Submitter) waitForSteps(ctx context.Context, userID string, bound time.Duration) error {
	session, err := postgres.Session(ctx, s.Pool, userID)
	if err != nil {
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
	var missing, running []string
	for _, step := range onboarding.StepFinish.Missing(steps) {
		if step.Status == onboarding.StepInProgress {
			running = append(running, "Step "+step.Number.Label())
		} else {
			missing = append(missing, "Step "+step.Number.Label())
		}
	}
	switch {
	case len(missing) > 0:
		return &onboarding.InputError{
			Field: "steps", Code: "steps_missing",
			Reason: "Cannot complete onboarding. The following steps must be completed first: " +
				strings.Join(missing, ", ") + ".",
		}
	case len(running) > 0:
		return &onboarding.ConflictError{
			Code: "step_in_progress", Reason: strings.Join(running, ", ") + " is still in progress. Try again in a moment.",
			RetryAfter: retryAfter,
		}
	}
	return nil
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
	if err := c.q.SetFinished(ctx, app.SetFinishedParams{Finished: true, ID: c.sessionID}); err != nil {
		return fmt.Errorf("finish session: %w", err)
	}
	return c.settle(ctx, onboarding.StepFinish, onboarding.StepCompleted, nil)
}
