package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/walk"
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
	worker, err := jobs.NewWorker(ctx, jobs.WorkerConfig{
		DatabaseURL: e.database, DatabaseConns: 20, InteractiveSlots: 50, NetworkSlots: 1, BulkSlots: 1, Grace: time.Second,
		BuildInputs: func(onboarding.Sources) onboarding.Inputs { return onboarding.Inputs{} },
		Keys:        noKeys{}, Registry: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return 0, err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- worker.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, workLimit, errors.New("the jobs did not end in time"))
	defer cancel()
	for {
		var left bool
		err := conn.QueryRow(ctx, "select exists (select from submissions where status = 'in_progress')").Scan(&left)
		if err != nil {
			return 0, err
		}
		if !left {
			return float64(n) / time.Since(began).Seconds(), nil
		}
		if err := walk.Wait(ctx, 10*time.Millisecond); err != nil {
			return 0, context.Cause(ctx)
		}
	}
}

// noKeys is the key ring of users who have no keys.
type noKeys struct{}

// Fingerprint implements upstream.Fingerprints.
func (noKeys) Fingerprint(secret []byte) string { return string(secret) }

// Open implements jobs.Keys.
func (noKeys) Open([]byte, string, string) ([]byte, error) { return nil, errors.ErrUnsupported }
