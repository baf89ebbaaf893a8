package bulk

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Kind is what a bulk operation does to each of its users.
type Kind string

// The kinds. The methods of flow.Operator document what each does.
const (
	Reset         Kind = "reset"
	RetryFailed   Kind = "retry_failed"
	RebuildInputs Kind = "rebuild_inputs"
	Delete        Kind = "delete"
)

// Kinds is the table of what an operation does to each of its users.
var Kinds = map[Kind]func(*flow.Operator, context.Context, string) (flow.Outcome, error){
	Reset: (*flow.Operator).Reset, RetryFailed: (*flow.Operator).RetryFailed,
	RebuildInputs: (*flow.Operator).RebuildInputs, Delete: (*flow.Operator).DeleteAccount,
}

// MaxUsers is how many users one operation may have.
const MaxUsers = 100_000

// Request asks for a bulk operation.
type Request struct {
	// ID makes a repeated request one operation; uuid.Nil lets Create choose.
	ID   uuid.UUID
	Kind Kind
	// Actor is who requested it, for the audit log.
	Actor string
	// UserIDs are the users, each once.
	UserIDs []string
}

// The statuses of an operation. Completed is one whose items all have an outcome, failures too.
const (
	Running   = "running"
	Completed = "completed"
	Cancelled = "cancelled"
)

// Operation is a bulk operation with the counts of its items by status, which add up to Total
// with DeletedSince: users whose account was deleted since, their items with it. Waiting items
// have no job yet, Queued ones have. FinishedAt is nil while it is running.
type Operation = system.ListBulkOperationsRow

// Item is one user of a bulk operation. Position counts from 1 in the order of the request,
// Status is waiting, queued, done, unchanged, missing, failed or cancelled, and Code is why it
// failed, nil otherwise.
type Item = system.ListBulkItemsRow

// Operations stores the bulk operations. Workers carry them out: they queue the items in
// windows, round-robin over the operations.
type Operations struct {
	// Pool assumes the system role.
	Pool *pgxpool.Pool
}

// Create stores an operation, which workers then begin. It returns
// *onboarding.InputError for an unknown kind and for no or too many users, and the
// stored operation if there is one of the request's id.
func (b *Operations) Create(ctx context.Context, req Request) (Operation, error) {
	if err := req.check(); err != nil {
		return Operation{}, err
	}
	if req.ID == uuid.Nil {
		id, err := uuid.NewV7()
		if err != nil {
			return Operation{}, fmt.Errorf("make operation id: %w", err)
		}
		req.ID = id
	}
	err := postgres.InSystemTx(ctx, b.Pool, func(tx pgx.Tx) error {
		q := system.New(tx)
		created, err := q.CreateBulkOperation(ctx, system.CreateBulkOperationParams{
			ID: req.ID, Kind: string(req.Kind), Actor: req.Actor,
			Total: int32(len(req.UserIDs)), //nolint:gosec // bounded by MaxUsers
		})
		if err != nil || created == 0 {
			return err
		}
		return q.CreateBulkItems(ctx, system.CreateBulkItemsParams{OperationID: req.ID, UserIds: req.UserIDs})
	})
	if err != nil {
		return Operation{}, fmt.Errorf("store bulk operation: %w", err)
	}
	return b.Get(ctx, req.ID)
}

func (r Request) check() error {
	seen := make(map[string]bool, len(r.UserIDs))
	for _, id := range r.UserIDs {
		if id == "" || seen[id] {
			return &onboarding.InputError{
				Field: "user_ids", Code: "invalid_field",
				Reason: "Name every user once, none with an empty id.",
			}
		}
		seen[id] = true
	}
	switch {
	case Kinds[r.Kind] == nil:
		return &onboarding.InputError{
			Field: "kind", Code: "invalid_field",
			Reason: "The kind must be reset, retry_failed, rebuild_inputs or delete.",
		}
	case len(r.UserIDs) == 0 || len(r.UserIDs) > MaxUsers:
		return &onboarding.InputError{
			Field: "user_ids", Code: "invalid_field",
			Reason: fmt.Sprintf("Name between 1 and %d users.", MaxUsers),
		}
	}
	return nil
}

// List returns the newest operations, at most limit.
func (b *Operations) List(ctx context.Context, limit int) ([]Operation, error) {
	return b.list(ctx, nil, limit)
}

// Get returns one operation, or onboarding.ErrNotFound.
func (b *Operations) Get(ctx context.Context, id uuid.UUID) (Operation, error) {
	found, err := b.list(ctx, &id, 1)
	if err == nil && len(found) == 0 {
		err = onboarding.ErrNotFound
	}
	if err != nil {
		return Operation{}, err
	}
	return found[0], nil
}

func (b *Operations) list(ctx context.Context, id *uuid.UUID, limit int) ([]Operation, error) {
	found, err := system.New(b.Pool).ListBulkOperations(ctx,
		system.ListBulkOperationsParams{ID: id, MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, fmt.Errorf("list bulk operations: %w", err)
	}
	return found, nil
}

// Items returns the items of an operation after a position, at most limit, and only those of
// one status unless that is "". It returns none if there is no such operation.
func (b *Operations) Items(ctx context.Context, id uuid.UUID, status string, after, limit int) ([]Item, error) {
	//nolint:gosec // positions are at most MaxUsers
	items, err := system.New(b.Pool).ListBulkItems(ctx, system.ListBulkItemsParams{
		OperationID: id, AfterPosition: int32(after), Status: status, MaxRows: int32(limit),
	})
	if err != nil {
		return nil, fmt.Errorf("list bulk items: %w", err)
	}
	return items, nil
}

// Cancel ends an operation: finished items stay finished, a running item may still finish,
// the rest is cancelled. An operation that has ended does not change.
func (b *Operations) Cancel(ctx context.Context, id uuid.UUID) (Operation, error) {
	err := postgres.InSystemTx(ctx, b.Pool, func(tx pgx.Tx) error {
		q := system.New(tx)
		if err := q.WaitForFeederLock(ctx); err != nil { // both write many items
			return err
		}
		return q.CancelBulkOperation(ctx, id)
	})
	if err != nil {
		return Operation{}, fmt.Errorf("cancel bulk operation: %w", err)
	}
	return b.Get(ctx, id)
}

// The outcome of an item that could not be done, and the codes of why.
const (
	OutcomeFailed flow.Outcome = "failed"
	CodeBusy      string       = "busy"
)
