package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// countedJobs bounds the jobs that one response counts.
const countedJobs = 50_000

// WorkBody is who works, and on what.
type WorkBody struct {
	Workers []WorkerBody `json:"workers" doc:"Those that have beaten within the last hour."`
	Jobs    []JobsBody   `json:"jobs"`
	Whole   bool         `json:"whole" doc:"False beyond 50,000 jobs, which are not counted."`
}

// WorkerBody is a worker.
type WorkerBody struct {
	ID        string        `json:"id" example:"0197c1d2-0000-7000-8000-0000000000aa"`
	Host      *string       `json:"host" example:"worker-7d9f" doc:"Null where its release does not say it."`
	Version   *string       `json:"version" example:"1.1.0"`
	Alive     bool          `json:"alive"`
	Leads     bool          `json:"leads"`
	StartedAt time.Time     `json:"started_at" example:"2026-11-28T09:00:00Z"`
	BeatAt    time.Time     `json:"beat_at" example:"2026-11-28T10:15:00Z"`
	Jobs      []RunningBody `json:"jobs"`
}

// RunningBody is what a worker runs of one kind.
type RunningBody struct {
	Kind     string    `json:"kind" example:"website_analysis"`
	Count    int64     `json:"count" example:"3"`
	OldestAt time.Time `json:"oldest_at" example:"2026-11-28T10:14:00Z"`
}

// JobsBody is how many jobs of a kind are in a state.
type JobsBody struct {
	Kind     string    `json:"kind" example:"website_analysis"`
	Queue    string    `json:"queue" example:"network"`
	State    string    `json:"state" example:"available"`
	Count    int64     `json:"count" example:"12"`
	OldestAt time.Time `json:"oldest_at" example:"2026-11-28T10:14:00Z" doc:"Since when the oldest runs or could, or from when it will."`
}

// ThroughputInput chooses a window.
type ThroughputInput struct {
	Window string `query:"window" enum:"1h,24h,7d" default:"1h" example:"24h"`
}

// ThroughputBody is what ended and how soon work began.
type ThroughputBody struct {
	StepSeconds    float64   `json:"step_seconds" example:"60" doc:"The length of a point."`
	CountedThrough time.Time `json:"counted_through" example:"2026-11-28T10:15:00Z" doc:"What ended before this moment is counted."`
	rollup.Curves
}

func (h *Handlers) work(ctx context.Context, _ *struct{}) (*edge.Output[WorkBody], error) {
	q := system.New(h.cfg.Pool)
	workers, workersErr := q.ListWorkers(ctx, flow.DeadAfter.Seconds())
	running, runningErr := q.ListWorkersJobs(ctx)
	jobs, jobsErr := q.CountJobs(ctx, countedJobs)
	if err := errors.Join(workersErr, runningErr, jobsErr); err != nil {
		return nil, fmt.Errorf("read the work: %w", err)
	}
	of := map[string][]RunningBody{}
	for _, row := range running {
		of[row.ClientID] = append(of[row.ClientID], RunningBody{Kind: row.Kind, Count: row.Jobs, OldestAt: row.OldestAt})
	}
	body := WorkBody{Workers: edge.Map(workers, func(row system.ListWorkersRow) WorkerBody {
		return WorkerBody{
			ID: row.ClientID, Host: edge.OrNil(row.Host), Version: edge.OrNil(row.Version), Alive: row.Alive, Leads: row.Leads,
			StartedAt: row.StartedAt, BeatAt: row.BeatAt, Jobs: append([]RunningBody{}, of[row.ClientID]...),
		}
	})}
	counted := int64(0)
	body.Jobs = edge.Map(jobs, func(row system.CountJobsRow) JobsBody {
		counted += row.Jobs
		return JobsBody{Kind: row.Kind, Queue: row.Queue, State: row.State, Count: row.Jobs, OldestAt: row.OldestAt}
	})
	body.Whole = counted < countedJobs
	return edge.OK(body), nil
}

func (h *Handlers) throughput(ctx context.Context, in *ThroughputInput) (*edge.Output[ThroughputBody], error) {
	q, window := system.New(h.cfg.Pool), rollup.Windows[in.Window]
	progress, err := q.GetProgress(ctx, rollup.TaskWork)
	if err != nil {
		return nil, fmt.Errorf("read how far the work is counted: %w", err)
	}
	curves, err := rollup.ReadCurves(ctx, q, window, progress.Now)
	return edge.OK(ThroughputBody{
		StepSeconds: window.Step.Seconds(), CountedThrough: progress.At, Curves: curves,
	}), err
}
