package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/postgres"
)

// What is measured, and the goals.
const (
	fairSamples  = 200
	fairBacklog  = 10_000 // bulk jobs that are queued
	fairBegun    = 20     // of them, started before users come
	fairLarge    = 4000   // users of the large operation
	fairSmall    = 300    // users of each small one
	fairJain     = 0.95
	fairFloor    = 50.0 // milliseconds; or twice the idle p95 if that is more
	fairPace     = 5 * time.Millisecond
	fairDeadline = 20 * time.Second // for one job to end
)

// fairness is how little bulk work delays users, and one operation the others.
type fairness struct {
	idle, loaded float64 // p95 of the interactive start, milliseconds
	left         int     // bulk jobs that were still queued after the last loaded sample
	jain         float64
	polite       politeFigures
}

func (f fairness) met() bool {
	return f.loaded <= max(2*f.idle, fairFloor) && f.left > 0 && f.jain >= fairJain && f.polite.met()
}

func (f fairness) String() string {
	return fmt.Sprintf("fairness: idle_p95_ms=%.1f loaded_p95_ms=%.1f queued=%d left=%d jain=%.3f calls=%d "+
		"share_429=%.4f met=%t",
		f.idle, f.loaded, fairBacklog, f.left, f.jain, f.polite.calls, f.polite.share(), f.met())
}

// runFairness measures with a worker process.
func runFairness(ctx context.Context, databaseURL string, stdout io.Writer) (bool, error) {
	f, err := measureFairness(ctx, databaseURL)
	if err == nil {
		f.polite, err = measurePoliteness(ctx, databaseURL)
	}
	if err == nil {
		_, err = fmt.Fprintln(stdout, f)
	}
	return f.met(), err
}

// fairBench is what the measurements share.
type fairBench struct {
	app, system *postgres.Pool
	submit      *flow.Submitter
	bulk        *bulk.Operations
}

func measureFairness(ctx context.Context, databaseURL string) (f fairness, err error) {
	registry := prometheus.NewRegistry()
	b := fairBench{}
	for role, pool := range map[string]**postgres.Pool{postgres.RoleApp: &b.app, postgres.RoleSystem: &b.system} {
		*pool, err = openPool(ctx, databaseURL, role, 2)
		if err != nil {
			return f, err
		}
		defer (*pool).Close()
	}
	b.bulk = &bulk.Operations{Pool: b.system}
	if b.submit, err = flow.NewSubmitter(b.app, b.system, registry, slog.New(slog.DiscardHandler)); err != nil {
		return f, err
	}
	folder, err := os.MkdirTemp("", "bench-fairness-")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	worker, err := startProgram("worker", databaseURL, folder, "METRICS_ADDR=127.0.0.1:0", "LOG_LEVEL=error")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, worker.Stop()) }()
	if _, err := b.starts(ctx, "warm", fairSamples/4); err != nil { // the worker starts, caches fill
		return f, err
	}
	if f.idle, err = b.starts(ctx, "idle", fairSamples); err != nil {
		return f, err
	}
	backlog, err := b.fill(ctx)
	if err == nil {
		err = b.awaitQueue(ctx, fairBacklog-fairBegun) // the worker has started on it
	}
	if err != nil {
		return f, err
	}
	if f.loaded, err = b.starts(ctx, "loaded", fairSamples); err != nil {
		return f, err
	}
	if f.left, err = b.queued(ctx); err != nil {
		return f, err
	}
	if _, err := b.bulk.Cancel(ctx, backlog.ID); err != nil { // so that its jobs end soon
		return f, err
	}
	if err := b.awaitQueue(ctx, 0); err != nil {
		return f, err
	}
	f.jain, err = b.share(ctx)
	return f, err
}

// awaitQueue waits until at most n bulk jobs are queued.
func (b fairBench) awaitQueue(ctx context.Context, n int) error {
	for {
		queued, err := b.queued(ctx)
		if err != nil || queued <= n {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// starts submits interactive work, one piece after the other, and returns the 95th
// percentile of the time from submission to the start of the job, by the database's
// clock.
func (b fairBench) starts(ctx context.Context, name string, n int) (p95 float64, err error) {
	waits := make([]float64, n)
	for i := range waits {
		user := fmt.Sprintf("%s-%d", name, i)
		submission, err := b.submit.ValidateKeys(ctx, user)
		if err == nil {
			_, err = b.submit.Wait(ctx, user, submission.ID, fairDeadline)
		}
		if err == nil {
			err = b.system.QueryRow(ctx, "select extract(epoch from attempted_at - created_at)::float8 * 1000 from river_job "+
				"where id = $1",
				submission.JobID).Scan(&waits[i])
		}
		if err != nil {
			return 0, fmt.Errorf("start a job: %w", err)
		}
		time.Sleep(fairPace)
	}
	slices.Sort(waits)
	return waits[n*95/100], nil
}

// fill queues a job for every item of a large operation at once, without the window
// that workers would queue them in.
func (b fairBench) fill(ctx context.Context) (operation bulk.Operation, err error) {
	users, err := b.users(ctx, "backlog", fairBacklog)
	if err == nil {
		operation, err = b.bulk.Create(ctx, bulk.Request{Kind: bulk.Reset, Actor: "bench", UserIDs: users})
	}
	if err == nil {
		_, err = b.system.Exec(ctx, `with j as (
				insert into river_job (kind, args, queue, priority, max_attempts)
				select 'bulk_item', jsonb_build_object('operation_id', operation_id, 'position', position), 'bulk', 1, 1000
				from bulk_items where status = 'waiting'
				returning id, (args->>'operation_id')::uuid as operation_id, (args->>'position')::int as position)
			update bulk_items i set status = 'queued', job_id = j.id from j
			where i.operation_id = j.operation_id and i.position = j.position and i.status = 'waiting'`)
	}
	if err != nil {
		return operation, fmt.Errorf("fill the bulk queue: %w", err)
	}
	return operation, nil
}

// users makes users who have started.
func (b fairBench) users(ctx context.Context, prefix string, n int) ([]string, error) {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprintf("%s-%d", prefix, i)
	}
	_, err := b.system.Exec(ctx, `with s as (
			insert into onboarding_sessions (id, user_id) select gen_random_uuid(), u from unnest($1::text[]) u
			returning id, user_id)
		insert into onboarding_steps (session_id, user_id, step, status)
		select s.id, s.user_id, n, case when n = 1 then 'skipped' else 'pending' end from s, generate_series(1, 6) n`, users)
	return users, err
}

func (b fairBench) queued(ctx context.Context) (n int, err error) {
	err = b.system.QueryRow(ctx, "select count(*) from river_job where queue = 'bulk' and state = 'available'").Scan(&n)
	return n, err
}

// share lets a large operation and two small ones compete, and returns Jain's index of
// the users that each has changed when the first of them ends:
// (sum x)² / (n * sum x²), Jain, Chiu and Hawe 1984.
func (b fairBench) share(ctx context.Context) (float64, error) {
	operations := make([]bulk.Operation, 3)
	for i, size := range []int{fairLarge, fairSmall, fairSmall} {
		users, err := b.users(ctx, fmt.Sprintf("share-%d", i), size)
		if err == nil {
			operations[i], err = b.bulk.Create(ctx, bulk.Request{Kind: bulk.Delete, Actor: "bench", UserIDs: users})
		}
		if err != nil {
			return 0, fmt.Errorf("start an operation: %w", err)
		}
	}
	for {
		var sum, squares float64
		ended := false
		for i := range operations {
			o, err := b.bulk.Get(ctx, operations[i].ID)
			if err != nil {
				return 0, err
			}
			done := float64(o.Done)
			sum, squares, ended = sum+done, squares+done*done, ended || o.Done == o.Total
		}
		if ended {
			return sum * sum / (float64(len(operations)) * squares), nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}
