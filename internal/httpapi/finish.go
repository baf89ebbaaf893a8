package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// completeWait bounds the wait for running steps, completeDeadline the whole request.
const (
	completeWait     = 5 * time.Second
	completeDeadline = 15 * time.Second
)

// FinishBody answers the finish.
type FinishBody struct {
	Message              string    `json:"message" example:"Your onboarding is complete."`
	CompletedAt          time.Time `json:"completed_at" doc:"When the user finished; the same for every repetition."`
	CompletionPercentage int       `json:"completion_percentage" minimum:"0" maximum:"100" example:"100"`
	PersonaGenerated     bool      `json:"persona_generated" doc:"Whether step 4 holds personas."`
}

// ResumeBody says where to go on.
type ResumeBody struct {
	StatusBody
	CanResume  bool   `json:"can_resume" doc:"Whether there is something left to do."`
	ResumeStep *int   `json:"resume_step" minimum:"1" maximum:"6" example:"2" doc:"The step to go on with, null when the onboarding is finished."`
	Message    string `json:"message" example:"Go on with step 2 (Website Analysis)."`
}

// ResetRequest says how much to reset.
type ResetRequest struct {
	DeleteData *bool `json:"delete_data,omitempty" nullable:"true" doc:"Whether what the steps stored is deleted too; false by default. API keys are kept."`
}

// ResetBody answers a reset.
type ResetBody struct {
	StatusBody
	Message string `json:"message" example:"Your onboarding starts over."`
}

type resetInput struct {
	Body *ResetRequest
}

func (s *Server) registerFinish() {
	register(s, huma.Operation{
		Method: http.MethodPost, Path: basePath + "/complete", OperationID: "complete", Tags: []string{"onboarding"},
		Summary: "Finish the onboarding", Metadata: map[string]any{deadline: completeDeadline},
		Description: "Steps 2 and 4 must be done, and step 3 done or skipped; 400 names those that are missing. Steps that are still running are waited for up to five seconds, " +
			"then the answer is 409 with Retry-After. Steps 1, 3 and 5 that are pending become skipped. A second call answers the same.",
	}, []int{http.StatusBadRequest, http.StatusConflict}, s.finish)
	register(s, huma.Operation{
		Method: http.MethodPost, Path: basePath + "/reset", OperationID: "reset", Tags: []string{"onboarding"},
		Summary:     "Start over",
		Description: "Makes every step pending and cancels running work. API keys are kept; results stay readable and count for nothing, unless delete_data is true.",
	}, refusals, s.resetAll)
	register(s, huma.Operation{
		Method: http.MethodGet, Path: basePath + "/resume", OperationID: "getResume", Tags: []string{"onboarding"},
		Summary: "Where to go on", Metadata: map[string]any{conditional: true},
	}, nil, s.resume)
}

func (s *Server) finish(ctx context.Context, _ *struct{}) (*output[FinishBody], error) {
	if err := s.cfg.Submitter.Complete(ctx, user(ctx).ID, completeWait); err != nil {
		return nil, err
	}
	session, err := s.cfg.State.Session(ctx, user(ctx).ID)
	if err != nil {
		return nil, err
	}
	if session.CompletedAt == nil { // reset in the same moment
		return nil, onboarding.ErrSuperseded
	}
	return &output[FinishBody]{Body: FinishBody{
		Message: "Your onboarding is complete.", CompletedAt: session.CompletedAt.UTC(),
		CompletionPercentage: session.CompletionPercentage(),
		PersonaGenerated:     session.Step(onboarding.StepPersonalization).ResultSubmissionID != nil,
	}}, nil
}

func (s *Server) resetAll(ctx context.Context, in *resetInput) (*output[ResetBody], error) {
	deleteData := in.Body != nil && in.Body.DeleteData != nil && *in.Body.DeleteData
	if err := s.cfg.Submitter.ResetAll(ctx, user(ctx).ID, deleteData); err != nil {
		return nil, err
	}
	session, err := s.cfg.State.Session(ctx, user(ctx).ID)
	if err != nil {
		return nil, err
	}
	return &output[ResetBody]{Body: ResetBody{StatusBody: statusBody(session), Message: "Your onboarding starts over."}}, nil
}

func (s *Server) resume(ctx context.Context, in *StateInput) (*stateOutput[ResumeBody], error) {
	session, err := s.cfg.State.Session(ctx, user(ctx).ID)
	if err != nil {
		return nil, err
	}
	body := ResumeBody{StatusBody: statusBody(session), Message: "Your onboarding is complete."}
	if next := session.NextStep(); next != 0 && !session.IsCompleted() {
		body.CanResume, body.ResumeStep = true, body.NextStep
		body.Message = fmt.Sprintf("Go on with step %d (%s).", next, next.Info().Title)
	}
	return answer(in, tagOf(session), body), nil
}
