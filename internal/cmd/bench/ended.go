package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/jobs"
)

// endings measures the ends of jobs whose work is next to nothing: of an analysis with one value, for inputs
// of nothing.
type endings struct{ database string }

// queueEndings queues submissions of that many new users.
const queueEndings = `with w as materialized (
	select gen_random_uuid() as session, gen_random_uuid() as submission, $1 || n as user_id
	from generate_series(1, $2::int) n
), sessions as (
	insert into onboarding_sessions (id, user_id, version) select session, user_id, 1 from w
), steps as (
	insert into onboarding_steps (session_id, user_id, step, status, submission_id)
	select session, user_id, n, case n when 2 then 'in_progress' else 'pending' end, case n when 2 then submission end
	from w, generate_series(1, 6) n
), jobs as (
	insert into river_job (kind, queue, args, max_attempts)
	select 'analysis_import', 'interactive', jsonb_build_object('submission_id', submission), 1000
	from w returning id, args
)
insert into submissions (id, session_id, user_id, kind, step, input, job_id, phase, message)
select w.submission, w.session, w.user_id, 'analysis_import', 2,
	'{"website": "https://example.com", "analysis": {"writing_style": {"tone": "warm"}}}', jobs.id, 'queued', 'Waiting.'
from w join jobs on jobs.args ->> 'submission_id' = w.submission::text`

// run returns how many jobs of a backlog a worker of this process ends in a second.
func (e endings) run(ctx context.Context, n int) (rate float64, err error) {
	conn, err := pgx.Connect(ctx, e.database)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, queueEndings, uuid.NewString(), n); err != nil {
		return 0, fmt.Errorf("queue endings: %w", err)
	}
	counted := &endCounter{ended: make(chan struct{})}
	counted.left.Store(int64(n))
	worker, err := jobs.NewWorker(ctx, jobs.WorkerConfig{
		Database: postgres.Server{URL: e.database}, DatabaseConns: 20,
		InteractiveSlots: 50, NetworkSlots: 1, BulkSlots: 1, Grace: time.Second,
		BuildInputs: func(onboarding.Sources) onboarding.Inputs { return onboarding.Inputs{} },
		Keys:        noKeys{}, Registry: prometheus.NewRegistry(), Log: slog.New(counted),
	})
	if err != nil {
		return 0, err
	}
	running, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	began := time.Now()
	go func() { stopped <- worker.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-stopped)
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, workLimit, errors.New("the jobs did not end in time"))
	defer cancel()
	select {
	case <-counted.ended:
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
	took := time.Since(began)
	var left int
	err = conn.QueryRow(ctx, "select count(*) from submissions where status <> 'completed'").Scan(&left)
	if err == nil && left > 0 {
		err = fmt.Errorf("%d submissions were not completed", left)
	}
	return float64(n) / took.Seconds(), err
}

// endCounter is the log of a worker. It counts the lines that say that work has ended.
type endCounter struct {
	left  atomic.Int64
	ended chan struct{}
}

// Enabled implements slog.Handler.
func (*endCounter) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }

// Handle implements slog.Handler.
func (c *endCounter) Handle(_ context.Context, line slog.Record) error {
	if line.Message == "job run ended" && c.left.Add(-1) == 0 {
		close(c.ended)
	}
	return nil
}

// WithAttrs implements slog.Handler.
func (c *endCounter) WithAttrs([]slog.Attr) slog.Handler { return c }

// WithGroup implements slog.Handler.
func (c *endCounter) WithGroup(string) slog.Handler { return c }

// noKeys is the key ring of users who have no keys.
type noKeys struct{}

// Fingerprint implements upstream.Fingerprints.
func (noKeys) Fingerprint(secret []byte) string { return string(secret) }

// Open implements jobs.Keys.
func (noKeys) Open([]byte, string, string) ([]byte, error) { return nil, errors.ErrUnsupported }
