package worker

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/jobs"
)

const runUsage = `Usage: worker run

Works the queued jobs until SIGINT or SIGTERM, then lets running jobs finish within
SHUTDOWN_GRACE. Start as many as you like, on any number of machines. The settings
are environment variables; docs/operations.md lists them.
`

// Run runs "worker run" until ctx ends.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if _, err := parseWords("run", args, 0); err != nil {
		return usage(err, runUsage, stdout, stderr)
	}
	cfg, err := config.LoadWorker(config.Options{})
	if err != nil {
		return err
	}
	log := ops.NewLogger(stderr, cfg.LogLevel, "worker", jobs.LogAttrs)
	log.InfoContext(ctx, "starting", slog.String("version", ops.Version()), config.LogAttr(config.Describe(cfg, config.Options{})))
	return serve(ctx, cfg, log)
}

// serve wires the worker and its metrics server.
func serve(ctx context.Context, cfg config.Worker, log *slog.Logger) (err error) {
	registry := ops.NewRegistry("worker")
	ring, err := openRing(ctx, cfg.Seal, cfg.Deploy == config.Local)
	if err != nil {
		return err
	}
	workerConfig, err := workerConfig(cfg, ring, registry, log)
	if err != nil {
		return err
	}
	traces, stopTraces, err := ops.StartTraces(ctx, cfg.TracesEndpoint, "worker", log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTraces(context.WithoutCancel(ctx))) }()
	workerConfig.Traces = traces
	worker, err := jobs.NewWorker(ctx, workerConfig)
	if err != nil {
		return err
	}
	var checks []ops.Check
	for name, probe := range worker.Probes(ring.Opens) {
		checks = append(checks, ops.Check{Name: name, Probe: probe})
	}
	health := ops.NewHealth(registry, log, checks...)
	metrics, err := ops.Start(cfg.MetricsAddr, registry, health, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, metrics.Stop(context.WithoutCancel(ctx))) }()
	return worker.Run(ctx)
}
