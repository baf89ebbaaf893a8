package pgtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/migrations"
)

// Database is one test's own database, dropped when the test ends.
type Database struct {
	// URL is the owner's connection string. It leads through what the tests run through.
	URL string
	// Server is how programs reach it.
	Server postgres.Server
	// App sees the rows of one user at a time, System those of all.
	App, System *pgxpool.Pool
}

// New returns a migrated database of the test's own, with its pools.
func New(t testing.TB) Database {
	t.Helper()
	return opened(t, NewURL(t))
}

// Exec runs a statement as the system role.
func (db Database) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	_, err := db.System.Exec(t.Context(), sql, args...)
	require.NoError(t, err, sql)
}

// One reads one value as the system role.
func One[T any](t testing.TB, db Database, sql string, args ...any) T {
	t.Helper()
	var value T
	require.NoError(t, db.System.QueryRow(t.Context(), sql, args...).Scan(&value), sql)
	return value
}

// NewURL returns the connection string of a migrated database of the test's own.
func NewURL(t testing.TB) string {
	t.Helper()
	template, err := templateOnce()
	require.NoError(t, err, "prepare the template database")
	return create(t, "template "+template)
}

// NewEmptyURL returns the connection string of an empty database of the test's own.
func NewEmptyURL(t testing.TB) string {
	t.Helper()
	return create(t, "")
}

// opened opens the pools of a database.
func opened(t testing.TB, databaseURL string) Database {
	t.Helper()
	db := Database{URL: databaseURL, Server: Server(databaseURL)}
	db.App = open(t, db.Server, postgres.RoleApp)
	db.System = open(t, db.Server, postgres.RoleSystem)
	return db
}

// Listening returns a pool that hears notifications: System, or one past the pooler.
func (db Database) Listening(t testing.TB) *pgxpool.Pool {
	t.Helper()
	if !db.Server.Pooled {
		return db.System
	}
	return open(t, db.Server.Direct(), postgres.RoleSystem)
}

func open(t testing.TB, server postgres.Server, role string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{
		Server: server, Role: role, Name: "test", MaxConns: 8, Registry: prometheus.NewRegistry(),
	})
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// create makes a database with a random name and drops it after the test.
func create(t testing.TB, option string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	require.NoError(t, exec(context.Background(), fmt.Sprintf("create database %s %s", name, option)))
	t.Cleanup(func() {
		if err := exec(context.Background(), fmt.Sprintf("drop database %s with (force)", name)); err != nil {
			t.Errorf("drop %s: %v", name, err)
		}
	})
	server, err := serverURL()
	require.NoError(t, err)
	return through(withDatabase(server, name))
}

// serverURL returns the server that the tests of this process use, starting one
// if TEST_DATABASE_URL names none. A started server ends with the process.
var serverURL = sync.OnceValues(func() (string, error) {
	if set := os.Getenv("TEST_DATABASE_URL"); set != "" {
		return set, nil
	}
	server, err := localpg.Start(context.Background(), localpg.Config{Throwaway: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return "", err
	}
	return server.URL(), nil
})

// admin is where databases are made and dropped: a connection is dearer than either.
var admin = sync.OnceValues(func() (*pgxpool.Pool, error) {
	server, err := serverURL()
	if err != nil {
		return nil, err
	}
	return pgxpool.New(context.Background(), server)
})

// templateOnce returns the migrated database that tests are cloned from, with how it
// is copied. It is named after the migrations, so that a server that is kept between
// runs never serves an old one; a second process waits for the first to finish it.
var templateOnce = sync.OnceValues(func() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server, err := serverURL()
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close(ctx)
	if err := checkPrivileges(ctx, conn); err != nil {
		return "", err
	}
	name, err := makeTemplate(ctx, conn, server)
	return name + " strategy file_copy", err // else a copy is logged block by block
})

func checkPrivileges(ctx context.Context, conn *pgx.Conn) error {
	var enough bool
	err := conn.QueryRow(ctx,
		"select rolsuper or (rolcreatedb and rolcreaterole) from pg_roles where rolname = current_user").Scan(&enough)
	if err == nil && !enough {
		err = fmt.Errorf("the login of TEST_DATABASE_URL needs CREATEDB and CREATEROLE: alter role … createdb createrole")
	}
	return err
}

func makeTemplate(ctx context.Context, conn *pgx.Conn, server string) (string, error) {
	hash, err := migrationsHash()
	if err != nil {
		return "", err
	}
	name, half := "template_"+hash, "half_"+hash
	if _, err := conn.Exec(ctx, "select pg_advisory_lock(hashtext($1))", name); err != nil {
		return "", err
	}
	var exists bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&exists)
	if err != nil || exists {
		return name, err
	}
	if _, err := conn.Exec(ctx, "drop database if exists "+half); err != nil {
		return "", err
	}
	if _, err := conn.Exec(ctx, "create database "+half); err != nil {
		return "", err
	}
	log := slog.New(slog.DiscardHandler)
	if err := migrations.Up(ctx, migration(withDatabase(server, half), log)); err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, fmt.Sprintf("alter database %s rename to %s", half, name))
	return name, err
}

// migrationsHash names the state of the schema: our migration files and go.sum,
// which pins River's.
func migrationsHash() (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	paths, err := filepath.Glob(filepath.Join(root, "migrations", "*"))
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	for _, path := range append(paths, filepath.Join(root, "go.sum")) {
		content, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(hash, "%d\n%s", len(content), content)
	}
	// Partitions are made for the month.
	return hex.EncodeToString(hash.Sum(nil))[:12] + time.Now().UTC().Format("_200601"), nil
}

// moduleRoot returns the folder of go.mod: tests run in the folder of their package.
func moduleRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for folder := start; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, nil
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("no folder above %s has a go.mod", start)
		}
	}
}

func exec(ctx context.Context, sql string) error {
	pool, err := admin()
	if err != nil {
		return err
	}
	_, err = pool.Exec(ctx, sql)
	return err
}

// withDatabase returns the connection string with another database.
func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "" {
		return server + " dbname=" + name
	}
	u.Path = "/" + name
	return u.String()
}

// NewAlone makes a migrated database on a server of its own, whose WAL nobody else writes.
func NewAlone(t testing.TB) Database {
	t.Helper()
	server, err := localpg.Start(t.Context(), localpg.Config{Throwaway: true})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	schema := migrations.Config{URL: server.URL(), Log: slog.New(slog.DiscardHandler)}
	require.NoError(t, migrations.Up(t.Context(), schema))
	alone := postgres.Server{URL: server.URL()}
	return Database{
		URL: server.URL(), Server: alone, App: open(t, alone, postgres.RoleApp), System: open(t, alone, postgres.RoleSystem),
	}
}
