package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/website"
	"github.com/alwrity/onboarding/jobs"
)

const runUsage = `Usage: worker run

Works the queued jobs until SIGINT or SIGTERM, then lets running jobs finish within
SHUTDOWN_GRACE. Start as many as you like, on any number of machines. The settings
are environment variables; docs/operations.md lists them.
`

// riverConns is the pool of the queue client: its listener, its leader election
// and its two queues.
const riverConns = 5

// Run runs "worker run" until ctx ends.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		return usage(err, runUsage, stdout, stderr)
	}
	cfg, err := config.LoadWorker(config.Options{})
	if err != nil {
		return err
	}
	log := ops.NewLogger(stderr, cfg.LogLevel, "worker")
	log.InfoContext(ctx, "starting", "version", ops.Version(), config.LogAttr(config.Describe(cfg, config.Options{})))
	return serve(ctx, cfg, log)
}

// serve wires the worker and its metrics server.
func serve(ctx context.Context, cfg config.Worker, log *slog.Logger) (err error) {
	registry := ops.NewRegistry("worker")
	workerConfig, err := workerConfig(cfg, registry, log)
	if err != nil {
		return err
	}
	closePools, err := openPools(ctx, cfg, &workerConfig)
	if err != nil {
		return err
	}
	defer closePools()
	worker, err := jobs.NewWorker(workerConfig)
	if err != nil {
		return err
	}
	health := ops.NewHealth(registry, log, ops.Check{Name: "worker", Probe: worker.Ready})
	metrics, err := ops.Start(cfg.MetricsAddr, registry, health, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, metrics.Stop(context.WithoutCancel(ctx))) }()
	return worker.Run(ctx)
}

func workerConfig(cfg config.Worker, registry prometheus.Registerer, log *slog.Logger) (jobs.WorkerConfig, error) {
	crawler, err := website.New(website.Config{AllowPrefixes: cfg.FetchAllowPrefixes}, registry, log)
	if err != nil {
		return jobs.WorkerConfig{}, fmt.Errorf("make the crawler: %w", err)
	}
	analyzer, err := style.New(registry)
	if err != nil {
		return jobs.WorkerConfig{}, fmt.Errorf("load the analyser: %w", err)
	}
	return jobs.WorkerConfig{
		InteractiveSlots: cfg.InteractiveSlots, BulkSlots: cfg.BulkSlots, Grace: cfg.ShutdownGrace,
		Crawler: crawler, Analyzer: analyzer, Registry: registry, Log: log,
	}, nil
}

// openPools opens the three pools of a worker: the queue must never wait for a
// connection that the work holds, nor the beat for either.
func openPools(ctx context.Context, cfg config.Worker, into *jobs.WorkerConfig) (closeAll func(), err error) {
	var opened []*pgxpool.Pool
	closeAll = func() {
		for _, pool := range opened {
			pool.Close()
		}
	}
	for _, p := range []struct {
		pool  **pgxpool.Pool
		name  string
		role  string
		conns int32
	}{
		{&into.River, "onboarding worker queue", postgres.RoleApp, riverConns},
		{&into.App, "onboarding worker", postgres.RoleApp, int32(cfg.DatabaseConns)},
		{&into.System, "onboarding worker beat", postgres.RoleSystem, 1},
	} {
		*p.pool, err = postgres.OpenPool(ctx, postgres.PoolConfig{
			URL: string(cfg.DatabaseURL), Role: p.role, Name: p.name, MaxConns: p.conns,
		})
		if err != nil {
			closeAll()
			return nil, err
		}
		opened = append(opened, *p.pool)
	}
	return closeAll, nil
}
