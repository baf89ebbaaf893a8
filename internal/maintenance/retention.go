package maintenance

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/postgres/system"
)

// retentionRows bounds how many rows of a table one run looks at.
const retentionRows = 5000

// deadJobDays is how long a dead job is kept: much longer than River's row.
const deadJobDays = 90

// Keep says for how many days what has ended is kept, 0 for ever.
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
	keep    Keep
	Deleted *prometheus.CounterVec

	mu sync.Mutex
	// last is where the looking through old submissions goes on. Those that a step
	// names stay, and must not be looked at again each time.
	last system.DeleteOldSubmissionsRow
}

// The tables of which old rows are deleted.
const (
	TableSubmissions    = "submissions"
	TableStepEvents     = "step_events"
	TableModelCalls     = "model_calls"
	TableAuditLog       = "audit_log"
	TableBulkOperations = "bulk_operations"
	tableDeadJobs       = "dead_jobs"
	tableLimits         = "upstream_limits"
	tableRequests       = "idempotency_keys"
)

func NewRetention(pool *pgxpool.Pool, keep Keep, reg prometheus.Registerer) *Retention {
	r := &Retention{pool: pool, keep: keep, Deleted: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_retention_deleted_rows_total",
		Help: "Rows that were deleted because they were older than they are kept, by table.",
	}, []string{"table"})}
	for _, table := range []string{
		TableSubmissions, TableStepEvents, TableModelCalls, TableAuditLog, TableBulkOperations, tableDeadJobs, tableLimits, tableRequests,
	} {
		r.Deleted.WithLabelValues(table)
	}
	reg.MustRegister(r.Deleted)
	return r
}

// Run deletes one part of each kind; one that fails does not keep the others.
func (r *Retention) Run(ctx context.Context) error {
	q := system.New(r.pool)
	var errs []error
	for _, old := range []struct {
		table string
		days  int
		del   func(days int32) (int64, error)
	}{
		{TableSubmissions, r.keep.Submissions, func(days int32) (int64, error) { return r.submissions(ctx, q, days) }},
		{TableStepEvents, r.keep.StepEvents, func(days int32) (int64, error) {
			return q.DeleteOldEvents(ctx, system.DeleteOldEventsParams{Days: days, MaxRows: retentionRows})
		}},
		{TableModelCalls, r.keep.ModelCalls, func(days int32) (int64, error) {
			return q.DeleteOldModelCalls(ctx, system.DeleteOldModelCallsParams{Days: days, MaxRows: retentionRows})
		}},
		{TableAuditLog, r.keep.AuditLog, func(days int32) (int64, error) {
			return q.DeleteOldAudits(ctx, system.DeleteOldAuditsParams{Days: days, MaxRows: retentionRows})
		}},
		{TableBulkOperations, r.keep.BulkOperations, func(days int32) (int64, error) { return q.DeleteOldBulkOperations(ctx, days) }},
		{tableDeadJobs, deadJobDays, func(days int32) (int64, error) {
			return q.DeleteOldDeadJobs(ctx, system.DeleteOldDeadJobsParams{Days: days, MaxRows: retentionRows})
		}},
		{tableLimits, 1, func(int32) (int64, error) { return q.DeleteOldLimits(ctx) }},
		{tableRequests, 1, func(int32) (int64, error) { return q.DeleteOldRequests(ctx) }},
	} {
		if old.days == 0 {
			continue
		}
		deleted, err := old.del(int32(old.days)) //nolint:gosec // bounded by the configuration
		if err != nil {
			errs = append(errs, fmt.Errorf("delete old rows of %s: %w", old.table, err))
			continue
		}
		r.Deleted.WithLabelValues(old.table).Add(float64(deleted))
	}
	return errors.Join(errs...)
}

func (r *Retention) submissions(ctx context.Context, q *system.Queries, days int32) (int64, error) {
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
