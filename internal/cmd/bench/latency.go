package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/cmd/child"
)

const latencyTime = 4 * time.Second

// startDelay reads how long after they were queued 99 of 100 jobs began, in milliseconds.
const startDelay = `select coalesce(percentile_cont(0.99) within group (
	order by extract(epoch from attempted_at - created_at)), 0)::float8 * 1000
	from river_job where kind = $1 and created_at > $2 and attempted_at is not null`

// latencies are the figures of how soon accepted work begins.
func latencies(ctx context.Context, s *stage) ([]figure, error) {
	programs, err := child.Programs()
	if err != nil {
		return nil, err
	}
	p, err := s.newProgram(ctx, "latency", programs)
	if err != nil {
		return nil, err
	}
	worker, err := p.start(ctx, "worker")
	if err != nil {
		return nil, err
	}
	s.stops = append(s.stops, worker.Stop)
	peer, err := newRiverPeer(ctx, s)
	if err != nil {
		return nil, err
	}
	polled, err := s.newProgram(ctx, "polled", programs)
	if err != nil {
		return nil, err
	}
	poller, err := polled.start(ctx, "worker", "QUEUE_POLL_ONLY=true")
	if err != nil {
		return nil, err
	}
	s.stops = append(s.stops, poller.Stop)
	figures := []figure{{
		name: "start_polled", what: "accepted to started at 20 a second by polling alone, 99th percentile in milliseconds",
		ours: side{"ours", func(ctx context.Context) (float64, error) { return polled.startDelay(ctx, 20) }}, unit: "ms",
		goal: 150, most: true,
	}}
	for _, f := range []struct{ rate, goal int }{{20, 5}, {100, 5}, {300, 25}} {
		what := fmt.Sprintf("accepted to started at %d a second, 99th percentile in milliseconds", f.rate)
		figures = append(figures, figure{
			name: fmt.Sprintf("start_%d", f.rate), what: what, unit: "ms", goal: float64(f.goal), most: true,
			ours: side{"ours", func(ctx context.Context) (float64, error) { return p.startDelay(ctx, f.rate) }},
		}, figure{
			name: fmt.Sprintf("start_%d_river", f.rate), what: what + ", of River's defaults", unit: "ms",
			ours: side{"River", func(ctx context.Context) (float64, error) { return peer.startDelay(ctx, f.rate) }},
		})
	}
	return figures, nil
}

// paced calls do so often a second for a while, at most 300 at a time.
func paced(ctx context.Context, rate int, took time.Duration, do func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(300)
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	for end := time.Now().Add(took); time.Now().Before(end) && ctx.Err() == nil; {
		<-tick.C
		group.Go(func() error { return do(ctx) })
	}
	return group.Wait()
}

func (p *program) startDelay(ctx context.Context, rate int) (float64, error) {
	began := time.Now()
	err := paced(ctx, rate, latencyTime/time.Duration(p.stage.scale), func(ctx context.Context) error {
		return p.post(ctx, 1)
	})
	if err != nil {
		return 0, err
	}
	return readDelay(ctx, p.database, "analysis_import", began)
}

func (p *riverPeer) startDelay(ctx context.Context, rate int) (delay float64, err error) {
	w := &riverWorker{pool: p.pool, inTx: true, ended: make(chan struct{})}
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	client, err := river.NewClient(riverpgxv5.New(p.pool), &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 50}},
		Workers: workers, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return 0, err
	}
	if err := client.Start(ctx); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, client.Stop(context.WithoutCancel(ctx))) }()
	began := time.Now()
	err = paced(ctx, rate, latencyTime/time.Duration(p.stage.scale), func(ctx context.Context) error {
		_, err := client.Insert(ctx, riverArgs{}, nil)
		return err
	})
	if err != nil {
		return 0, err
	}
	return readDelay(ctx, p.pool.Config().ConnString(), riverArgs{}.Kind(), began)
}

func readDelay(ctx context.Context, database, kind string, since time.Time) (delay float64, err error) {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, startDelay, kind, since).Scan(&delay)
	return delay, err
}
