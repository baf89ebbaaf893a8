package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Queue is a queue as it is now.
type Queue struct {
	Name           string         `json:"name" example:"bulk"`
	Paused         bool           `json:"paused" example:"false"`
	PausedAt       *time.Time     `json:"paused_at" example:"2026-11-28T10:15:00Z"`
	Jobs           map[string]int `json:"jobs" example:"{\"available\": 12, \"running\": 5}" doc:"Jobs that have not ended, by state."`
	WaitingSeconds float64        `json:"waiting_seconds" example:"0.4" doc:"How long the oldest due job has waited for a worker."`
}

// Queues pauses and resumes queues, for all workers at once.
type Queues struct {
	pool  *pgxpool.Pool
	river *river.Client[pgx.Tx]
}

// NewQueues returns the queues behind a pool that assumes the system role.
func NewQueues(pool *pgxpool.Pool, log *slog.Logger) (*Queues, error) {
	client, err := NewClient(pool, log)
	if err != nil {
		return nil, err
	}
	return &Queues{pool: pool, river: client}, nil
}

// maxQueues bounds a list of queues; there are three.
const maxQueues = 100

// List returns the queues that a worker has ever worked, by name.
func (q *Queues) List(ctx context.Context) ([]Queue, error) {
	known, err := q.river.QueueList(ctx, river.NewQueueListParams().First(maxQueues))
	if err != nil {
		return nil, fmt.Errorf("list queues: %w", err)
	}
	counts, err := system.New(q.pool).CountQueues(ctx)
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	queues := make([]Queue, len(known.Queues))
	for i, row := range known.Queues {
		queues[i] = Queue{Name: row.Name, Paused: row.PausedAt != nil, PausedAt: row.PausedAt, Jobs: map[string]int{}}
		for _, count := range counts {
			if count.Queue != row.Name {
				continue
			}
			queues[i].Jobs[count.State] = int(count.Jobs)
			if count.State == "available" {
				queues[i].WaitingSeconds = max(0, count.OldestSeconds)
			}
		}
	}
	slices.SortFunc(queues, func(a, b Queue) int { return strings.Compare(a.Name, b.Name) })
	return queues, nil
}

// Pause keeps workers from starting further jobs of a queue; running jobs continue. Pausing a
// paused queue changes nothing. The error is onboarding.ErrNotFound for a queue that no
// worker has ever worked.
func (q *Queues) Pause(ctx context.Context, name string) (Queue, error) {
	return q.set(ctx, name, q.river.QueuePause)
}

// Resume undoes Pause.
func (q *Queues) Resume(ctx context.Context, name string) (Queue, error) {
	return q.set(ctx, name, q.river.QueueResume)
}

func (q *Queues) set(
	ctx context.Context, name string, set func(context.Context, string, *river.QueuePauseOpts) error,
) (Queue, error) {
	if _, err := q.get(ctx, name); err != nil { // River takes * for all queues
		return Queue{}, err
	}
	if err := set(ctx, name, nil); err != nil && !errors.Is(err, river.ErrNotFound) {
		return Queue{}, fmt.Errorf("pause or resume queue %s: %w", name, err)
	}
	return q.get(ctx, name)
}

func (q *Queues) get(ctx context.Context, name string) (Queue, error) {
	queues, err := q.List(ctx)
	if err != nil {
		return Queue{}, err
	}
	i := slices.IndexFunc(queues, func(queue Queue) bool { return queue.Name == name })
	if i < 0 {
		return Queue{}, onboarding.ErrNotFound
	}
	return queues[i], nil
}
