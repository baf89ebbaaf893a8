package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed *.sql
var files embed.FS

// lockKey is the advisory lock that one migrating process holds at a time.
const lockKey = 7313081961

// Config is where to migrate.
type Config struct {
	// URL is the owner's connection string.
	URL string
	// ProgramURL is the connection string of the api and the workers, URL if empty.
	// Its login is made a member of the two group roles, as the owner is.
	ProgramURL string
	// Logins are made for programs behind a pooler in transaction mode, with the password of ProgramURL, whose own
	// login then becomes a member of nothing.
	Logins []Login
	Log    *slog.Logger
}

// Up brings the database to the newest schema: roles, River's tables, ours, grants and
// partitions, under one advisory lock, so that any number of processes may call
// it at once. A second call changes nothing.
func Up(ctx context.Context, cfg Config) error {
	pool, unlock, err := lock(ctx, cfg.URL)
	if err != nil {
		return err
	}
	defer unlock()
	if err := createRoles(ctx, pool, cfg); err != nil {
		return err
	}
	var fresh bool
	if err := pool.QueryRow(ctx, "select to_regclass('goose_db_version') is null").Scan(&fresh); err != nil {
		return fmt.Errorf("look for a schema: %w", err)
	}
	if err := upRiver(ctx, pool, cfg.Log); err != nil {
		return err
	}
	if err := upOwn(ctx, pool); err != nil {
		return err
	}
	if err := grant(ctx, pool); err != nil {
		return err
	}
	if fresh { // no program of the release before runs
		if err := finish(ctx, pool); err != nil {
			return err
		}
	}
	return CreatePartitions(ctx, pool, time.Now())
}

// lock takes the advisory lock on a connection of its own and opens a pool.
func lock(ctx context.Context, url string) (pool *pgxpool.Pool, unlock func(), err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, nil, fmt.Errorf("connect to migrate: %w", err)
	}
	release := func() { _ = conn.Close(context.WithoutCancel(ctx)) }
	if err := waitForLock(ctx, conn); err != nil {
		release()
		return nil, nil, fmt.Errorf("take the migration lock: %w", err)
	}
	pool, err = pgxpool.New(ctx, url)
	if err != nil {
		release()
		return nil, nil, fmt.Errorf("connect to migrate: %w", err)
	}
	return pool, func() { pool.Close(); release() }, nil
}

// waitForLock asks again and again, because a statement that waits holds a snapshot,
// which an index that is built concurrently by the holder of the lock would wait for.
func waitForLock(ctx context.Context, conn *pgx.Conn) error {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		var locked bool
		err := conn.QueryRow(ctx, "select pg_try_advisory_lock($1)", int64(lockKey)).Scan(&locked)
		if err != nil || locked {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func upRiver(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger) error {
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: log})
	if err != nil {
		return fmt.Errorf("prepare River's migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("run River's migrations: %w", err)
	}
	return nil
}

func upOwn(ctx context.Context, pool *pgxpool.Pool) error {
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	err = patiently(ctx, func() error {
		_, err := provider.Up(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("run migrations: %w", err)
	}
	return nil
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithExcludeNames([]string{"schema.sql"}))
	if err != nil {
		return nil, fmt.Errorf("prepare migrations: %w", err)
	}
	return provider, nil
}

// Status is one migration and when it was applied.
type Status struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero while pending
}

// List returns every migration of this build and whether it was applied.
func List(ctx context.Context, url string) ([]Status, error) {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("connect to list migrations: %w", err)
	}
	defer pool.Close()
	db := stdlib.OpenDBFromPool(pool)
	defer db.Close()
	provider, err := newProvider(db)
	if err != nil {
		return nil, err
	}
	list, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	statuses := make([]Status, len(list))
	for i, s := range list {
		statuses[i] = Status{Version: s.Source.Version, Name: s.Source.Path, AppliedAt: s.AppliedAt}
	}
	return statuses, nil
}
