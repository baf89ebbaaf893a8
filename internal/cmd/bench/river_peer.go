package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// riverArgs are the args of a job of the peer.
type riverArgs struct {
	N int `json:"n"`
}

// Kind returns the kind of the job.
func (riverArgs) Kind() string { return "result" }

// riverPeer runs plain River.
type riverPeer struct {
	stage *stage
	pool  *pgxpool.Pool
}

// newRiverPeer makes a database with River's tables and one for results.
func newRiverPeer(ctx context.Context, s *stage) (*riverPeer, error) {
	address, err := s.database(ctx, "river")
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 20
	p := &riverPeer{stage: s}
	if p.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	s.stops = append(s.stops, func() error { p.pool.Close(); return nil })
	migrator, err := rivermigrate.New(riverpgxv5.New(p.pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, err
	}
	_, err = p.pool.Exec(ctx, "create table results (id bigint primary key, document jsonb not null)")
	return p, err
}

// riverWorker writes one row for each job.
type riverWorker struct {
	river.WorkerDefaults[riverArgs]

	pool  *pgxpool.Pool
	inTx  bool // the job ends in the transaction of the row
	left  atomic.Int64
	ended chan struct{}
}

const insertResult = "insert into results (id, document) values ($1, $2) on conflict do nothing"

// Work implements river.Worker.
func (w *riverWorker) Work(ctx context.Context, job *river.Job[riverArgs]) error {
	err := w.write(ctx, job)
	if err == nil && w.left.Add(-1) == 0 {
		close(w.ended)
	}
	return err
}

func (w *riverWorker) write(ctx context.Context, job *river.Job[riverArgs]) error {
	if !w.inTx {
		_, err := w.pool.Exec(ctx, insertResult, job.ID, job.Args)
		return err
	}
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, insertResult, job.ID, job.Args); err != nil {
			return err
		}
		_, err := river.JobCompleteTx[*riverpgxv5.Driver](ctx, tx, job)
		return err
	})
}

func (p *riverPeer) oneByOne(ctx context.Context) (float64, error) { return p.run(ctx, true) }

func (p *riverPeer) batched(ctx context.Context) (float64, error) { return p.run(ctx, false) }

// run returns how many jobs of a backlog end in a second.
func (p *riverPeer) run(ctx context.Context, inTx bool) (float64, error) {
	jobs := p.stage.size(peerJobs)
	w := &riverWorker{pool: p.pool, inTx: inTx, ended: make(chan struct{})}
	w.left.Store(int64(jobs))
	workers := river.NewWorkers()
	river.AddWorker(workers, w)
	client, err := river.NewClient(riverpgxv5.New(p.pool), &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 50}}, Workers: workers,
		FetchCooldown: 10 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return 0, err
	}
	many := make([]river.InsertManyParams, jobs)
	for i := range many {
		many[i].Args = riverArgs{i}
	}
	if _, err := client.InsertManyFast(ctx, many); err != nil {
		return 0, fmt.Errorf("insert jobs: %w", err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, workLimit, errors.New("the jobs did not end in time"))
	defer cancel()
	began := time.Now()
	if err := client.Start(ctx); err != nil {
		return 0, err
	}
	defer func() { _ = client.Stop(context.WithoutCancel(ctx)) }()
	select {
	case <-w.ended:
		return float64(jobs) / time.Since(began).Seconds(), nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}
