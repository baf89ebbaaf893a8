package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// StatusBody says where a user stands.
type StatusBody struct {
	IsCompleted          bool       `json:"is_completed" doc:"Whether the user has finished the onboarding."`
	CurrentStep          int        `json:"current_step" minimum:"1" maximum:"6" example:"2" doc:"The highest step that is done, at least 1."`
	NextStep             *int       `json:"next_step" minimum:"1" maximum:"6" example:"1" doc:"The lowest step that is not done, null when all are."`
	CompletionPercentage int        `json:"completion_percentage" minimum:"0" maximum:"100" example:"17" doc:"The share of steps that are done, rounded."`
	CanProceedToFinal    bool       `json:"can_proceed_to_final" doc:"Whether the steps that finishing needs are done: 2, 3 and 4."`
	StartedAt            time.Time  `json:"started_at"`
	LastUpdated          time.Time  `json:"last_updated"`
	CompletedAt          *time.Time `json:"completed_at" doc:"When the user finished, null before."`
}

// ProgressBody says where a user stands with every step.
type ProgressBody struct {
	StatusBody
	Steps []StepBody `json:"steps" minItems:"6" maxItems:"6" doc:"The six steps in their order."`
}

// StartBody answers a start.
type StartBody struct {
	StatusBody
	Message  string `json:"message" example:"Your onboarding is ready."`
	ID       string `json:"id" format:"uuid" doc:"The id of the session."`
	UserID   string `json:"user_id"`
	Progress int    `json:"progress" minimum:"0" maximum:"100" doc:"The same as completion_percentage."`
}

func (s *Server) registerSession() {
	register(s, huma.Operation{
		Method: http.MethodPost, Path: basePath + "/start", OperationID: "start", Tags: []string{"onboarding"},
		Summary: "Start or resume", Description: "Makes the user's session if there is none. It changes no step and may be repeated.",
	}, nil, s.start)
	register(s, huma.Operation{
		Method: http.MethodGet, Path: basePath + "/status", OperationID: "getStatus", Tags: []string{"onboarding"},
		Summary: "Where the user stands", Metadata: map[string]any{conditional: true},
	}, nil, s.status)
	register(s, huma.Operation{
		Method: http.MethodGet, Path: basePath + "/progress", OperationID: "getProgress", Tags: []string{"onboarding"},
		Summary: "Where the user stands, with every step", Metadata: map[string]any{conditional: true},
	}, nil, s.progress)
}

func (s *Server) start(ctx context.Context, _ *struct{}) (*stateOutput[StartBody], error) {
	session, err := s.cfg.State.Session(ctx, user(ctx).ID)
	if err != nil {
		return nil, err
	}
	return answer(&StateInput{}, tagOf(session), StartBody{
		StatusBody: statusBody(session),
		Message:    "Your onboarding is ready.",
		ID:         session.ID.String(),
		UserID:     session.UserID,
		Progress:   session.CompletionPercentage(),
	}), nil
}

func (s *Server) status(ctx context.Context, in *StateInput) (*stateOutput[StatusBody], error) {
	session, err := s.cfg.State.Session(ctx, user(ctx).ID)
	if err != nil {
		return nil, err
	}
	return answer(in, tagOf(session), statusBody(session)), nil
}

func (s *Server) progress(ctx context.Context, in *StateInput) (*stateOutput[ProgressBody], error) {
	session, err := s.cfg.State.Session(ctx, user(ctx).ID)
	if err != nil {
		return nil, err
	}
	results, err := s.allResults(ctx)
	if err != nil {
		return nil, err
	}
	body := ProgressBody{StatusBody: statusBody(session), Steps: stepBodies(session, results)}
	return answer(in, tagOf(session, session.Steps[:]...), body), nil
}

func statusBody(session onboarding.Session) StatusBody {
	body := StatusBody{
		IsCompleted:          session.IsCompleted(),
		CurrentStep:          int(session.CurrentStep()),
		CompletionPercentage: session.CompletionPercentage(),
		CanProceedToFinal:    session.CanFinish(),
		StartedAt:            session.StartedAt.UTC(),
		LastUpdated:          session.UpdatedAt.UTC(),
		CompletedAt:          utc(session.CompletedAt),
	}
	if next := int(session.NextStep()); next != 0 {
		body.NextStep = &next
	}
	return body
}

// utc returns the moment as clients read it, nil for nil.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}
