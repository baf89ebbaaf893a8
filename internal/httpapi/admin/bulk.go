package admin

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// maxOperationUsers bounds the users of one request.
const maxOperationUsers = 10_000

// OperationRequest asks for an operation on many users.
type OperationRequest struct {
	Kind    string      `json:"kind" enum:"reset,retry_failed,rebuild_inputs,delete" example:"retry_failed" doc:"What is done to each user."`
	UserIDs []string    `json:"user_ids,omitempty" maxItems:"10000" example:"[\"user_2abc\"]" doc:"The users, each once. Either these or a filter."`
	Filter  *UserFilter `json:"filter,omitempty" doc:"The first 10,000 users whom the same filter of listUsers finds; next_after goes on after them."`
	Confirm bool        `json:"confirm,omitempty" doc:"Must be true to delete."`
}

// OperationBody is the state of an operation. The counts and deleted_since add up to total.
type OperationBody struct {
	ID           uuid.UUID  `json:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000000"`
	Kind         string     `json:"kind" example:"retry_failed"`
	Actor        string     `json:"actor" example:"ops" doc:"Who asked for it."`
	Status       string     `json:"status" enum:"running,completed,cancelled" doc:"Completed: every user has an outcome, failures too."`
	Total        int64      `json:"total" example:"1200"`
	CreatedAt    time.Time  `json:"created_at" example:"2026-11-28T10:15:00Z"`
	FinishedAt   *time.Time `json:"finished_at" example:"2026-11-28T10:25:00Z" doc:"Null while it runs."`
	Waiting      int64      `json:"waiting" example:"800" doc:"Not queued yet."`
	Queued       int64      `json:"queued" example:"200"`
	Done         int64      `json:"done" example:"150"`
	Unchanged    int64      `json:"unchanged" example:"40" doc:"There was nothing to do."`
	Missing      int64      `json:"missing" example:"3" doc:"There is no such user."`
	Failed       int64      `json:"failed" example:"5"`
	Cancelled    int64      `json:"cancelled" example:"0"`
	DeletedSince int64      `json:"deleted_since" example:"2" doc:"Users who deleted their account since, and with it their outcome."`
}

// OperationCreated is an operation that was accepted.
type OperationCreated struct {
	OperationBody
	NextAfter *string `json:"next_after" example:"user_2abc" doc:"The filter found more users: send it again with this as after. Null if it did not."`
}

// OperationsBody lists operations.
type OperationsBody struct {
	Operations []OperationBody `json:"operations" doc:"The newest first. They are kept for 30 days."`
}

// OperationItem is the outcome for one user.
type OperationItem struct {
	Position   int32      `json:"position" example:"1" doc:"From 1, in the order of the request."`
	UserID     string     `json:"user_id" example:"user_2abc"`
	Status     string     `json:"status" enum:"waiting,queued,done,unchanged,missing,failed,cancelled" example:"failed"`
	Code       *string    `json:"code" example:"nothing_to_retry" doc:"Why it failed, null otherwise."`
	FinishedAt *time.Time `json:"finished_at" example:"2026-11-28T10:16:00Z"`
}

// OperationItemsBody is a page of outcomes.
type OperationItemsBody struct {
	Items     []OperationItem `json:"items" doc:"In the order of the request."`
	NextAfter *int32          `json:"next_after" example:"100" doc:"Asks for the next page; null at the end."`
}

// OperationPath names an operation in the path.
type OperationPath struct {
	ID uuid.UUID `path:"id" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000000"`
}

type operationsInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50" example:"50" doc:"How many at most."`
}

type operationItemsInput struct {
	OperationPath
	Status string `query:"status" enum:"waiting,queued,done,unchanged,missing,failed,cancelled" example:"failed" doc:"Only those."`
	After  int    `query:"after" minimum:"0" example:"100" doc:"The next_after of the page before this one."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" example:"100" doc:"Users of a page."`
}

type operationCreatedOutput struct {
	Status   int
	Location string `header:"Location"`
	Body     OperationCreated
}

func (h *Handlers) createOperation(
	ctx context.Context, in *edge.BodyInput[OperationRequest],
) (*operationCreatedOutput, error) {
	users, next, err := h.operationUsers(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	operation, err := h.operations().Create(ctx, bulk.Request{
		Kind: bulk.Kind(in.Body.Kind), Actor: edge.UserID(ctx), UserIDs: users,
	})
	if err != nil {
		return nil, err
	}
	return &operationCreatedOutput{
		Status: http.StatusAccepted, Location: adminPath + "/bulk-operations/" + operation.ID.String(),
		Body: OperationCreated{OperationBody: OperationBody(operation), NextAfter: next},
	}, nil
}

// CountBody is how many users an operation would have.
type CountBody struct {
	Total     int     `json:"total" example:"1200"`
	NextAfter *string `json:"next_after" example:"user_2abc" doc:"The filter finds more."`
}

// countOperation finds the users of a request and starts nothing.
func (h *Handlers) countOperation(
	ctx context.Context, in *edge.BodyInput[OperationRequest],
) (*edge.Output[CountBody], error) {
	in.Body.Confirm = true // nothing is deleted
	users, next, err := h.operationUsers(ctx, in.Body)
	return edge.OK(CountBody{Total: len(users), NextAfter: next}), err
}

// operationUsers returns the users of a request, and the last of them if its filter finds more.
func (h *Handlers) operationUsers(ctx context.Context, in OperationRequest) (users []string, next *string, err error) {
	switch {
	case bulk.Kind(in.Kind) == bulk.Delete && !in.Confirm:
		return nil, nil, errUnconfirmed()
	case (in.Filter == nil) == (len(in.UserIDs) == 0):
		return nil, nil, edge.InvalidField("user_ids", "Name the users, or a filter that finds them.")
	case in.Filter == nil:
		if slices.ContainsFunc(in.UserIDs, func(id string) bool { return !auth.IsUserID(id) }) {
			return nil, nil, edge.InvalidField("user_ids", "Name users by 1 to 255 printable characters.")
		}
		return in.UserIDs, nil, nil
	}
	if err := in.Filter.check("filter."); err != nil {
		return nil, nil, err
	}
	users, next, err = findUsers(ctx, system.New(h.cfg.Pool), *in.Filter, maxOperationUsers, bulkTime)
	if err == nil && len(users) == 0 {
		err = edge.InvalidField("filter", "The filter finds no users.")
	}
	return users, next, err
}

func (h *Handlers) operations() *bulk.Operations { return &bulk.Operations{Pool: h.cfg.Pool} }

func (h *Handlers) listOperations(ctx context.Context, in *operationsInput) (*edge.Output[OperationsBody], error) {
	operations, err := h.operations().List(ctx, in.Limit)
	return edge.OK(
		OperationsBody{Operations: edge.Map(operations, func(o bulk.Operation) OperationBody { return OperationBody(o) })},
	), err
}

func (h *Handlers) listOperationItems(
	ctx context.Context, in *operationItemsInput,
) (*edge.Output[OperationItemsBody], error) {
	operations := h.operations()
	if _, err := operations.Get(ctx, in.ID); err != nil {
		return nil, err
	}
	items, err := operations.Items(ctx, in.ID, in.Status, in.After, in.Limit+1)
	items, next := edge.Page(items, in.Limit, func(i bulk.Item) int32 { return i.Position })
	return edge.OK(OperationItemsBody{
		Items: edge.Map(items, func(i bulk.Item) OperationItem { return OperationItem(i) }), NextAfter: next,
	}), err
}

func (h *Handlers) operation(ctx context.Context, in *OperationPath) (*edge.Output[OperationBody], error) {
	found, err := h.operations().Get(ctx, in.ID)
	return edge.OK(OperationBody(found)), err
}

func (h *Handlers) cancelOperation(ctx context.Context, in *OperationPath) (*edge.Output[OperationBody], error) {
	cancelled, err := h.operations().Cancel(ctx, in.ID)
	return edge.OK(OperationBody(cancelled)), err
}
