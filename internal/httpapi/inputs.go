package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// InputsBody are the personalization inputs of a user.
type InputsBody struct {
	onboarding.Inputs
	Revision int64      `json:"revision" minimum:"0" doc:"Grows with every change that the inputs were built for; 0 before the first build."`
	BuiltAt  *time.Time `json:"built_at" doc:"When they were built, null before the first build."`
}

func (s *Server) registerInputs() {
	register(s, huma.Operation{
		Method: http.MethodGet, Path: basePath + "/personalization-inputs", OperationID: "getInputs", Tags: []string{"onboarding"},
		Summary: "What other services feed to their models", Metadata: map[string]any{conditional: true},
		Description: "Built whenever the website analysis, the research preferences or the personas change. Without an analysis the documented defaults are answered: is_default is true then, and default_reason says why. Null and empty values are not known; meta.uncertainty says why.",
	}, nil, s.inputs)
	register(s, huma.Operation{
		Method: http.MethodGet, Path: basePath + "/users/{user_id}/personalization-inputs", OperationID: "getInputsOfUser", Tags: []string{"services"},
		Summary: "The same of any user, for other services", Metadata: map[string]any{conditional: true},
		Description: "Needs a token with the scope inputs:read (claim scope or scp). Every call stands in the audit log, refused ones too.",
	}, []int{http.StatusForbidden, http.StatusNotFound}, s.inputsForService)
}

// scopeInputs lets a service read the inputs of all users.
const scopeInputs = "inputs:read"

// serviceInput asks about a user.
type serviceInput struct {
	StateInput
	UserID string `path:"user_id" example:"user_2abc" doc:"The user's id, percent-encoded."`
}

// inputsForService answers a service with the inputs of a user, read under that user's
// row-level security. What can't be noted isn't done.
func (s *Server) inputsForService(ctx context.Context, in *serviceInput) (*stateOutput[InputsBody], error) {
	service, about := user(ctx), pathUserID(in.UserID)
	if about == "" {
		return nil, onboarding.ErrNotFound
	}
	action, allowed := "inputs.read", service.Allows(scopeInputs)
	if !allowed {
		action = "inputs.refused"
	}
	if err := s.cfg.Submitter.Audit(ctx, service.ID, action, about); err != nil {
		return nil, err
	}
	if !allowed {
		return nil, newProblem(http.StatusForbidden, "scope_required", "This is for services whose token has the scope "+scopeInputs+".")
	}
	known, err := s.cfg.State.Known(ctx, about)
	if err != nil {
		return nil, fmt.Errorf("look for the user: %w", err)
	}
	if !known {
		return nil, onboarding.ErrNotFound
	}
	return s.inputsOf(ctx, about, &in.StateInput)
}

func (s *Server) inputs(ctx context.Context, in *StateInput) (*stateOutput[InputsBody], error) {
	return s.inputsOf(ctx, user(ctx).ID, in)
}

// inputsOf answers from one row.
func (s *Server) inputsOf(ctx context.Context, userID string, in *StateInput) (*stateOutput[InputsBody], error) {
	stored, err := s.cfg.State.Inputs(ctx, userID)
	body := InputsBody{Inputs: stored.Inputs, Revision: stored.Revision}
	switch {
	case errors.Is(err, onboarding.ErrNotFound):
		body.Inputs = s.cfg.DefaultInputs
	case err != nil:
		return nil, err
	default:
		body.BuiltAt = utc(&stored.BuiltAt)
	}
	withoutNulls(&body.Inputs)
	return answerContent(in, body)
}
