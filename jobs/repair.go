package jobs

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// repair resolves one contradiction, as the rows are under the lock.
func (c *change) repair(ctx context.Context, f Finding) (result string, err error) {
	steps, err := c.lockSteps(ctx)
	if err != nil {
		return "", err
	}
	switch f.Kind {
	case findingStepWithoutWork:
		return c.repairStep(ctx, steps[f.Step-1])
	case findingWorkWithoutStep:
		return c.repairWork(ctx, steps[f.Step-1])
	case findingResultMissing, findingCompletedWithoutResult:
		return c.repairResult(ctx, steps, steps[f.Step-1])
	case findingFinishContradicted:
		return c.repairFinish(ctx, steps)
	case findingInputsStale:
		return c.repairInputs(ctx)
	}
	return "", fmt.Errorf("unknown finding %s", f.Kind)
}

// repairStep gives a step in progress the status that its submission has ended with.
func (c *change) repairStep(ctx context.Context, step postgres.LockStepsRow) (string, error) {
	if step.Status != onboarding.StepInProgress {
		return doctorGone, nil
	}
	submission, err := c.submissionOf(ctx, step.SubmissionID)
	if err != nil {
		return "", err
	}
	params := postgres.EndStepParams{SessionID: c.sessionID, Step: step.Step}
	switch submission.Status {
	case onboarding.SubmissionInProgress:
		return doctorGone, nil
	case onboarding.SubmissionCompleted:
		params.Status = onboarding.StepCompleted
		err = c.q.EndStep(ctx, params)
	case onboarding.SubmissionFailed:
		code := string(submission.FailureCode)
		params.Status, params.FailureCode, params.FailureMessage = onboarding.StepFailed, &code, &submission.FailureMessage
		err = c.q.EndStep(ctx, params)
	default: // superseded, cancelled, or gone
		err = c.q.StopStep(ctx, postgres.StopStepParams{SessionID: c.sessionID, Step: step.Step})
	}
	if err != nil {
		return "", fmt.Errorf("set step %d: %w", step.Step, err)
	}
	if err := c.record(ctx, step.Step); err != nil {
		return "", err
	}
	return doctorRepaired, c.wantInputs(ctx)
}

// submissionOf returns a submission, an empty one if it is gone.
func (c *change) submissionOf(ctx context.Context, id *uuid.UUID) (onboarding.Submission, error) {
	if id == nil {
		return onboarding.Submission{}, nil
	}
	submission, err := postgres.SubmissionByID(ctx, c.q, *id)
	if errors.Is(err, onboarding.ErrNotFound) {
		return onboarding.Submission{}, nil
	}
	return submission, err
}

// repairWork ends the running submissions of a step that the step does not know.
func (c *change) repairWork(ctx context.Context, step postgres.LockStepsRow) (string, error) {
	running, err := c.q.ListRunning(ctx, postgres.ListRunningParams{SessionID: c.sessionID, Step: &step.Step})
	if err != nil {
		return "", fmt.Errorf("list running submissions: %w", err)
	}
	result := doctorGone
	for _, id := range running {
		if step.Status == onboarding.StepInProgress && step.SubmissionID != nil && *step.SubmissionID == id {
			continue
		}
		if err := c.stop(ctx, id, onboarding.SubmissionSuperseded); err != nil {
			return "", err
		}
		result = doctorRepaired
	}
	return result, nil
}

// repairResult queues the work whose result is missing again, or makes the step
// pending if nobody knows any more what it was made from.
func (c *change) repairResult(ctx context.Context, steps []postgres.LockStepsRow, step postgres.LockStepsRow) (string, error) {
	missing, err := c.resultMissing(ctx, step)
	if err != nil || !missing {
		return doctorGone, err
	}
	if step.Status == onboarding.StepInProgress {
		return doctorRepaired, c.loseResult(ctx, steps, step)
	}
	source := step.ResultSubmissionID
	if source == nil {
		source = step.SubmissionID
	}
	submission, err := c.submissionOf(ctx, source)
	if err != nil {
		return "", err
	}
	if submission.Kind == "" {
		return doctorRepaired, c.loseResult(ctx, steps, step)
	}
	// A finished onboarding stays so: the result comes back.
	if err := c.reset(ctx, step); err != nil {
		return "", err
	}
	_, err = c.enqueue(ctx, request{kind: submission.Kind, step: step.Step, input: submission.Input})
	return doctorRequeued, err
}

// resultMissing tells whether a step holds a result that is not stored, or is
// completed by work without holding one.
func (c *change) resultMissing(ctx context.Context, step postgres.LockStepsRow) (bool, error) {
	if step.ResultSubmissionID == nil {
		return step.Status == onboarding.StepCompleted, nil
	}
	var err error
	if step.Step == onboarding.StepWebsite {
		_, err = c.q.HeldWebsiteAnalysis(ctx, c.userID)
	} else {
		_, err = c.q.HeldPersonas(ctx, c.userID)
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("read result of step %d: %w", step.Step, err)
	}
	return false, nil
}

// repairFinish finishes a session whose steps allow it, and reopens another.
func (c *change) repairFinish(ctx context.Context, steps []postgres.LockStepsRow) (string, error) {
	finished, err := c.q.SessionFinishedAt(ctx, c.sessionID)
	if err != nil {
		return "", fmt.Errorf("read session: %w", err)
	}
	finish := steps[onboarding.StepFinish-1]
	if (finished != nil) == (finish.Status == onboarding.StepCompleted) {
		return doctorGone, nil
	}
	if mayComplete(steps) == nil {
		return doctorRepaired, c.complete(ctx, steps)
	}
	if err := c.reopen(ctx, finish); err != nil || finish.Status != onboarding.StepPending {
		return doctorRepaired, err
	}
	return doctorRepaired, c.record(ctx, finish.Step)
}

// repairInputs queues a build unless one is running.
func (c *change) repairInputs(ctx context.Context) (string, error) {
	running, err := findBuild(ctx, c.q, c.sessionID)
	switch {
	case err != nil:
		return "", err
	case running != uuid.Nil:
		return doctorGone, nil
	}
	return doctorRequeued, c.wantInputs(ctx)
}
