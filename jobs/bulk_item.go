package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/queue"
)

// The bounds of an item, within those of its job.
const (
	itemLocks   = 2 * time.Second
	itemTimeout = 5 * time.Second
)

// newBulkMetrics returns the counter of the outcomes of items.
func newBulkMetrics(reg prometheus.Registerer) *prometheus.CounterVec {
	return metric.Counters(reg, "onboarding_bulk_items_total", "Items of bulk operations by kind and outcome.",
		metric.By("kind", slices.Collect(maps.Keys(bulk.Kinds))...),
		metric.By("outcome", flow.OutcomeDone, flow.OutcomeUnchanged, flow.OutcomeMissing, bulk.OutcomeFailed))
}

// bulkItemWorker carries out a bulk operation for one user. The change, the item's outcome and
// the job's end are one transaction, fenced by the item's job_id: an item whose worker was lost
// is queued again with another job, and what the lost job does later is rolled back.
type bulkItemWorker struct {
	river.WorkerDefaults[bulk.ItemArgs]
	changer *flow.Changer
	items   *prometheus.CounterVec
}

// Timeout implements river.Worker: shorter than the time after which a job without a
// heartbeat counts as lost.
func (*bulkItemWorker) Timeout(*river.Job[bulk.ItemArgs]) time.Duration {
	return flow.DeadAfter - time.Second
}

// Work implements river.Worker.
func (w *bulkItemWorker) Work(ctx context.Context, job *river.Job[bulk.ItemArgs]) error {
	item := bulkItem{ItemArgs: job.Args, job: job.JobRow}
	row, err := postgres.New(w.changer.Pool).GetBulkItem(ctx, app.GetBulkItemParams{
		OperationID: item.OperationID, Position: item.Position, JobID: job.ID,
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows): // the item was cancelled, or queued again with another job
		return nil
	case err != nil:
		return w.later(job, fmt.Errorf("read bulk item: %w", err))
	}
	item.userID = row.UserID
	kind := bulk.Kind(row.Kind)
	operator := &flow.Operator{
		Changer: w.changer, Actor: row.Actor, Locks: itemLocks, Timeout: itemTimeout,
		Settle: func(ctx context.Context, tx pgx.Tx, q *postgres.Queries, outcome flow.Outcome) error {
			return item.settle(ctx, tx, q, outcome, "")
		},
	}
	outcome, err := bulk.Kinds[kind](operator, ctx, item.userID)
	if err != nil && !errors.Is(err, onboarding.ErrSuperseded) {
		if code := itemCode(err); code != "" || job.Attempt >= attemptBudget && !postgres.Unavailable(err) {
			w.changer.Log.WarnContext(ctx, "bulk item failed", "operation_id", item.OperationID, "position",
				item.Position, "error", err)
			outcome, err = bulk.OutcomeFailed, w.fail(ctx, item, err)
		}
	}
	if errors.Is(err, onboarding.ErrSuperseded) {
		return nil
	}
	if err != nil {
		return w.later(job, err)
	}
	w.items.WithLabelValues(row.Kind, string(outcome)).Inc()
	return nil
}

// later leaves the item to another attempt. An outage of the database uses up none.
func (*bulkItemWorker) later(job *river.Job[bulk.ItemArgs], err error) error {
	if postgres.Unavailable(err) && time.Since(job.CreatedAt) < outageBudget {
		return river.JobSnooze(outageSnooze)
	}
	return err
}

// itemCode returns the code of an error that another attempt would meet again, "" for others.
func itemCode(err error) string {
	if conflict, ok := errors.AsType[*onboarding.ConflictError](err); ok {
		return conflict.Code
	}
	return ""
}

// fail settles an item that could not be done.
func (w *bulkItemWorker) fail(ctx context.Context, item bulkItem, cause error) error {
	code := itemCode(cause)
	switch {
	case code != "":
	case errors.Is(cause, flow.ErrBusy):
		code = bulk.CodeBusy
	default:
		code = string(onboarding.FailureInternal)
	}
	return postgres.InTx(ctx, w.changer.Pool, item.userID, func(tx pgx.Tx, q *postgres.Queries) error {
		return item.settle(ctx, tx, q, bulk.OutcomeFailed, code)
	})
}

// bulkItem is an item and the job that does it.
type bulkItem struct {
	bulk.ItemArgs
	job    *rivertype.JobRow
	userID string
}

// settle records the outcome and ends the job. It returns onboarding.ErrSuperseded if the item
// names another job by now.
func (i bulkItem) settle(ctx context.Context, tx pgx.Tx, q *postgres.Queries, outcome flow.Outcome, code string) error {
	params := app.SettleBulkItemParams{
		OperationID: i.OperationID, Position: i.Position, JobID: i.job.ID,
		Status: string(outcome),
	}
	if code != "" {
		params.Code = &code
	}
	settled, err := q.SettleBulkItem(ctx, params)
	switch {
	case err != nil:
		return fmt.Errorf("settle bulk item: %w", err)
	case settled == 0:
		return onboarding.ErrSuperseded
	}
	return queue.CompleteJob(i.job)(ctx, tx)
}
