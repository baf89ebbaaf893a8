package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/alert"
	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/cli"
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
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/queue/console"
)

func serveCommand(o config.Options) *cobra.Command {
	return &cobra.Command{
		Use: "run", Short: "serve the API until it is stopped; also without a command", Args: cli.NoArgs,
		Long: "Serves the API until SIGINT or SIGTERM. Settings come from the environment; DATABASE_URL is required.",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := config.LoadAPI(o)
			if err != nil {
				return err
			}
			ctx, log := c.Context(), ops.NewLogger(c.ErrOrStderr(), cfg.LogLevel, "api", edge.LogAttrs)
			log.LogAttrs(ctx, slog.LevelInfo, "starting", slog.String("version", ops.Version()),
				config.LogAttr(config.Describe(cfg, o)))
			traces, stopTraces, err := ops.StartTraces(ctx, cfg.TracesEndpoint, "api", log)
			if err != nil {
				return err
			}
			return errors.Join(serve(ctx, cfg, traces, log), stopTraces(context.WithoutCancel(ctx)))
		},
	}
}

// process is what the parts of the API share.
type process struct {
	cfg    config.API
	reg    *prometheus.Registry
	traces trace.TracerProvider
	log    *slog.Logger
	// The pools of users' requests, of the streams and of operators.
	users, streams, operators *postgres.Pool
	// analytics chooses between the operators' pool and a replica.
	analytics *postgres.Replica
	// listening is the pool that hears of changes: past a pooler, nil if there is no such way.
	listening *postgres.Pool
}

// serve wires the API and serves until ctx ends. A database or an issuer that is
// down does not keep it from starting: requests are told to come again.
func serve(ctx context.Context, cfg config.API, traces trace.TracerProvider, log *slog.Logger) error {
	p := process{cfg: cfg, reg: ops.NewRegistry("api"), traces: traces, log: log}
	server := postgres.NewServer(cfg.Server())
	for _, pool := range []struct {
		pool   **postgres.Pool
		config postgres.PoolConfig
	}{
		{&p.users, postgres.PoolConfig{Role: postgres.RoleApp, Name: "api", MaxConns: cfg.DatabaseConns, Traces: traces}},
		{&p.streams, postgres.PoolConfig{Role: postgres.RoleSystem, Name: "api streams", MaxConns: postgres.StreamConns}},
		{&p.operators, postgres.PoolConfig{
			Role: postgres.RoleSystem, Name: "api admin", MaxConns: postgres.AdminConns, Searches: true,
		}},
	} {
		pool.config.Server, pool.config.Registry = server, p.reg
		opened, err := postgres.OpenPool(ctx, pool.config)
		if err != nil {
			return err
		}
		defer opened.Close()
		*pool.pool = opened
	}
	var err error
	if p.listening, err = listeningPool(ctx, server, p.streams); err != nil {
		return err
	}
	if p.listening != nil {
		defer p.listening.Close()
	}
	if err := postgres.Ready(ctx, p.users); postgres.Refused(err) {
		return err
	}
	closeReplica, err := p.openReplica(ctx)
	if err != nil {
		return err
	}
	defer closeReplica()
	submitter, err := flow.NewSubmitter(p.users, p.streams, p.reg, log, queue.Traced(traces)...)
	if err != nil {
		return err
	}
	submitter.Limits = onboarding.Limits(cfg.Limits)
	defer announce(ctx, submitter, postgres.NewNotifier(p.streams, log))()
	api, health, err := p.newServer(ctx, submitter)
	if err != nil {
		return err
	}
	go warnOfBudget(ctx, cfg, p.streams, log)
	return listen(ctx, cfg, api, health, p.reg, log)
}

// openReplica opens the pool of the replica, if there is one, and watches it until stop.
func (p *process) openReplica(ctx context.Context) (stop func(), err error) {
	stop = func() {}
	var replica *postgres.Pool
	server := postgres.NewServer(p.cfg.Server())
	if server.URL = p.cfg.DatabaseReplicaURL.Reveal(); server.URL != "" {
		replica, err = postgres.OpenPool(ctx, postgres.PoolConfig{
			Server: server, Role: postgres.RoleSystem, Name: "api replica", MaxConns: postgres.AdminConns, Searches: true,
			Replica: true, Registry: p.reg,
		})
		if err != nil {
			return nil, fmt.Errorf("DATABASE_REPLICA_URL: %w", err)
		}
		stop = replica.Close
	}
	p.analytics = postgres.NewReplica(p.operators, replica, p.reg)
	go p.analytics.Watch(ctx)
	return stop, nil
}

// newServer makes the server and its readiness checks.
func (p process) newServer(ctx context.Context, submitter *flow.Submitter) (*httpapi.Server, *ops.Health, error) {
	cfg := p.cfg
	verifier, mint, err := newVerifier(ctx, cfg, p.reg, p.log)
	if err != nil {
		return nil, nil, err
	}
	ring, err := openRing(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	health := ops.NewHealth(p.reg, p.log,
		ops.Check{Name: "database", Probe: p.users.Ping},
		ops.Check{Name: "schema", Probe: func(ctx context.Context) error { return postgres.Ready(ctx, p.users) }},
		ops.Check{
			Name:  "api_keys",
			Probe: func(ctx context.Context) error { return postgres.KeysReadable(ctx, p.streams, ring.Opens) },
		},
		ops.Check{Name: "token_keys", Probe: verifier.Ready},
	)
	queues, err := queue.NewQueues(p.operators, p.log)
	if err != nil {
		return nil, nil, err
	}
	console, err := console.New(ctx, p.operators, admin.PathConsole,
		func(id string) string { return ring.Fingerprint([]byte(id)) }, p.log)
	if err != nil {
		return nil, nil, err
	}
	prometheus, err := alertsOf(cfg)
	if err != nil {
		return nil, nil, err
	}
	server, err := httpapi.New(httpapi.Config{ //nolint:contextcheck // each request brings a context of its own
		Edge: edge.Config{
			Verifier: verifier, Metrics: p.reg, Log: p.log, Fingerprint: ring.Fingerprint,
			Requests: postgres.NewRequests(p.users),
			Traces:   p.traces, CORSOrigins: cfg.CORSOrigins, TrustedProxies: cfg.TrustedProxies,
			PlainCookies: cfg.Deploy == config.Local,
			BodyLimit:    cfg.BodyLimit, RequestTimeout: cfg.RequestTimeout, Limits: onboarding.Limits(cfg.Limits),
		},
		Wizard: wizard.Config{
			Pool: p.users, Submitter: submitter, Keys: ring, ReadableKeys: cfg.ShowKeys, EnvFile: cfg.EnvFile,
			WithoutBrand:  !cfg.BrandColumns,
			DefaultInputs: personalize.Build(onboarding.Sources{}), ExportFolder: cfg.DataDir,
		},
		Live: live.Config{App: p.users, Reader: p.streams, Listening: p.listening, Listener: submitter.Listener()},
		Admin: admin.Config{
			Pool: p.operators, Analytics: p.analytics.Pool, Queues: queues,
			Dead:    &bulk.DeadJobs{All: p.operators, Changer: &submitter.Changer},
			Console: console, ExportFolder: cfg.DataDir, Prometheus: prometheus, Grafana: cfg.GrafanaURL,
		},
		Health: health, DevelopmentToken: mint,
	})
	return server, health, err
}

// alertsOf returns the Prometheus of the settings, nil if there is none.
func alertsOf(cfg config.API) (*alert.Prometheus, error) {
	if cfg.PrometheusURL == "" {
		return nil, nil //nolint:nilnil // the database tells
	}
	return alert.NewPrometheus(cfg.PrometheusURL)
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
	postgres.Fleet{
		APIs: cfg.APIProcesses, Workers: cfg.WorkerProcesses,
		DatabaseConns: cfg.DatabaseConns,
	}.WarnOfBudget(ctx, reader, log)
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
func newVerifier(
	ctx context.Context, cfg config.API, reg prometheus.Registerer, log *slog.Logger,
) (*auth.Verifier, func(string) (string, error), error) {
	if cfg.Deploy == config.Production && cfg.TakesTokensForOthers() {
		log.WarnContext(ctx,
			"tokens that the issuer made for other applications are accepted; set AUTH_AUDIENCE or AUTH_AUTHORIZED_PARTIES")
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
	return issuer.Verifier(reg), mint, nil
}

// listen serves until ctx ends or a listener fails, then stops in order: not
// ready, no new connections, running requests, metrics.
func listen(ctx context.Context, cfg config.API, server *httpapi.Server, health *ops.Health, reg prometheus.Gatherer,
	log *slog.Logger,
) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.HTTPAddr)
	if err != nil {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	metrics, err := ops.Start(ctx, cfg.MetricsAddr, reg, health, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	served := make(chan error, 1)
	//nolint:contextcheck // it serves until Shutdown, beyond the end of ctx
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

// listeningPool returns the pool that hears of changes: streams, unless a pooler keeps no LISTEN. Then it is one past
// the pooler, or nil.
func listeningPool(ctx context.Context, server postgres.Server, streams *postgres.Pool) (*postgres.Pool, error) {
	switch {
	case !server.Pooled:
		return streams, nil
	case server.PollOnly():
		return nil, nil
	}
	return postgres.OpenPool(ctx, postgres.PoolConfig{
		Server: server.Direct(), Role: postgres.RoleSystem, Name: "api listening", MaxConns: 1,
	})
}
