package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/live"
	"github.com/alwrity/onboarding/internal/httpapi/wizard"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/personalize"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/queue/console"
	"github.com/alwrity/onboarding/internal/seal"
)

func serveCommand(ctx context.Context, args []string, o config.Options, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.Usage = func() {
		_, _ = fmt.Fprint(flags.Output(), "Usage: api run\n\nServes the API until SIGINT or SIGTERM. Settings come from the environment; DATABASE_URL is required.\n")
	}
	if err := parse(flags, args, stdout, stderr); err != nil {
		return err
	}
	cfg, err := config.LoadAPI(o)
	if err != nil {
		return err
	}
	log := ops.NewLogger(stderr, cfg.LogLevel, "api", edge.LogAttrs)
	log.LogAttrs(ctx, slog.LevelInfo, "starting", slog.String("version", ops.Version()), config.LogAttr(config.Describe(cfg, o)))
	traces, stopTraces, err := ops.StartTraces(ctx, cfg.TracesEndpoint, "api", log)
	if err != nil {
		return err
	}
	return errors.Join(serve(ctx, cfg, traces, log), stopTraces(context.WithoutCancel(ctx)))
}

// serve wires the API and serves until ctx ends. A database or an issuer that is
// down does not keep it from starting: requests are told to come again.
func serve(ctx context.Context, cfg config.API, traces trace.TracerProvider, log *slog.Logger) error {
	reg := ops.NewRegistry("api")
	open := func(pool postgres.PoolConfig) (*postgres.Pool, error) {
		pool.URL, pool.Registry = cfg.DatabaseURL.Reveal(), reg
		return postgres.OpenPool(ctx, pool)
	}
	pool, err := open(postgres.PoolConfig{Role: postgres.RoleApp, Name: "api", MaxConns: cfg.DatabaseConns, Traces: traces})
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := postgres.Ready(ctx, pool); errors.Is(err, postgres.ErrBypasses) {
		return err
	}
	submitter, err := flow.NewSubmitter(pool, reg, log)
	if err != nil {
		return err
	}
	if err := submitter.Trace(traces); err != nil {
		return err
	}
	reader, err := open(postgres.PoolConfig{Role: postgres.RoleSystem, Name: "api streams", MaxConns: postgres.StreamConns})
	if err != nil {
		return err
	}
	defer reader.Close()
	defer announce(ctx, submitter, postgres.NewNotifier(reader, log))()
	verifier, mint, err := newVerifier(ctx, cfg, reg, log)
	if err != nil {
		return err
	}
	ring, err := openRing(ctx, cfg)
	if err != nil {
		return err
	}
	files := envFileOf(cfg)
	health := ops.NewHealth(reg, log,
		ops.Check{Name: "database", Probe: pool.Ping},
		ops.Check{Name: "schema", Probe: func(ctx context.Context) error { return postgres.Ready(ctx, pool) }},
		ops.Check{Name: "api_keys", Probe: func(ctx context.Context) error { return system.KeysReadable(ctx, reader, ring.Opens) }},
		ops.Check{Name: "token_keys", Probe: verifier.Ready},
	)
	go warnOfBudget(ctx, cfg, reader, log)
	operators, err := open(postgres.PoolConfig{Role: postgres.RoleSystem, Name: "api admin", MaxConns: postgres.AdminConns})
	if err != nil {
		return err
	}
	defer operators.Close()
	server, err := newServer(ctx, operators, ring, httpapi.Config{
		Verifier: verifier, Submitter: submitter, Health: health, Metrics: reg, Log: log,
		State: wizard.NewState(pool), Requests: postgres.NewRequests(pool), Streams: live.NewSource(pool, reader, log),
		PlainCookies: cfg.Deploy == config.Local, Dead: bulk.NewDeadJobs(operators, submitter),
		Keys: ring, ReadableKeys: cfg.ShowKeys, WriteEnv: files.write, RemoveEnv: files.remove,
		DevelopmentToken: mint, DefaultInputs: personalize.Build(onboarding.Sources{}),
		Traces: traces, CORSOrigins: cfg.CORSOrigins, BodyLimit: cfg.BodyLimit, RequestTimeout: cfg.RequestTimeout,
	})
	if err != nil {
		return err
	}
	return listen(ctx, cfg, server, health, reg, log)
}

// newServer makes the server with what operators use.
func newServer(ctx context.Context, pool *postgres.Pool, ring *seal.Ring, cfg httpapi.Config) (_ *httpapi.Server, err error) {
	cfg.Admin = pool
	if cfg.Queues, err = queue.NewQueues(pool, cfg.Log); err != nil {
		return nil, err
	}
	cfg.Console, err = console.New(ctx, pool, admin.PathConsole, func(id string) string { return ring.Fingerprint([]byte(id)) }, cfg.Log)
	if err != nil {
		return nil, err
	}
	return httpapi.New(cfg)
}

// warnOfBudget compares the connections of all processes with what the database allows,
// once, as soon as it answers.
func warnOfBudget(ctx context.Context, cfg config.API, reader *postgres.Pool, log *slog.Logger) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for postgres.Ready(ctx, reader) != nil {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
	system.Fleet{APIs: cfg.APIProcesses, Workers: cfg.WorkerProcesses, DatabaseConns: cfg.DatabaseConns}.WarnOfBudget(ctx, reader, log)
}

// announce has the changes of submitter announced to the streams of all processes,
// until stop.
func announce(ctx context.Context, submitter *flow.Submitter, notifier *postgres.Notifier) (stop func()) {
	submitter.Announce = notifier.Changed
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	go notifier.Run(ctx)
	return cancel
}

// developmentTokenValidity is how long somebody who signs in on the page stays so.
const developmentTokenValidity = 24 * time.Hour

// newVerifier returns what verifies tokens and, with the development issuer alone, what
// makes them.
func newVerifier(ctx context.Context, cfg config.API, reg prometheus.Registerer, log *slog.Logger) (*auth.Verifier, func(string) (string, error), error) {
	if cfg.Deploy == config.Production && cfg.TakesTokensForOthers() {
		log.WarnContext(ctx, "tokens that the issuer made for other applications are accepted; set AUTH_AUDIENCE or AUTH_AUTHORIZED_PARTIES")
	}
	if !cfg.UsesDevIssuer() {
		verifier, err := auth.NewVerifier(ctx, auth.Settings{
			Issuer: cfg.AuthIssuer, JWKSURL: cfg.AuthJWKSURL,
			Audience: cfg.AuthAudience, AuthorizedParties: cfg.AuthAuthorizedParties, RoleClaim: cfg.AuthRoleClaim,
		}, reg, log)
		return verifier, nil, err
	}
	log.WarnContext(ctx, "tokens of the development issuer are accepted")
	issuer, err := auth.OpenDevIssuer(cfg.DataDir)
	if err != nil {
		return nil, nil, err
	}
	mint := func(userID string) (string, error) {
		return issuer.Mint(auth.User{ID: userID}, developmentTokenValidity)
	}
	verifier, err := issuer.Verifier(reg)
	return verifier, mint, err
}

// listen serves until ctx ends or a listener fails, then stops in order: not
// ready, no new connections, running requests, metrics.
func listen(ctx context.Context, cfg config.API, server *httpapi.Server, health *ops.Health, reg prometheus.Gatherer, log *slog.Logger) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.HTTPAddr)
	if err != nil {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	metrics, err := ops.Start(cfg.MetricsAddr, reg, health, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	log.InfoContext(ctx, "listening", "http", listener.Addr().String(), "metrics", metrics.Addr())

	select {
	case err := <-served:
		return errors.Join(err, metrics.Stop(ctx))
	case <-ctx.Done():
	}
	health.Drain()
	log.InfoContext(ctx, "draining")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.ShutdownGrace)
	defer cancel()
	time.Sleep(cfg.DrainDelay)
	err = server.Shutdown(grace)
	// A server that had not begun to listen knows nothing of the listener.
	_ = listener.Close()
	err = errors.Join(err, <-served, metrics.Stop(grace))
	log.InfoContext(ctx, "stopped")
	return err
}
