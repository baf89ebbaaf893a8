package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/alwrity/onboarding/internal/postgres/system"
)

// retentionRows bounds how many old submissions one run looks at.
const retentionRows = 5000

// retention deletes what is older than it is kept, a bounded part each minute. River
// deletes its own finished rows.
type retention struct {
	mu sync.Mutex
	// last is where the looking through old submissions goes on. Those that a step
	// names stay, and must not be looked at again each time.
	last system.DeleteOldSubmissionsRow
}

// run deletes one part of each kind; one that fails does not keep the others.
func (r *retention) run(ctx context.Context, q *system.Queries) error {
	var errs []error
	note := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("delete old %s: %w", what, err))
		}
	}
	note("submissions", r.submissions(ctx, q))
	_, err := q.DeleteOldLimits(ctx)
	note("limits", err)
	_, err = q.DeleteOldRequests(ctx)
	note("idempotency keys", err)
	note("bulk operations", q.DeleteOldBulkOperations(ctx))
	return errors.Join(errs...)
}

func (r *retention) submissions(ctx context.Context, q *system.Queries) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	last, err := q.DeleteOldSubmissions(ctx, system.DeleteOldSubmissionsParams{
		AfterAt: r.last.LastAt, AfterID: r.last.LastID, MaxRows: retentionRows,
	})
	if err == nil {
		r.last = last
	}
	return err
}
