package maintenance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// retentionRows bounds what one statement reads and deletes.
	retentionRows = 1000
	// retentionTime is how long one run goes on while there is more to delete.
	retentionTime = 2 * time.Second
)

// deadJobDays is how long a dead job is kept: much longer than River's row.
const deadJobDays = 90

const (
	// eventDays is how long events for others, and the log of their delivery, are kept, mostEvents how many at most.
	eventDays  = 7
	mostEvents = 1_000_000
	// receiverDays is how long a receiver is known that no worker has in its settings.
	receiverDays = 30
)

// Keep is for how many days what has ended is kept, 0 for ever.
type Keep struct {
	// Submissions counts from their end; one that a step names stays.
	Submissions int
	StepEvents  int
	ModelCalls  int
	AuditLog    int
	// BulkOperations counts from their end.
	BulkOperations int
}

// Retention deletes what is older than it is kept, in small statements. What is kept costs nothing,
// however much it is.
type Retention struct {
	pool    *pgxpool.Pool // sees all users
	tables  []agingTable
	deleted *prometheus.CounterVec
	// dropped counts the events that were deleted before a receiver had taken them.
	dropped prometheus.Counter
}

// agingTable is a table whose old rows are deleted.
type agingTable struct {
	name string
	days int // 0 keeps them for ever
	// delete deletes up to retentionRows rows and reports how many, and whether there may be more.
	delete func(ctx context.Context, q *system.Queries, days int32) (deleted int64, more bool, err error)
}

// NewRetention returns the retention of a database. pool must assume the system role.
func NewRetention(pool *pgxpool.Pool, keep Keep, reg prometheus.Registerer) *Retention {
	r := &Retention{pool: pool, dropped: metric.Counter(reg, "onboarding_webhook_dropped_events_total",
		"Events that were too old or too many to be kept until a receiver of webhooks took them.")}
	r.tables = []agingTable{
		{"river_job", 1, undated((*system.Queries).DeleteOldJobs)},
		{"submissions", keep.Submissions, deleteSubmissions},
		{"step_events", keep.StepEvents, func(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
			return full(q.DeleteOldEvents(ctx, system.DeleteOldEventsParams{Days: days, MaxRows: retentionRows}))
		}},
		{"model_calls", keep.ModelCalls, func(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
			return full(q.DeleteOldModelCalls(ctx, system.DeleteOldModelCallsParams{Days: days, MaxRows: retentionRows}))
		}},
		{"audit_log", keep.AuditLog, func(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
			return full(q.DeleteOldAudits(ctx, system.DeleteOldAuditsParams{Days: days, MaxRows: retentionRows}))
		}},
		{
			"bulk_operations", keep.BulkOperations,
			func(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
				deleted, err := q.DeleteOldBulkOperations(ctx, days)
				return deleted, false, err // one at a time: each may have 100,000 items
			},
		},
		{"dead_jobs", deadJobDays, func(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
			return full(q.DeleteOldDeadJobs(ctx, system.DeleteOldDeadJobsParams{Days: days, MaxRows: retentionRows}))
		}},
		{"upstream_limits", 1, func(ctx context.Context, q *system.Queries, _ int32) (int64, bool, error) {
			deleted, err := q.DeleteOldLimits(ctx)
			return deleted, false, err
		}},
		{"idempotency_keys", 1, undated((*system.Queries).DeleteOldRequests)},
		{"outbox_events", eventDays, r.deleteEvents},
		{"webhook_attempts", eventDays, func(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
			return full(q.DeleteOldAttempts(ctx, system.DeleteOldAttemptsParams{Days: days, MaxRows: retentionRows}))
		}},
		{"webhook_receivers", receiverDays, func(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
			return full(q.ForgetUnseenReceivers(ctx, days))
		}},
	}
	var names []string
	for _, table := range r.tables {
		names = append(names, table.name)
	}
	r.deleted = metric.Counters(reg, "onboarding_retention_deleted_rows_total",
		"Rows that were deleted because they were older than they are kept, by table.", metric.By("table", names...))
	return r
}

// deleteEvents deletes events that are too old, or too many.
func (r *Retention) deleteEvents(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
	gone, err := q.DeleteOldOutbox(ctx, system.DeleteOldOutboxParams{Days: days, Most: mostEvents, MaxRows: retentionRows})
	r.dropped.Add(float64(gone.Untold))
	return full(gone.Deleted, err)
}

// full says of a statement whether it may have left rows.
func full(deleted int64, err error) (int64, bool, error) {
	return deleted, deleted >= retentionRows, err
}

// undated is a statement that knows itself for how long its rows are kept.
func undated(
	statement func(*system.Queries, context.Context, int32) (int64, error),
) func(context.Context, *system.Queries, int32) (int64, bool, error) {
	return func(ctx context.Context, q *system.Queries, _ int32) (int64, bool, error) {
		return full(statement(q, ctx, retentionRows))
	}
}

// Run deletes from each table until nothing old is left, or the time of a run is over; a table that fails does
// not keep the others.
func (r *Retention) Run(ctx context.Context) error {
	var errs []error
	q, end := system.New(r.pool), time.Now().Add(retentionTime)
	for _, table := range r.tables {
		for more := table.days > 0; more; {
			//nolint:gosec // bounded by the configuration
			deleted, rest, err := table.delete(ctx, q, int32(table.days))
			if err != nil {
				errs = append(errs, fmt.Errorf("delete old rows of %s: %w", table.name, err))
			}
			r.deleted.WithLabelValues(table.name).Add(float64(deleted))
			more = rest && err == nil && time.Now().Before(end)
		}
	}
	return errors.Join(errs...)
}

// taskSubmissions is the walk through old submissions. Those that a step names are kept, and must not be read
// again each time.
const taskSubmissions = "old_submissions"

func deleteSubmissions(ctx context.Context, q *system.Queries, days int32) (int64, bool, error) {
	from, err := q.GetProgress(ctx, taskSubmissions)
	if err != nil {
		return 0, false, err
	}
	last, err := q.DeleteOldSubmissions(ctx, system.DeleteOldSubmissionsParams{
		Days: days, AfterAt: from.At, AfterID: from.ID, MaxRows: retentionRows,
	})
	if err != nil {
		return 0, false, err
	}
	more := last.LastID != uuid.Nil && last.Deleted == retentionRows
	return last.Deleted, more, q.SetProgress(ctx, system.SetProgressParams{
		Task: taskSubmissions, At: last.LastAt, ID: last.LastID,
	})
}
