package wizard

import (
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// completeWait bounds the wait for running steps, completeDeadline the whole request.
const (
	completeWait     = 5 * time.Second
	completeDeadline = 15 * time.Second
)

// FinishBody is the response to the finish.
type FinishBody struct {
	Message              string    `json:"message" example:"Your onboarding is complete."`
	CompletedAt          time.Time `json:"completed_at" doc:"When the user finished; the same for every repetition."`
	CompletionPercentage int       `json:"completion_percentage" minimum:"0" maximum:"100" example:"100"`
	PersonaGenerated     bool      `json:"persona_generated" doc:"Whether step 4 holds personas."`
	ScheduledTasks       []string  `json:"scheduled_tasks" doc:"Always empty: the scheduler is another service."`
	FailedTasks          []string  `json:"failed_tasks" doc:"Always empty."`
}

// ResumeBody says where to go on.
type ResumeBody struct {
	StatusBody
	CanResume  bool                   `json:"can_resume" doc:"Whether there is something left to do."`
	ResumeStep *onboarding.StepNumber `json:"resume_step" example:"2" doc:"The step to go on with, null when the onboarding is finished."`
	Message    string                 `json:"message" example:"Go on with step 2 (Website Analysis)."`
}

// ResetRequest says how much to reset.
type ResetRequest struct {
	DeleteData bool `json:"delete_data,omitempty" nullable:"true" doc:"Whether what the steps stored is deleted too; false by default. API keys are kept."`
}

// ResetBody is the response to a reset.
type ResetBody struct {
	StatusBody
	Message string `json:"message" example:"Your onboarding starts over."`
}

type resetInput struct {
	Body *ResetRequest
}

func (h *Handlers) finish(ctx context.Context, _ *struct{}) (*edge.Output[FinishBody], error) {
	if err := h.cfg.Submitter.Complete(ctx, edge.UserID(ctx), completeWait); err != nil {
		return nil, err
	}
	session, err := h.session(ctx)
	if err != nil {
		return nil, err
	}
	if session.CompletedAt == nil { // reset in the same moment
		return nil, onboarding.ErrSuperseded
	}
	return edge.OK(FinishBody{
		Message: "Your onboarding is complete.", CompletedAt: *session.CompletedAt,
		CompletionPercentage: session.CompletionPercentage(),
		PersonaGenerated:     session.Step(onboarding.StepPersonalization).ResultSubmissionID != nil,
		ScheduledTasks:       []string{}, FailedTasks: []string{},
	}), nil
}

func (h *Handlers) resetAll(ctx context.Context, in *resetInput) (*edge.Output[ResetBody], error) {
	deleteData := in.Body != nil && in.Body.DeleteData
	if err := h.cfg.Submitter.ResetAll(ctx, edge.UserID(ctx), deleteData); err != nil {
		return nil, err
	}
	session, err := h.session(ctx)
	return edge.OK(ResetBody{StatusBody: statusBody(session), Message: "Your onboarding starts over."}), err
}

func (h *Handlers) resume(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[ResumeBody], error) {
	return conditional(ctx, h, in, func(session onboarding.Session) ResumeBody {
		body := ResumeBody{StatusBody: statusBody(session), Message: "Your onboarding is complete."}
		if next := session.NextStep(); next != 0 && !session.IsCompleted() {
			body.CanResume, body.ResumeStep = true, body.NextStep
			body.Message = "Go on with step " + next.Label() + "."
		}
		return body
	})
}
