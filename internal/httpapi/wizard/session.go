package wizard

import (
	"context"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// StatusBody is the state of an onboarding.
type StatusBody struct {
	IsCompleted          bool                   `json:"is_completed" doc:"Whether the user has finished the onboarding."`
	CurrentStep          onboarding.StepNumber  `json:"current_step" example:"2" doc:"The highest step that is done, at least 1."`
	NextStep             *onboarding.StepNumber `json:"next_step" example:"1" doc:"The lowest step that is not done, null when all are."`
	CompletionPercentage int                    `json:"completion_percentage" minimum:"0" maximum:"100" example:"17" doc:"The share of steps that are done, rounded."`
	CanProceedToFinal    bool                   `json:"can_proceed_to_final" doc:"Whether all required steps are done."`
	StartedAt            time.Time              `json:"started_at"`
	LastUpdated          time.Time              `json:"last_updated"`
	CompletedAt          *time.Time             `json:"completed_at" doc:"When the user finished, null before."`
}

// ProgressBody is the state of an onboarding with every step.
type ProgressBody struct {
	StatusBody
	Steps [onboarding.StepCount]StepBody `json:"steps" doc:"All steps in their order."`
}

// StartBody is the response to a start.
type StartBody struct {
	StatusBody
	Message  string `json:"message" example:"Your onboarding is ready."`
	ID       string `json:"id" format:"uuid" doc:"The id of the session."`
	UserID   string `json:"user_id"`
	Progress int    `json:"progress" minimum:"0" maximum:"100" doc:"The same as completion_percentage."`
}

func (h *Handlers) start(ctx context.Context, _ *struct{}) (*edge.StateOutput[StartBody], error) {
	return conditional(ctx, h, &edge.StateInput{}, func(session onboarding.Session) StartBody {
		return StartBody{
			StatusBody: statusBody(session),
			Message:    "Your onboarding is ready.",
			ID:         session.ID.String(),
			UserID:     session.UserID,
			Progress:   session.CompletionPercentage(),
		}
	})
}

func (h *Handlers) status(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[StatusBody], error) {
	return conditional(ctx, h, in, statusBody)
}

func (h *Handlers) progress(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[ProgressBody], error) {
	_, body, err := h.progressBody(ctx)
	return edge.Conditional(in, body, err)
}

// progressBody also returns the session that the body describes.
func (h *Handlers) progressBody(ctx context.Context) (session onboarding.Session, body ProgressBody, err error) {
	session, results, err := h.state(ctx, stepsWithResults...)
	if err != nil {
		return session, body, err
	}
	body.StatusBody = statusBody(session)
	for i, step := range session.Steps {
		body.Steps[i] = stepBody(step, results)
	}
	return session, body, nil
}

func statusBody(session onboarding.Session) StatusBody {
	return StatusBody{
		IsCompleted:          session.IsCompleted(),
		CurrentStep:          session.CurrentStep(),
		NextStep:             edge.OrNil(session.NextStep()),
		CompletionPercentage: session.CompletionPercentage(),
		CanProceedToFinal:    session.CanFinish(),
		StartedAt:            session.StartedAt,
		LastUpdated:          session.UpdatedAt,
		CompletedAt:          session.CompletedAt,
	}
}
