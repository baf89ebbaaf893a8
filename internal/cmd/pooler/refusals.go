package main

import (
	"context"
	"fmt"
	"io"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/cmd/suite"
	"github.com/alwrity/onboarding/internal/postgres"
)

// refuses makes sure that programs don't start whose connections have lost their role, or have been given another.
func refuses(ctx context.Context, server *suite.Server, s *stage, stdout io.Writer) error {
	lossy, err := startBouncer(ctx, server, sharedConns,
		"ignore_startup_parameters = role,jit,enable_seqscan,enable_hashjoin,enable_mergejoin,plan_cache_mode")
	if err != nil {
		return err
	}
	defer lossy.stop()
	unpooled := func(b *bouncer) postgres.Server {
		return postgres.Server{URL: s.urlThrough(b, server.User, server.Password)}
	}
	tries := []struct {
		what   string
		server postgres.Server
		before string
		after  string
	}{
		{what: "a pooler that takes no role", server: unpooled(s.bouncer)},
		{what: "a pooler that loses the role", server: unpooled(lossy)},
		{
			what: "a login with another role as well", server: s.pooled(server),
			before: "grant onboarding_system to onboarding_app_login",
			after:  "revoke onboarding_system from onboarding_app_login",
		},
		{
			what: "a login without its role", server: s.pooled(server),
			before: "revoke onboarding_app from onboarding_app_login",
			after:  "grant onboarding_app to onboarding_app_login",
		},
	}
	for _, try := range tries {
		if err := server.Exec(ctx, try.before); err != nil {
			return err
		}
		err := ready(ctx, try.server)
		if !postgres.Refused(err) {
			return fmt.Errorf("a program starts with %s: %w", try.what, err)
		}
		if err := server.Exec(ctx, try.after); err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintf(stdout, "refusals: %d of %d\n", len(tries), len(tries))
	return ready(ctx, s.pooled(server))
}

// ready does what programs do when they start.
func ready(ctx context.Context, server postgres.Server) error {
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		Server: server, Role: postgres.RoleApp, Name: "refused", MaxConns: 1, Registry: prometheus.NewRegistry(),
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Ready(ctx, pool)
}
