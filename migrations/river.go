package migrations

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// RiverPending returns what is missing of River's schema, a sentence each. It changes
// nothing and reads as onboarding_system, as the queue does.
func RiverPending(ctx context.Context, url string) ([]string, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("DATABASE_URL is not a PostgreSQL connection string")
	}
	config.ConnConfig.RuntimeParams["role"] = "onboarding_system"
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to read River's migrations: %w", err)
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("prepare River's migrations: %w", err)
	}
	result, err := migrator.Validate(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("read River's migrations: %w", err)
	}
	return result.Messages, nil
}
