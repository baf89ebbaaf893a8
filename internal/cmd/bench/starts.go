package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/walk"
)

// startLimit bounds the start of a worker up to its first job.
const startLimit = 20 * time.Second

// starts are the figures of processes alone.
func starts(ctx context.Context, s *stage) ([]figure, error) {
	programs, err := child.Programs()
	if err != nil {
		return nil, err
	}
	p, err := s.newProgram(ctx, "starts", programs)
	if err != nil {
		return nil, err
	}
	return []figure{
		{
			name: "first_job", what: "milliseconds from the start of a worker to the begin of the first job that waits",
			unit: "ms", ours: side{"ours", p.firstJob}, goal: 300, most: true,
		},
		{
			name: "api_idle", what: "MiB that an idle api holds", unit: "MiB",
			ours: side{"ours", func(ctx context.Context) (float64, error) { return resident(ctx, p.metrics) }},
			goal: 60, most: true,
		},
	}, nil
}

// firstJob returns how long after its start a worker begins a job.
func (p *program) firstJob(ctx context.Context) (ms float64, err error) {
	conn, err := pgx.Connect(ctx, p.database)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	if err := p.post(ctx, 1); err != nil {
		return 0, err
	}
	began := time.Now()
	worker, err := p.start(ctx, "worker")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, worker.Stop()) }()
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, errors.New("the worker began no job"))
	defer cancel()
	for {
		var at *time.Time
		err := conn.QueryRow(ctx,
			"select min(attempted_at) from river_job where attempted_at > $1 and kind = 'analysis_import'",
			began).Scan(&at)
		if err != nil {
			return 0, err
		}
		if at != nil {
			return milliseconds(at.Sub(began)), nil
		}
		if err := walk.Wait(ctx, 20*time.Millisecond); err != nil {
			return 0, context.Cause(ctx)
		}
	}
}
