package wizard

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// StepBody is the state of one step.
type StepBody struct {
	StepNumber       onboarding.StepNumber `json:"step_number" example:"2"`
	Title            string                `json:"title" example:"Website Analysis"`
	Description      string                `json:"description"`
	Status           string                `json:"status" enum:"pending,in_progress,completed,skipped,failed" doc:"The status of the newest submission."`
	Done             bool                  `json:"done" doc:"Whether the step counts: also while a newer submission runs or after it failed."`
	HasData          bool                  `json:"has_data" doc:"Whether a result is held."`
	Data             StepData              `json:"data"`
	ValidationErrors []string              `json:"validation_errors" doc:"Why the step failed, in sentences; empty otherwise."`
	Error            *edge.StepError       `json:"error,omitempty" doc:"Why the newest submission failed; left out otherwise."`
	Progress         float64               `json:"progress" minimum:"0" maximum:"100" example:"41.37" doc:"Percent of the newest submission, two decimals. It grows from one poll to the next while work goes on."`
	Phase            string                `json:"phase" example:"crawling" doc:"What is being done or waited for, empty when nothing is."`
	Message          string                `json:"message" example:"Read 3 of 10 pages of the website." doc:"The phase in one sentence, empty when nothing is being done."`
	SubmissionID     *uuid.UUID            `json:"submission_id" doc:"The newest submission, null before the first."`
	StartedAt        *time.Time            `json:"started_at" doc:"When the newest submission was made."`
	CompletedAt      *time.Time            `json:"completed_at" doc:"When a result was last stored."`
}

type stepInput struct {
	edge.StateInput
	Step onboarding.StepNumber `path:"n" example:"2" doc:"The number of the step."`
}

// dataExample ends the sentence "Send a JSON object…" for the submission of a step.
const dataExample = ` with the field data, for example {"data": {"website": "https://example.com"}}.`

func (h *Handlers) step(ctx context.Context, in *stepInput) (*edge.StateOutput[StepBody], error) {
	session, results, err := h.state(ctx, in.Step)
	if err != nil {
		return nil, err
	}
	return edge.Conditional(&in.StateInput, stepBody(session.Step(in.Step), results), nil)
}

func stepBody(step onboarding.Step, results stepResults) StepBody {
	info := step.Number.Info()
	body := StepBody{
		StepNumber: step.Number, Title: info.Title, Description: info.Description,
		Status: string(step.Status), Done: step.Done(), HasData: results.holds(step),
		Data: results.data(step), ValidationErrors: []string{},
		SubmissionID: step.SubmissionID, StartedAt: step.StartedAt, CompletedAt: step.CompletedAt,
	}
	switch step.Status {
	case onboarding.StepInProgress:
		body.Progress, body.Phase, body.Message = step.Progress.At(), step.Progress.Phase, step.Progress.Message
	case onboarding.StepCompleted, onboarding.StepSkipped:
		body.Progress = 100
	case onboarding.StepFailed:
		body.Progress = step.Progress.At()
		body.ValidationErrors = []string{step.FailureMessage}
		body.Error = edge.NewStepError(step.FailureCode, step.FailureMessage)
	case onboarding.StepPending:
	}
	return body
}
