package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/cmd/suite"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/migrations"
)

// The stage shares two server connections of each role among many clients.
const (
	sharedConns   = 2
	appClients    = 12
	systemClients = 4
	users         = 20
)

// stage is a migrated database with some users behind a PgBouncer with few connections.
type stage struct {
	bouncer *bouncer
	// direct has the app role without a pooler.
	app, system, direct *postgres.Pool
}

func newStage(ctx context.Context, server *suite.Server) (s *stage, err error) {
	up := migrations.Config{URL: server.URL, ProgramURL: server.URL, Log: slog.New(slog.DiscardHandler)}
	for _, login := range postgres.Logins() {
		up.Logins = append(up.Logins, migrations.Login(login))
	}
	if err := migrations.Up(ctx, up); err != nil {
		return nil, err
	}
	s = &stage{}
	if s.bouncer, err = startBouncer(ctx, server, sharedConns, ""); err != nil {
		return nil, err
	}
	if err := s.open(ctx, server); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stage) open(ctx context.Context, server *suite.Server) (err error) {
	pooled := s.pooled(server)
	for _, p := range []struct {
		pool   **postgres.Pool
		server postgres.Server
		role   string
		conns  int
	}{
		{&s.app, pooled, postgres.RoleApp, appClients},
		{&s.system, pooled, postgres.RoleSystem, systemClients},
		{&s.direct, postgres.Server{URL: server.URL}, postgres.RoleApp, 1},
	} {
		*p.pool, err = postgres.OpenPool(ctx, postgres.PoolConfig{
			Server: p.server, Role: p.role, Name: "pooler", MaxConns: p.conns, Registry: prometheus.NewRegistry(),
		})
		if err != nil {
			return err
		}
	}
	for i := range users {
		if _, err := postgres.Session(ctx, s.app, user(i)); err != nil {
			return err
		}
	}
	return nil
}

// pooled is how programs reach the database behind the pooler.
func (s *stage) pooled(server *suite.Server) postgres.Server {
	return postgres.Server{Pooled: true, URL: s.urlThrough(s.bouncer, "ignored", server.Password)}
}

func (s *stage) urlThrough(b *bouncer, login, password string) string {
	return (&url.URL{
		Scheme: "postgres", User: url.UserPassword(login, password), Host: b.address, Path: "/postgres",
		RawQuery: "sslmode=disable",
	}).String()
}

func user(i int) string { return fmt.Sprintf("user-%d", i) }

func (s *stage) close() {
	for _, pool := range []*postgres.Pool{s.app, s.system, s.direct} {
		if pool != nil {
			pool.Close()
		}
	}
	s.bouncer.stop()
}
