package worker

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/migrations"
)

const (
	// oldestServer is the oldest version of PostgreSQL that the tests run on.
	oldestServer = 150000
	// listenWait bounds how long a notification takes to arrive.
	listenWait = 3 * time.Second
	// Tokens are accepted until 5 s after they expire, so clocks may differ by as much.
	skewWarn, skewFail = time.Second, 5 * time.Second
	// An alert fires below two partitions; a maintained database has 24.
	partitionsWarn, partitionsFail = 6, 2
	// connectionsKept are left for operators: worker check, migrate, maintain, psql.
	connectionsKept = 5
)

// checkDatabase runs all checks of the database.
func checkDatabase(ctx context.Context, all *findings, cfg config.Check) {
	server := postgres.NewServer(cfg.Server())
	began := time.Now()
	err := errors.New("DATABASE_URL is not set")
	var probe *postgres.Probe
	if server.URL != "" {
		probe, err = postgres.OpenProbe(ctx, server)
	}
	if err != nil {
		all.fail("database", err.Error(), "check DATABASE_URL, the network and the server from this machine")
		all.skip("the database does not answer", "server_version", "login", "roles", "schema", "river_schema",
			"partitions", "indexes", "migration", "autovacuum", "extensions", "durability", "database_encryption",
			"statement_log", "listen", "clock", "connections")
		return
	}
	defer probe.Close(ctx)
	all.ok("database", "answers, connected in %s", time.Since(began).Round(time.Millisecond))
	checkServer(ctx, all, probe, cfg.Pooled())
	checkSchema(ctx, all, cfg)
	checkTables(ctx, all, probe)
	checkListen(ctx, all, cfg, probe)
	checkClock(ctx, all, probe)
	checkConnections(ctx, all, cfg)
}

func checkServer(ctx context.Context, all *findings, probe *postgres.Probe, pooled bool) {
	server, err := probe.DescribeServer(ctx)
	if err != nil {
		all.fail("server_version", err.Error(), "let the login read the system catalog")
		return
	}
	version := "PostgreSQL " + server.Version
	all.grade(server.VersionNumber < oldestServer, false, "server_version", version, "upgrade to PostgreSQL 15 or newer")
	all.either(server.LoginBypasses, finding{
		"login", resultWarn, server.Login +
			" could see the rows of all users: it is a superuser or bypasses row-level security",
		"use a login of its own for the programs, without SUPERUSER and BYPASSRLS; the owner's is for MIGRATE_DATABASE_URL",
	}, server.Login+" is bound by row-level security")
	switch {
	case pooled:
		all.ok("roles", "each pool has a login of its own, with the rights of its role and no others")
	case !server.MemberOfApp || !server.MemberOfSystem:
		all.fail("roles", server.Login+" is not a member of both onboarding_app and onboarding_system",
			"run `worker migrate` with this DATABASE_URL: it makes the roles and the membership")
	case server.RoleBypasses:
		all.fail("roles", "a role of the programs bypasses row-level security", "alter role … nosuperuser nobypassrls")
	default:
		all.ok("roles", "%s may assume onboarding_app and onboarding_system", server.Login)
	}
	all.either(!server.Autovacuum, finding{
		"autovacuum", resultFail, "autovacuum or track_counts is off: dead rows stay, the queue becomes slow",
		"switch both on",
	}, "on")
	all.either(!server.Plpgsql, finding{
		"extensions", resultFail, "plpgsql is missing: migrations and triggers need it", "create extension plpgsql",
	}, "plpgsql is installed; no other is needed")
	checkSafety(all, server)
}

// checkSafety looks for what works, but loses data in a crash or shows it to others.
func checkSafety(all *findings, server app.DescribeServerRow) {
	all.either(len(server.NotDurable) > 0, finding{
		"durability", resultWarn, strings.Join(server.NotDurable, ", ") +
			" off: a crash of the server loses what clients were told is stored, or destroys the database",
		"switch them on, for the server, the database and the login; off is for tests",
	}, "fsync, full_page_writes and synchronous_commit are on")
	all.either(server.InClear, finding{
		"database_encryption", resultWarn, "the connection goes over the network in the clear",
		"switch on ssl for the server, and set sslmode=verify-full in DATABASE_URL",
	}, "the connection is encrypted, or stays on this machine")
	all.either(server.LogsValues, finding{
		"statement_log", resultWarn, "the server logs statements with their values, which are users' data",
		"set log_statement to none or ddl, or log_parameter_max_length to 0",
	}, "statements are not logged with their values")
}

// checkSchema checks the schema as the programs do, with the role assumed.
func checkSchema(ctx context.Context, all *findings, cfg config.Check) {
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		Server: postgres.NewServer(cfg.Server()), Name: "check", Role: postgres.RoleApp, MaxConns: 1,
	})
	if err == nil {
		defer pool.Close()
		err = postgres.Ready(ctx, pool)
	}
	switch {
	case errors.Is(err, postgres.ErrOutdated):
		found := fmt.Sprintf("older than version %d, which this program needs", postgres.SchemaVersion)
		all.fail("schema", found, "run `worker migrate`")
	case err != nil:
		all.fail("schema", err.Error(),
			"a pooler in transaction mode needs DATABASE_POOLER=transaction; connect without one to compare")
	default:
		all.ok("schema", "at least version %d, which this program needs", postgres.SchemaVersion)
	}
	checkRiverSchema(ctx, all, cfg)
}

// checkRiverSchema checks the tables of the queue as the queue sees them.
func checkRiverSchema(ctx context.Context, all *findings, cfg config.Check) {
	var pending []string
	pool, err := postgres.OpenPool(ctx, postgres.PoolConfig{
		Server: postgres.NewServer(cfg.Server()), Name: "check", Role: postgres.RoleSystem, MaxConns: 1,
	})
	if err == nil {
		defer pool.Close()
		pending, err = migrations.RiverPending(ctx, pool)
	}
	switch {
	case err != nil:
		all.fail("river_schema", err.Error(), "run `worker migrate`")
	case len(pending) > 0:
		all.fail("river_schema", strings.Join(pending, "; "), "run `worker migrate`")
	default:
		all.ok("river_schema", "all of the queue's migrations are applied")
	}
}

func checkTables(ctx context.Context, all *findings, probe *postgres.Probe) {
	tables, err := probe.DescribeTables(ctx)
	if err != nil {
		all.fail("partitions", err.Error(), "let the login read the system catalog")
		return
	}
	left := fmt.Sprintf("step_events has partitions for %s to come", plural(int(tables.PartitionsLeft), "month"))
	n := tables.PartitionsLeft
	all.grade(n < partitionsFail, n < partitionsWarn, "partitions", left, "run `worker maintain` once a week")
	all.either(len(tables.InvalidIndexes) > 0, finding{
		"indexes", resultFail, "invalid: " + strings.Join(tables.InvalidIndexes, ", "),
		"unless a rebuild is running: run `worker maintain`, and `reindex index concurrently` for names without _ccnew",
	}, "all are valid")
	all.either(tables.Unfinished, finding{
		"migration", resultWarn, "the role that serves users still has the privileges that the release before needs",
		"run `worker migrate finish` when every process is of this release",
	}, "is finished: the release before has no privileges left")
	if len(tables.NotVacuumed) > 0 {
		found := "switched off for " + strings.Join(tables.NotVacuumed, ", ")
		all.fail("autovacuum", found, "alter table … reset (autovacuum_enabled)")
	}
}

func checkListen(ctx context.Context, all *findings, cfg config.Check, probe *postgres.Probe) {
	server := postgres.NewServer(cfg.Server())
	if server.PollOnly() {
		all.warn("listen", "the pooler keeps no LISTEN",
			"set DATABASE_DIRECT_URL, or accept live progress that is up to 2 s late")
		return
	}
	pooled, err := probe.Pooled(ctx)
	if err == nil {
		err = postgres.Notified(ctx, server, listenWait)
	}
	const do = "connect directly, set DATABASE_POOLER=transaction for a pooler in that mode, or QUEUE_POLL_ONLY=true"
	switch {
	case err == nil && pooled:
		all.ok("listen", "notifications arrive, through a pooler")
	case err == nil:
		all.ok("listen", "notifications arrive")
	case errors.Is(err, postgres.ErrNotNotified) && cfg.PollOnly:
		all.warn("listen", "no notification arrives, and QUEUE_POLL_ONLY is set", "live progress is up to 2 s late")
	default:
		all.fail("listen", err.Error(), do)
	}
}

func checkClock(ctx context.Context, all *findings, probe *postgres.Probe) {
	skew, exact, err := probe.ClockSkew(ctx)
	if err != nil {
		all.fail("clock", err.Error(), "check the connection to the database")
		return
	}
	const ms = time.Millisecond
	found := fmt.Sprintf("the database's clock is %s ahead of this machine's, ± %s", skew.Round(ms), exact.Round(ms))
	wrong := skew.Abs() - exact
	all.grade(wrong > skewFail, wrong > skewWarn, "clock", found, "let a time service set the clocks of both machines")
}

func checkConnections(ctx context.Context, all *findings, cfg config.Check) {
	pool, err := openSystem(ctx, cfg.Database, "check")
	if err != nil {
		all.skip("onboarding_system can't be used with this schema", "connections")
		return
	}
	defer pool.Close()
	b, err := fleetOf(cfg.Worker).Budget(ctx, pool)
	if err != nil {
		all.fail("connections", err.Error(), "run `worker migrate`")
		return
	}
	found := fmt.Sprintf("%d api × %d + %d worker × %d = %d of %d",
		b.APIs, b.NeededByAPI, b.Workers, b.NeededByWorker, b.Needed, b.Allowed)
	const do = "raise max_connections or the limit of the login, or lower DATABASE_CONNS or the number of processes"
	if b.Needed <= b.Allowed && b.Needed+connectionsKept > b.Allowed {
		found += ": too few are left for migrations and for operators"
	}
	all.grade(b.Needed > b.Allowed, b.Needed+connectionsKept > b.Allowed, "connections", found, do)
}
