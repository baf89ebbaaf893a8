package wizard

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

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
	Status           string   `json:"status" enum:"pending,in_progress,completed,skipped,failed" doc:"Where the step stands."`
	Done             bool     `json:"done" doc:"Whether the step counts."`
}

func (h *Handlers) registerStepActions() {
	for _, action := range []struct {
		name, summary, description string
		status                     int
		do                         func(context.Context, *stepPath) (*submittedOutput, error)
	}{
		{"skip", "Skip a step", "Steps " + onboarding.ListSteps(onboarding.StepNumber.Skippable) + " can be left out; 409 for the others and for one that is completed.", http.StatusOK, h.skip},
		{"cancel", "Stop the running work of a step", "The step goes back to the result that it holds, or to pending; 409 when nothing runs.", http.StatusOK, h.cancel},
		{"retry", "Submit a step's last input again", "The work goes on in the background, Location says where to look; 409 when nothing was submitted before.", http.StatusAccepted, h.retry},
		{"reset", "Make a step pending again", "Running work is cancelled. What is stored stays readable and counts for nothing.", http.StatusOK, h.resetStep},
	} {
		path := edge.BasePath + "/step/{n}/" + action.name
		edge.Register(h.edge, huma.Operation{
			Method: http.MethodPost, Path: path, OperationID: action.name + "Step", Tags: []string{"steps"},
			Summary: action.summary, Description: action.description, DefaultStatus: action.status,
		}, []int{http.StatusNotFound, http.StatusConflict}, action.do)
	}
	edge.Register(h.edge, huma.Operation{
		Method: http.MethodGet, Path: edge.BasePath + "/step/{n}/validate", OperationID: "validateStep", Tags: []string{"steps"},
		Summary: "Whether a step can be submitted", Metadata: map[string]any{edge.Conditional: true},
		Description: "Steps may be submitted in any order; only personas need an analysed website, and finishing the steps before it.",
	}, []int{http.StatusNotFound}, h.validateStep)
}

func (h *Handlers) skip(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	n := in.Step
	if err := h.cfg.Submitter.Skip(ctx, edge.UserID(ctx), n); err != nil {
		return nil, err
	}
	return h.stepNow(ctx, n, fmt.Sprintf("Step %d is skipped.", n))
}

func (h *Handlers) cancel(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	n := in.Step
	if err := h.cfg.Submitter.Cancel(ctx, edge.UserID(ctx), n); err != nil {
		return nil, err
	}
	return h.stepNow(ctx, n, fmt.Sprintf("The work of step %d is cancelled.", n))
}

func (h *Handlers) retry(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	n := in.Step
	submission, err := h.cfg.Submitter.Retry(ctx, edge.UserID(ctx), n)
	if err != nil {
		return nil, err
	}
	return accepted(n, submission, fmt.Sprintf("Step %d is being tried again.", n)), nil
}

func (h *Handlers) resetStep(ctx context.Context, in *stepPath) (*submittedOutput, error) {
	n := in.Step
	if err := h.cfg.Submitter.Reset(ctx, edge.UserID(ctx), n); err != nil {
		return nil, err
	}
	return h.stepNow(ctx, n, fmt.Sprintf("Step %d is pending again.", n))
}

func (h *Handlers) validateStep(ctx context.Context, in *stepInput) (*edge.StateOutput[ValidateBody], error) {
	session, err := h.session(ctx)
	if err != nil {
		return nil, err
	}
	step := session.Step(in.Step)
	missing := missingFor(session, step.Number)
	body := ValidateBody{
		CanProceed: len(missing) == 0, ValidationErrors: missing, StepStatus: "available",
		Status: string(step.Status), Done: step.Done(),
	}
	if len(missing) > 0 {
		body.StepStatus = "locked"
	}
	return edge.Answer(&in.StateInput, edge.TagOf(session), body), nil
}

// missingFor says in sentences which steps must be done before step n.
func missingFor(session onboarding.Session, n onboarding.StepNumber) []string {
	missing := []string{}
	for _, step := range n.Missing(session.Steps) {
		if step.Status == onboarding.StepInProgress {
			missing = append(missing, "Step "+step.Number.Label()+" is still in progress. Try again in a moment.")
		} else {
			missing = append(missing, "Complete step "+step.Number.Label()+" first.")
		}
	}
	return missing
}
