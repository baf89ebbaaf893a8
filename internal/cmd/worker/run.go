package worker

import (
	"context"
	"errors"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/jobs"
)

func runCommand() *cobra.Command {
	return &cobra.Command{
		Use: "run", Short: "work the queued jobs until it is stopped", Args: cli.NoArgs,
		Long: `Works the queued jobs until SIGINT or SIGTERM, then lets running jobs finish within
SHUTDOWN_GRACE. Start as many as you like, on any number of machines. The settings
are environment variables; deploy/systemd/settings.example lists them.`,
		RunE: withSettings(config.LoadWorker, func(c *cobra.Command, cfg config.Worker) error {
			log := ops.NewLogger(c.ErrOrStderr(), cfg.LogLevel, "worker", jobs.LogAttrs)
			settings := config.LogAttr(config.Describe(cfg, config.Options{}))
			log.InfoContext(c.Context(), "starting", slog.String("version", ops.Version()), settings)
			return serve(c.Context(), cfg, log)
		}),
	}
}

// serve runs the worker and its metrics server until ctx ends.
func serve(ctx context.Context, cfg config.Worker, log *slog.Logger) (err error) {
	registry := ops.NewRegistry("worker")
	var inUse func(context.Context) bool
	if cfg.Deploy == config.Local {
		inUse = func(ctx context.Context) bool { return postgres.KeysStored(ctx, postgres.NewServer(cfg.Server())) }
	}
	ring, err := openRing(ctx, cfg.Seal, inUse)
	if err != nil {
		return err
	}
	workerConfig, err := newWorkerConfig(cfg, ring, registry, log)
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
	metrics, err := ops.Start(ctx, cfg.MetricsAddr, registry, ops.NewHealth(registry, log, checks...), log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, metrics.Stop(context.WithoutCancel(ctx))) }()
	return worker.Run(ctx)
}
