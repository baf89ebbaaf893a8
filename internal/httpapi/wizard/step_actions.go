package wizard

import (
	"context"
	"fmt"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

type stepPath struct {
	Step onboarding.StepNumber `path:"n" example:"2" doc:"The number of the step."`
}

// ValidateBody says whether a step can be submitted now.
type ValidateBody struct {
	CanProceed       bool     `json:"can_proceed" doc:"Whether what the step needs is there."`
	ValidationErrors []string `json:"validation_errors" doc:"What is missing, in sentences."`
	StepStatus       string   `json:"step_status" enum:"available,locked" doc:"The same in a word."`
	Status           string   `json:"status" enum:"pending,in_progress,completed,skipped,failed" doc:"The status of the step."`
	Done             bool     `json:"done" doc:"Whether the step counts."`
}

func (h *Handlers) skip(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	err := h.cfg.Submitter.Skip(ctx, edge.UserID(ctx), in.Step)
	return h.stepStatus(ctx, in.Step, err, fmt.Sprintf("Step %d is skipped.", in.Step))
}

func (h *Handlers) cancel(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	err := h.cfg.Submitter.Cancel(ctx, edge.UserID(ctx), in.Step)
	return h.stepStatus(ctx, in.Step, err, fmt.Sprintf("The work of step %d is cancelled.", in.Step))
}

func (h *Handlers) retry(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	submission, err := h.cfg.Submitter.Retry(ctx, edge.UserID(ctx), in.Step)
	if err != nil {
		return nil, err
	}
	return accepted(in.Step, submission, fmt.Sprintf("Step %d is being tried again.", in.Step)), nil
}

func (h *Handlers) resetStep(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	err := h.cfg.Submitter.Reset(ctx, edge.UserID(ctx), in.Step)
	return h.stepStatus(ctx, in.Step, err, fmt.Sprintf("Step %d is pending again.", in.Step))
}

func (h *Handlers) validateStep(ctx context.Context, in *stepInput) (*edge.StateOutput[ValidateBody], error) {
	return conditional(ctx, h, &in.StateInput, func(session onboarding.Session) ValidateBody {
		step, missing := session.Step(in.Step), session.MissingFor(in.Step)
		body := ValidateBody{
			CanProceed: len(missing) == 0, ValidationErrors: missing, StepStatus: "available",
			Status: string(step.Status), Done: step.Done(),
		}
		if len(missing) > 0 {
			body.StepStatus = "locked"
		}
		return body
	})
}
