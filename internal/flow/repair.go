package flow

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// The contradictions that the doctor finds. The statement ListContradictions defines them.
const (
	FindingStepWithoutWork        = "step_without_work"
	FindingWorkWithoutStep        = "work_without_step"
	FindingResultMissing          = "result_missing"
	FindingCompletedWithoutResult = "completed_without_result"
	FindingFinishContradicted     = "finish_contradicted"
	FindingInputsStale            = "inputs_stale"
)

// Findings are all of them.
var Findings = []string{
	FindingStepWithoutWork, FindingWorkWithoutStep, FindingResultMissing, FindingCompletedWithoutResult,
	FindingFinishContradicted, FindingInputsStale,
}

// Results of the repair of a contradiction.
const (
	DoctorRepaired = "repaired"
	DoctorRequeued = "requeued"
	DoctorGone     = "gone" // it was resolved meanwhile
	DoctorError    = "error"
	DoctorReported = "reported" // and left as it is
)

// Finding is a session whose rows contradict each other. Kind names the contradiction, Step is
// the step at fault, 0 if it is none.
type Finding = system.ListContradictionsRow

// Repair makes a session consistent again, or queues the work whose result is missing, and
// returns which: repaired, requeued, or gone if there is nothing left to repair. No user
// waits for the work, so it goes to the bulk queue.
func (s *Changer) Repair(ctx context.Context, f Finding) (result string, err error) {
	err = s.change(ctx, f.UserID, queue.Bulk, func(c *change) error {
		if err := c.lockSession(ctx); errors.Is(err, onboarding.ErrNotFound) { // the account is gone
			result = DoctorGone
			return nil
		} else if err != nil {
			return err
		}
		result, err = c.repair(ctx, f)
		return err
	})
	if err != nil {
		return DoctorError, fmt.Errorf("repair session %s: %w", f.SessionID, err)
	}
	return result, nil
}

// repair resolves one contradiction, judged by the rows as they are under the lock.
func (c *change) repair(ctx context.Context, f Finding) (result string, err error) {
	steps, err := c.lockSteps(ctx)
	if err != nil {
		return "", err
	}
	switch f.Kind {
	case FindingStepWithoutWork:
		return c.repairStep(ctx, steps[f.Step-1])
	case FindingWorkWithoutStep:
		return c.repairWork(ctx, steps[f.Step-1])
	case FindingResultMissing, FindingCompletedWithoutResult:
		return c.repairResult(ctx, steps, steps[f.Step-1])
	case FindingFinishContradicted:
		return c.repairFinish(ctx, steps)
	case FindingInputsStale:
		return c.repairInputs(ctx)
	}
	return "", fmt.Errorf("unknown finding %s", f.Kind)
}

// repairStep gives a step in progress the status that its submission has ended with.
func (c *change) repairStep(ctx context.Context, step onboarding.Step) (string, error) {
	if step.Status != onboarding.StepInProgress {
		return DoctorGone, nil
	}
	submission, err := c.submissionOf(ctx, step.SubmissionID)
	if err != nil {
		return "", err
	}
	params := app.EndStepParams{SessionID: c.sessionID, Step: step.Number}
	switch submission.Status {
	case onboarding.SubmissionInProgress:
		return DoctorGone, nil
	case onboarding.SubmissionCompleted:
		params.Status = onboarding.StepCompleted
		err = c.q.EndStep(ctx, params)
	case onboarding.SubmissionFailed:
		code := string(submission.FailureCode)
		params.Status, params.FailureCode, params.FailureMessage = onboarding.StepFailed, &code, &submission.FailureMessage
		err = c.q.EndStep(ctx, params)
	default: // superseded, cancelled, or gone
		err = c.q.StopStep(ctx, app.StopStepParams{SessionID: c.sessionID, Step: step.Number})
	}
	if err != nil {
		return "", fmt.Errorf("set step %d: %w", step.Number, err)
	}
	if err := c.record(ctx, step.Number); err != nil {
		return "", err
	}
	return DoctorRepaired, c.wantInputs(ctx)
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

// repairWork ends the running submissions of a step that the step does not name.
func (c *change) repairWork(ctx context.Context, step onboarding.Step) (string, error) {
	running, err := c.q.ListRunning(ctx, app.ListRunningParams{SessionID: c.sessionID, Step: &step.Number})
	if err != nil {
		return "", fmt.Errorf("list running submissions: %w", err)
	}
	result := DoctorGone
	for _, id := range running {
		if step.Status == onboarding.StepInProgress && step.SubmissionID != nil && *step.SubmissionID == id {
			continue
		}
		if err := c.stop(ctx, id, onboarding.SubmissionSuperseded); err != nil {
			return "", err
		}
		result = DoctorRepaired
	}
	return result, nil
}

// repairResult queues the work whose result is missing again, or makes the step pending if
// its input is gone.
func (c *change) repairResult(ctx context.Context, steps steps, step onboarding.Step) (string, error) {
	missing, err := c.resultMissing(ctx, step)
	if err != nil || !missing {
		return DoctorGone, err
	}
	if step.Status == onboarding.StepInProgress {
		return DoctorRepaired, c.loseResult(ctx, steps, step)
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
		return DoctorRepaired, c.loseResult(ctx, steps, step)
	}
	// A finished onboarding stays so: the result comes back.
	if err := c.reset(ctx, step); err != nil {
		return "", err
	}
	_, err = c.enqueue(ctx, request{kind: submission.Kind, input: submission.Input})
	return DoctorRequeued, err
}

// resultMissing reports whether a step holds a result that is not stored, or is completed by
// queued work without holding one.
func (c *change) resultMissing(ctx context.Context, step onboarding.Step) (bool, error) {
	if step.ResultSubmissionID == nil {
		return step.Status == onboarding.StepCompleted, nil
	}
	var held int
	var err error
	if step.Number == onboarding.StepWebsite {
		var rows []app.HeldWebsiteAnalysesRow
		rows, err = c.q.HeldWebsiteAnalyses(ctx, []string{c.userID})
		held = len(rows)
	} else {
		var rows []app.HeldPersonasRow
		rows, err = c.q.HeldPersonas(ctx, []string{c.userID})
		held = len(rows)
	}
	if err != nil {
		return false, fmt.Errorf("read result of step %d: %w", step.Number, err)
	}
	return held == 0, nil
}

// repairFinish finishes a session whose steps allow it, and reopens any other.
func (c *change) repairFinish(ctx context.Context, steps steps) (string, error) {
	finished, err := c.q.SessionFinishedAt(ctx, c.sessionID)
	if err != nil {
		return "", fmt.Errorf("read session: %w", err)
	}
	finish := steps[onboarding.StepFinish-1]
	if (finished != nil) == (finish.Status == onboarding.StepCompleted) {
		return DoctorGone, nil
	}
	if mayComplete(steps) == nil {
		return DoctorRepaired, c.complete(ctx, steps)
	}
	if err := c.reopen(ctx, finish); err != nil || finish.Status != onboarding.StepPending {
		return DoctorRepaired, err
	}
	return DoctorRepaired, c.record(ctx, finish.Number)
}

// repairInputs queues a build unless one is running.
func (c *change) repairInputs(ctx context.Context) (string, error) {
	running, err := findBuild(ctx, c.q, c.sessionID)
	switch {
	case err != nil:
		return "", err
	case running != uuid.Nil:
		return DoctorGone, nil
	}
	return DoctorRequeued, c.wantInputs(ctx)
}
