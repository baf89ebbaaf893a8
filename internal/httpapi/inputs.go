package httpapi

import (
	"context"
	"errors"
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
}

// inputs answers from one row.
func (s *Server) inputs(ctx context.Context, in *StateInput) (*stateOutput[InputsBody], error) {
	stored, err := s.cfg.State.Inputs(ctx, user(ctx).ID)
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
