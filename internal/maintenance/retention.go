package maintenance

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// retentionRows bounds how many submissions one run reads; the statements bound the rest.
const retentionRows = 5000

// deadJobDays is how long a dead job is kept: much longer than River's row.
const deadJobDays = 90

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

// Retention deletes what is older than it is kept, a bounded part each minute. River
// deletes its own finished rows.
type Retention struct {
	pool    *pgxpool.Pool // sees all users
	tables  []agingTable
	deleted *prometheus.CounterVec

	mu sync.Mutex
	// last is where the scan of old submissions continues. Those that a step names are kept,
	// and must not be read again each time.
	last system.DeleteOldSubmissionsRow
}

// agingTable is a table whose old rows are deleted.
type agingTable struct {
	name string
	days int // 0 keeps them for ever
	// delete deletes a bounded part and returns how many rows that were.
	delete func(q *system.Queries, ctx context.Context, days int32) (int64, error)
}

// NewRetention returns the retention of a database. pool must assume the system role.
func NewRetention(pool *pgxpool.Pool, keep Keep, reg prometheus.Registerer) *Retention {
	r := &Retention{pool: pool}
	r.tables = []agingTable{
		{"submissions", keep.Submissions, r.submissions},
		{"step_events", keep.StepEvents, (*system.Queries).DeleteOldEvents},
		{"model_calls", keep.ModelCalls, (*system.Queries).DeleteOldModelCalls},
		{"audit_log", keep.AuditLog, (*system.Queries).DeleteOldAudits},
		{"bulk_operations", keep.BulkOperations, (*system.Queries).DeleteOldBulkOperations},
		{"dead_jobs", deadJobDays, (*system.Queries).DeleteOldDeadJobs},
		{
			"upstream_limits", 1,
			func(q *system.Queries, ctx context.Context, _ int32) (int64, error) { return q.DeleteOldLimits(ctx) },
		},
		{
			"idempotency_keys", 1,
			func(q *system.Queries, ctx context.Context, _ int32) (int64, error) { return q.DeleteOldRequests(ctx) },
		},
	}
	var names []string
	for _, table := range r.tables {
		names = append(names, table.name)
	}
	r.deleted = metric.Counters(reg, "onboarding_retention_deleted_rows_total",
		"Rows that were deleted because they were older than they are kept, by table.", metric.By("table", names...))
	return r
}

// Run deletes one part of each table; one that fails does not keep the others.
func (r *Retention) Run(ctx context.Context) error {
	var errs []error
	for _, table := range r.tables {
		if table.days == 0 {
			continue
		}
		deleted, err := table.delete(system.New(r.pool), ctx,
			int32(table.days)) //nolint:gosec // bounded by the configuration
		if err != nil {
			errs = append(errs, fmt.Errorf("delete old rows of %s: %w", table.name, err))
			continue
		}
		r.deleted.WithLabelValues(table.name).Add(float64(deleted))
	}
	return errors.Join(errs...)
}

func (r *Retention) submissions(q *system.Queries, ctx context.Context, days int32) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, err := q.DeleteOldSubmissions(ctx, system.DeleteOldSubmissionsParams{
		Days: days, AfterAt: r.last.LastAt, AfterID: r.last.LastID, MaxRows: retentionRows,
	})
	if err == nil {
		r.last = last
	}
	return last.Deleted, err
}
