package bulk

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// DeadJob is a submission that failed for a reason that its user can't fix: it ran out of
// attempts, recoveries or time, or something is broken. It holds no content and is kept for
// 90 days. Its id is that of the submission, Step is nil for work without a step, JobID is the id
// of the last job, as in the logs, and ReplayedAs the submission that took its place, nil if
// none has.
type DeadJob = system.GetDeadJobRow

// DeadFilter selects dead jobs. An empty field selects all.
type DeadFilter struct {
	Kind   onboarding.Kind
	Code   onboarding.FailureCode
	UserID string
	// Since excludes those that died before.
	Since time.Time
	// Unreplayed excludes those that were replayed.
	Unreplayed bool
}

// DeadJobs lists and replays dead jobs.
type DeadJobs struct {
	// All sees all users.
	All     *pgxpool.Pool
	Changer *flow.Changer
	// DryRun rolls every replay back after its outcome is known.
	DryRun bool
}

// endOfTime is later than any dead job.
var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// List returns the newest dead jobs that filter selects, at most limit. after is the last one
// of the previous page, nil for the first page.
func (d *DeadJobs) List(ctx context.Context, filter DeadFilter, after *DeadJob, limit int) ([]DeadJob, error) {
	params := system.ListDeadJobsParams{
		Kind: string(filter.Kind), Code: string(filter.Code), UserID: filter.UserID, Unreplayed: filter.Unreplayed,
		Since: filter.Since, BeforeAt: endOfTime,
		MaxRows: int32(limit), //nolint:gosec // a page
	}
	if after != nil {
		params.BeforeAt, params.BeforeID = after.DiedAt, after.ID
	}
	rows, err := system.New(d.All).ListDeadJobs(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	found := make([]DeadJob, len(rows))
	for i, row := range rows {
		found[i] = DeadJob(row)
	}
	return found, nil
}

// Get returns the dead job of a submission, or onboarding.ErrNotFound.
func (d *DeadJobs) Get(ctx context.Context, id uuid.UUID) (DeadJob, error) {
	job, err := system.New(d.All).GetDeadJob(ctx, id)
	return job, postgres.NotFound("dead job", err)
}
