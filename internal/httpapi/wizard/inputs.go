package wizard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// InputsBody are the personalization inputs of a user.
type InputsBody struct {
	onboarding.Inputs
	Revision int64      `json:"revision" minimum:"0" doc:"Grows with every change that the inputs were built for; 0 before the first build."`
	BuiltAt  *time.Time `json:"built_at" doc:"When they were built, null before the first build."`
}

// scopeInputs lets a service read the inputs of all users.
const scopeInputs = "inputs:read"

// serviceInput asks about a user.
type serviceInput struct {
	edge.StateInput
	UserID string `path:"user_id" example:"user_2abc" doc:"The user's id, percent-encoded."`
}

// inputsForService responds to a service with the inputs of a user, read under that user's row-level
// security. If the audit log cannot be written, nothing is answered.
func (h *Handlers) inputsForService(ctx context.Context, in *serviceInput) (*edge.StateOutput[InputsBody], error) {
	service, about := edge.User(ctx), edge.PathUserID(in.UserID)
	if about == "" {
		return nil, onboarding.ErrNotFound
	}
	if !service.Allows(scopeInputs) { // which belongs to the caller's history
		err := postgres.NoteRepeated(ctx, postgres.AsUser(h.cfg.Pool, service.ID), service.ID, "inputs.refused",
			map[string]any{"about": h.cfg.Keys.Fingerprint([]byte(about))})
		if err != nil {
			return nil, err
		}
		return nil, edge.NewProblem(http.StatusForbidden, "scope_required",
			"This is for services whose token has the scope "+scopeInputs+".")
	}
	if err := h.cfg.Submitter.Audit(ctx, service.ID, "inputs.read", about); err != nil {
		return nil, err
	}
	known, err := postgres.AsUser(h.cfg.Pool, about).HasSession(ctx, about)
	if err != nil {
		return nil, fmt.Errorf("look for the user: %w", err)
	}
	if !known {
		return nil, onboarding.ErrNotFound
	}
	return h.inputsOf(ctx, about, &in.StateInput)
}

func (h *Handlers) inputs(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[InputsBody], error) {
	return h.inputsOf(ctx, edge.UserID(ctx), in)
}

// inputsOf reads one row.
func (h *Handlers) inputsOf(
	ctx context.Context, userID string, in *edge.StateInput,
) (*edge.StateOutput[InputsBody], error) {
	stored, err := postgres.PersonalizationInputs(ctx, h.cfg.Pool, userID)
	body := InputsBody{Inputs: stored.Inputs, Revision: stored.Revision}
	if errors.Is(err, onboarding.ErrNotFound) {
		body.Inputs, err = h.cfg.DefaultInputs, nil
	} else {
		body.BuiltAt = &stored.BuiltAt
	}
	edge.WithoutNulls(&body.Inputs)
	return edge.Conditional(in, body, err)
}
