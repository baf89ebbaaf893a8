package bulk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

const (
	// window is how many jobs of the bulk queue may be unfinished at a time: the items, and
	// the work that they queue. It bounds how long an operation waits for the others, whatever
	// their sizes.
	window = 200
	// feedEvery is how often the window is filled up.
	feedEvery   = 250 * time.Millisecond
	feedTimeout = 5 * time.Second
)

// Feeder queues the items of bulk operations. Every worker has one; a lock in the
// database lets one of them feed at a time.
type Feeder struct {
	Pool  *pgxpool.Pool // sees all users
	River *river.Client[pgx.Tx]
	Log   *slog.Logger
}

// Run feeds until ctx ends.
func (f *Feeder) Run(ctx context.Context) {
	queue.Every(ctx, feedEvery, func(ctx context.Context) {
		if err := f.Tick(ctx); err != nil && ctx.Err() == nil {
			f.Log.WarnContext(ctx, "bulk operations not fed", "error", err)
		}
	})
}

// Tick fills the window if there is an operation to feed it from.
func (f *Feeder) Tick(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, feedTimeout)
	defer cancel()
	running, err := system.New(f.Pool).HasBulkOperations(ctx)
	if err != nil || !running {
		return err
	}
	return postgres.InSystemTx(ctx, f.Pool, func(tx pgx.Tx) error {
		q := system.New(tx)
		mine, err := q.TakeFeederLock(ctx)
		if err != nil || !mine {
			return err
		}
		return f.feed(ctx, tx, q)
	})
}

// feed returns the items whose job was lost, fills the window and completes the operations
// whose items have all ended.
func (f *Feeder) feed(ctx context.Context, tx pgx.Tx, q *system.Queries) error {
	if err := q.ReturnBulkItems(ctx); err != nil {
		return fmt.Errorf("return items: %w", err)
	}
	queued, err := q.CountBulkQueue(ctx, window)
	if err != nil {
		return fmt.Errorf("count the queue: %w", err)
	}
	if free := window - int32(queued); free > 0 { //nolint:gosec // at most window
		items, err := q.NextBulkItems(ctx, free)
		if err != nil {
			return fmt.Errorf("choose items: %w", err)
		}
		if err := f.queue(ctx, tx, q, items); err != nil {
			return fmt.Errorf("queue items: %w", err)
		}
	}
	if err := q.CompleteBulkOperations(ctx); err != nil {
		return fmt.Errorf("complete operations: %w", err)
	}
	return nil
}

// queue gives each item a job.
func (f *Feeder) queue(ctx context.Context, tx pgx.Tx, q *system.Queries, items []system.NextBulkItemsRow) error {
	if len(items) == 0 {
		return nil
	}
	inserts := make([]river.InsertManyParams, len(items))
	for i, item := range items {
		args := ItemArgs{OperationID: item.OperationID, Position: item.Position}
		inserts[i] = river.InsertManyParams{Args: args, InsertOpts: queue.InsertOpts(queue.Bulk)}
	}
	inserted, err := f.River.InsertManyTx(ctx, tx, inserts)
	if err != nil {
		return err
	}
	params := system.QueueBulkItemsParams{
		OperationIds: make([]uuid.UUID, len(items)), Positions: make([]int32, len(items)), JobIds: make([]int64, len(items)),
	}
	for i, item := range items {
		params.OperationIds[i], params.Positions[i], params.JobIds[i] = item.OperationID, item.Position, inserted[i].Job.ID
	}
	return q.QueueBulkItems(ctx, params)
}

// ItemArgs name one item of a bulk operation.
type ItemArgs struct {
	OperationID uuid.UUID `json:"operation_id"`
	Position    int32     `json:"position"`
}

// Kind returns the kind of the job.
func (ItemArgs) Kind() string { return "bulk_item" }
