package bulk

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

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
	// Actor stands in the audit log for who asked.
	Actor string
	// UserIDs are the users, each once.
	UserIDs []string
}

// Status is where a bulk operation is.
type Status string

// The statuses.
const (
	Running   Status = "running"
	Completed Status = "completed" // every item has an outcome, failures too
	Cancelled Status = "cancelled"
)

// Operation is a bulk operation with the counts of its items, which add up to Total
// with DeletedSince.
type Operation struct {
	ID         uuid.UUID
	Kind       Kind
	Actor      string
	Status     Status
	Total      int
	CreatedAt  time.Time
	FinishedAt *time.Time // nil while running
	// Waiting items have no job yet, Queued ones have.
	Waiting, Queued, Done, Unchanged, Missing, Failed, Cancelled int
	// DeletedSince counts users whose account was deleted since, their items with it.
	DeletedSince int
}

// Item is one user of a bulk operation.
type Item struct {
	// Position counts from 1 in the order of the request.
	Position int
	UserID   string
	// Status is waiting, queued, done, unchanged, missing, failed or cancelled.
	Status string
	// Code says why it failed, "" otherwise.
	Code       string
	FinishedAt *time.Time
}

// Operations stores the bulk operations. Workers carry them out: they queue the items in
// windows, round-robin over the operations.
type Operations struct{ pool *pgxpool.Pool }

// NewOperations returns the bulk operations behind a pool that assumes the system role.
func NewOperations(pool *pgxpool.Pool) *Operations { return &Operations{pool: pool} }

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
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		q := system.New(tx)
		created, err := q.CreateBulkOperation(ctx, system.CreateBulkOperationParams{
			ID: req.ID, Kind: string(req.Kind), Actor: req.Actor, Total: int32(len(req.UserIDs)), //nolint:gosec // bounded by MaxUsers
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
			return &onboarding.InputError{Field: "user_ids", Code: "invalid_field", Reason: "Name every user once, none with an empty id."}
		}
		seen[id] = true
	}
	switch {
	case Kinds[r.Kind] == nil:
		return &onboarding.InputError{Field: "kind", Code: "invalid_field", Reason: "The kind must be reset, retry_failed, rebuild_inputs or delete."}
	case len(r.UserIDs) == 0 || len(r.UserIDs) > MaxUsers:
		return &onboarding.InputError{Field: "user_ids", Code: "invalid_field", Reason: fmt.Sprintf("Name between 1 and %d users.", MaxUsers)}
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
	rows, err := system.New(b.pool).ListBulkOperations(ctx, system.ListBulkOperationsParams{ID: id, MaxRows: int32(limit)}) //nolint:gosec // a page
	if err != nil {
		return nil, fmt.Errorf("list bulk operations: %w", err)
	}
	found := make([]Operation, len(rows))
	for i, row := range rows {
		found[i] = Operation{
			ID: row.ID, Kind: Kind(row.Kind), Actor: row.Actor, Status: Status(row.Status), Total: int(row.Total),
			CreatedAt: row.CreatedAt, FinishedAt: row.FinishedAt,
			Waiting: int(row.Waiting), Queued: int(row.Queued), Done: int(row.Done), Unchanged: int(row.Unchanged),
			Missing: int(row.Missing), Failed: int(row.Failed), Cancelled: int(row.Cancelled),
		}
		o := &found[i]
		o.DeletedSince = o.Total - o.Waiting - o.Queued - o.Done - o.Unchanged - o.Missing - o.Failed - o.Cancelled
	}
	return found, nil
}

// Items returns the items of an operation after a position, at most limit, and only those of
// one status unless that is "". It returns none if there is no such operation.
func (b *Operations) Items(ctx context.Context, id uuid.UUID, status string, after, limit int) ([]Item, error) {
	rows, err := system.New(b.pool).ListBulkItems(ctx, system.ListBulkItemsParams{
		OperationID: id, AfterPosition: int32(after), Status: status, MaxRows: int32(limit), //nolint:gosec // positions are at most MaxUsers
	})
	if err != nil {
		return nil, fmt.Errorf("list bulk items: %w", err)
	}
	items := make([]Item, len(rows))
	for i, row := range rows {
		items[i] = Item{Position: int(row.Position), UserID: row.UserID, Status: row.Status, FinishedAt: row.FinishedAt}
		if row.Code != nil {
			items[i].Code = *row.Code
		}
	}
	return items, nil
}

// Cancel ends an operation: finished items stay finished, a running item may still finish,
// the rest is cancelled. An operation that has ended does not change.
func (b *Operations) Cancel(ctx context.Context, id uuid.UUID) (Operation, error) {
	err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
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

// Open returns the bulk operations for a command. closePool must be called.
func Open(ctx context.Context, databaseURL string, reg prometheus.Registerer) (b *Operations, closePool func(), err error) {
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		URL: databaseURL, Name: "bulk operations", Role: postgres.RoleSystem, MaxConns: 1, Registry: reg,
	})
	if err != nil {
		return nil, nil, err
	}
	if err := postgres.Ready(ctx, pool); err != nil {
		pool.Close()
		return nil, nil, err
	}
	return NewOperations(pool), pool.Close, nil
}

// The outcome of an item that could not be done, and the codes of why.
const (
	OutcomeFailed flow.Outcome = "failed"
	CodeBusy      string       = "busy"
)
