package bulk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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

// DeadJob is a submission that failed for a reason that its user can't fix: it ran out of
// attempts, recoveries or time, or something is broken. It holds no content and is kept for
// 90 days.
type DeadJob struct {
	// ID is the id of the submission, which identifies the dead job.
	ID     uuid.UUID
	UserID string
	// JobID is the id of the last job, as in the logs. River deletes its row much earlier.
	JobID int64
	Kind  onboarding.Kind
	Step  onboarding.StepNumber // 0 for work without a step
	Code  onboarding.FailureCode
	// Attempts and Recoveries are what was used up.
	Attempts, Recoveries int
	DiedAt               time.Time
	// ReplayedAs is the submission that took its place at ReplayedAt, uuid.Nil if none has.
	ReplayedAs uuid.UUID
	ReplayedAt *time.Time
}

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
	lists   *pgxpool.Pool // sees all users
	changer *flow.Changer
	dryRun  bool
}

// NewDeadJobs returns the dead jobs. lists must assume the system role.
func NewDeadJobs(lists *pgxpool.Pool, changer *flow.Changer) *DeadJobs {
	return &DeadJobs{lists: lists, changer: changer}
}

// OpenDeadJobs returns the dead jobs for a command. With dryRun a replay returns what it
// would have done and is rolled back. closePools must be called.
func OpenDeadJobs(ctx context.Context, databaseURL string, dryRun bool, reg prometheus.Registerer, log *slog.Logger) (
	d *DeadJobs, closePools func(), err error,
) {
	lists, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		URL: databaseURL, Name: "dead jobs", Role: postgres.RoleSystem, MaxConns: 1, Registry: reg,
	})
	if err != nil {
		return nil, nil, err
	}
	changer, closePool, err := flow.Open(ctx, databaseURL, "dead jobs replay", reg, log)
	if err != nil {
		lists.Close()
		return nil, nil, err
	}
	closePools = func() { closePool(); lists.Close() }
	if err := postgres.Ready(ctx, lists); err != nil {
		closePools()
		return nil, nil, err
	}
	return &DeadJobs{lists: lists, changer: changer, dryRun: dryRun}, closePools, nil
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
	rows, err := system.New(d.lists).ListDeadJobs(ctx, params)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	found := make([]DeadJob, len(rows))
	for i, row := range rows {
		found[i] = deadJob(system.GetDeadJobRow(row))
	}
	return found, nil
}

// Get returns the dead job of a submission, or onboarding.ErrNotFound.
func (d *DeadJobs) Get(ctx context.Context, id uuid.UUID) (DeadJob, error) {
	row, err := system.New(d.lists).GetDeadJob(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return DeadJob{}, onboarding.ErrNotFound
	}
	if err != nil {
		return DeadJob{}, fmt.Errorf("read dead job: %w", err)
	}
	return deadJob(row), nil
}

func deadJob(row system.GetDeadJobRow) DeadJob {
	job := DeadJob{
		ID: row.SubmissionID, UserID: row.UserID, JobID: row.JobID, Kind: row.Kind, Code: onboarding.FailureCode(row.Code),
		Attempts: int(row.Attempts), Recoveries: int(row.Recoveries), DiedAt: row.DiedAt, ReplayedAt: row.ReplayedAt,
	}
	if row.Step != nil {
		job.Step = *row.Step
	}
	if row.ReplayedAs != nil {
		job.ReplayedAs = *row.ReplayedAs
	}
	return job
}
