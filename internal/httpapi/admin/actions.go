package admin

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// actions is the table of what an operator does to one user at once: what bulk operations do, and cancelling.
var actions = func() map[bulk.Kind]func(*flow.Operator, context.Context, string) (flow.Outcome, error) {
	all := maps.Clone(bulk.Kinds)
	all["cancel"] = (*flow.Operator).Cancel
	return all
}()

// actionTime bounds an action on one user, the locks that it waits for included.
const actionTime = 30 * time.Second

// ActionRequest asks for something to be done to one user.
type ActionRequest struct {
	Kind    string `json:"kind" enum:"cancel,retry_failed,reset,rebuild_inputs,delete" example:"retry_failed" doc:"cancel stops running work; the others are those of bulk operations."`
	Confirm bool   `json:"confirm,omitempty" doc:"Must be true to delete."`
}

// ActionBody is what became of an action.
type ActionBody struct {
	Outcome flow.Outcome `json:"outcome" enum:"done,unchanged" example:"done" doc:"Unchanged: there was nothing to do."`
}

type actionInput struct {
	UserPath
	Body ActionRequest
}

func (h *Handlers) actOnUser(ctx context.Context, in *actionInput) (*edge.Output[ActionBody], error) {
	kind := bulk.Kind(in.Body.Kind)
	if kind == bulk.Delete && !in.Body.Confirm {
		return nil, errUnconfirmed()
	}
	operator := h.cfg.Dead.Changer.Operator(edge.UserID(ctx))
	outcome, err := actions[kind](operator, ctx, edge.PathUserID(in.UserID))
	switch {
	case errors.Is(err, flow.ErrBusy):
		err = &onboarding.ConflictError{
			Code: bulk.CodeBusy, Reason: "Something else is changing the user; try again in a moment.",
			RetryAfter: 2 * time.Second,
		}
	case err == nil && outcome == flow.OutcomeMissing:
		err = onboarding.ErrNotFound
	}
	return edge.OK(ActionBody{Outcome: outcome}), err
}

// errUnconfirmed refuses a deletion that was not meant.
func errUnconfirmed() error {
	return edge.InvalidField("confirm", "Deleting can't be undone; send confirm as true if you mean it.")
}

// exportUser responds with everything that is stored of a user.
func (h *Handlers) exportUser(ctx context.Context, in *UserPath) (*huma.StreamResponse, error) {
	id := edge.PathUserID(in.UserID)
	return h.exports.Send(ctx, h.cfg.Dead.Changer.Pool, id, func(ctx context.Context) error {
		_, err := system.New(h.cfg.Pool).GetUser(ctx, id)
		return postgres.NotFound("user", err)
	})
}
