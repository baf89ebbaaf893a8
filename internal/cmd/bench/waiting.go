package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/walk"
	"github.com/alwrity/onboarding/jobs"
)

const (
	// waitingJobs is how many jobs each worker ends in a round, waitingSlots at a time, each after waitingTime.
	waitingJobs  = 500
	waitingSlots = 5
	waitingTime  = 50 * time.Millisecond
	// heldJobs is how many jobs a worker runs while its memory is read.
	heldJobs = 500
)

// waiting are the figures of jobs that wait for websites.
func waiting(ctx context.Context, s *stage) ([]figure, error) {
	w := waiters{stage: s}
	var err error
	if w.database, err = s.migrated(ctx, "waiting"); err != nil {
		return nil, err
	}
	ended := func(workers int) func(context.Context) (float64, error) {
		return func(ctx context.Context) (float64, error) { return w.ended(ctx, workers, s.size(waitingJobs)) }
	}
	return []figure{
		{
			name: "workers_4", what: "jobs a second that wait 50 ms each, four workers against one, 5 slots each",
			differs: "the workers are in one process; the analyses are empty", unit: "jobs/s",
			ours: side{"4 workers", ended(4)}, peer: &side{"1 worker", ended(1)}, goal: 3.6,
		},
		{
			name: "memory_500", what: "MiB that a worker with 500 jobs running holds", unit: "MiB",
			ours: side{"ours", w.memory}, goal: 150, most: true,
		},
	}, nil
}

// waiters are workers on a database whose jobs wait.
type waiters struct {
	stage    *stage
	database string
}

// submit submits the websites of n new users.
func (w waiters) submit(ctx context.Context, n int, address func(i int) string) error {
	app, err := openPool(ctx, w.database, postgres.RoleApp, 8)
	if err != nil {
		return err
	}
	defer app.Close()
	system, err := openPool(ctx, w.database, postgres.RoleSystem, 2)
	if err != nil {
		return err
	}
	defer system.Close()
	submitter, err := flow.NewSubmitter(app, system, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range n {
		group.Go(func() error {
			_, err := submitter.SubmitWebsite(ctx, uuid.NewString(), onboarding.WebsiteInput{Website: address(i)})
			return err
		})
	}
	return group.Wait()
}

// ended returns how many jobs a second some workers end, from a backlog of as many for each.
func (w waiters) ended(ctx context.Context, workers, each int) (rate float64, err error) {
	n := each * workers
	if err := w.submit(ctx, n, func(i int) string { return fmt.Sprintf("https://site-%d.example", i) }); err != nil {
		return 0, err
	}
	counted := &endCounter{ended: make(chan struct{})}
	counted.left.Store(int64(n))
	began := time.Now()
	err = w.running(ctx, workers, slog.New(counted), func(ctx context.Context) error {
		select {
		case <-counted.ended:
			rate = float64(n) / time.Since(began).Seconds()
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	return rate, err
}

// running runs workers of this process while do lasts.
func (w waiters) running(
	ctx context.Context, workers int, log *slog.Logger, do func(context.Context) error,
) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, workLimit, errors.New("the jobs did not end in time"))
	defer cancel()
	running, stop := context.WithCancel(ctx)
	var group errgroup.Group
	defer func() {
		stop()
		err = errors.Join(err, group.Wait())
	}()
	for range workers {
		worker, err := jobs.NewWorker(ctx, jobs.WorkerConfig{
			Database: postgres.Server{URL: w.database}, DatabaseConns: 5, Grace: time.Second,
			InteractiveSlots: 1, NetworkSlots: waitingSlots, BulkSlots: 1, Crawler: slowSites{}, Analyzer: slowSites{},
			BuildInputs: func(onboarding.Sources) onboarding.Inputs { return onboarding.Inputs{} },
			Keys:        noKeys{}, Registry: prometheus.NewRegistry(), Log: log,
		})
		if err != nil {
			return err
		}
		group.Go(func() error { return worker.Run(running) })
	}
	return do(ctx)
}

// slowSites are websites that answer after a while, with nothing to analyse.
type slowSites struct{}

// Crawl implements jobs.Crawler.
func (slowSites) Crawl(ctx context.Context, _ onboarding.Crawl) (site onboarding.Site, err error) {
	return site, walk.Wait(ctx, waitingTime)
}

// Analyze implements jobs.Analyzer.
func (slowSites) Analyze(context.Context, onboarding.Site) (a onboarding.Analysis, err error) {
	return a, nil
}

// Prompt implements jobs.Analyzer.
func (slowSites) Prompt(onboarding.Site, onboarding.Analysis) (p onboarding.Prompt) { return p }

// Merge implements jobs.Analyzer.
func (slowSites) Merge(a onboarding.Analysis, _ onboarding.Answer) (onboarding.Analysis, error) {
	return a, nil
}

// memory returns what a worker holds while all its jobs wait for websites of their own that do not answer.
func (w waiters) memory(ctx context.Context) (mib float64, err error) {
	silent := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	}))
	_ = silent.Listener.Close()
	listen := net.ListenConfig{}
	if silent.Listener, err = listen.Listen(ctx, "tcp", "0.0.0.0:0"); err != nil {
		return 0, err
	}
	silent.Start()
	defer silent.Close()
	port := silent.Listener.Addr().(*net.TCPAddr).Port
	n := w.stage.size(heldJobs)
	err = w.submit(ctx, n, func(i int) string { return fmt.Sprintf("http://127.1.%d.%d:%d", i/200, i%200+1, port) })
	if err != nil {
		return 0, err
	}
	folder, err := w.stage.subfolder("waiting")
	if err != nil {
		return 0, err
	}
	metrics, err := child.FreeAddress(ctx, "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	worker, err := startProgram("worker", w.database, folder, "METRICS_ADDR="+metrics, "LOG_LEVEL=error",
		"SHUTDOWN_GRACE=1s", fmt.Sprintf("NETWORK_SLOTS=%d", heldJobs), "DATABASE_CONNS=20",
		"FETCH_ALLOW_PREFIXES=127.0.0.0/8")
	if err != nil {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, worker.Stop(), w.forget(context.WithoutCancel(ctx)))
	}()
	err = w.await(ctx, "select count(*) >= $1 from river_job where state = 'running' and queue = 'network'", n)
	if err != nil {
		return 0, fmt.Errorf("%w: see %s", err, filepath.Join(folder, "worker.log"))
	}
	if err := walk.Wait(ctx, time.Second); err != nil { // all have asked their websites
		return 0, err
	}
	return resident(ctx, metrics)
}

// forget leaves no jobs to the next round.
func (w waiters) forget(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, w.database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, "truncate onboarding_sessions, river_job cascade")
	return err
}

// await waits until a condition about n holds.
func (w waiters) await(ctx context.Context, sql string, n int) error {
	conn, err := pgx.Connect(ctx, w.database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, errors.New("the jobs did not begin in time"))
	defer cancel()
	for {
		var holds bool
		if err := conn.QueryRow(ctx, sql, n).Scan(&holds); err != nil || holds {
			return err
		}
		if err := walk.Wait(ctx, 50*time.Millisecond); err != nil {
			return context.Cause(ctx)
		}
	}
}
