package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/gofiber/fiber/v2"
	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

// pollPeerCommand serves what polls are compared with.
func pollPeerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "peer-polls FOLDER", Short: "serve the handlers that polls are compared with", Hidden: true,
		Args: cli.Args(1, 1, "the folder of the issuer's key"),
		RunE: func(c *cobra.Command, args []string) error { return servePollPeer(c.Context(), args[0]) },
	}
}

func servePollPeer(ctx context.Context, folder string) error {
	pem, err := os.ReadFile(folder + "/" + auth.DevKeyFile)
	if err != nil {
		return err
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(pem)
	if err != nil {
		return err
	}
	pool, err := openPool(ctx, os.Getenv("DATABASE_URL"), postgres.RoleApp, 10)
	if err != nil {
		return err
	}
	defer pool.Close()
	all, err := openPool(ctx, os.Getenv("DATABASE_URL"), postgres.RoleSystem, 10)
	if err != nil {
		return err
	}
	defer all.Close()
	server := fiber.New(fiber.Config{DisableStartupMessage: true})
	server.Get("/ready", func(c *fiber.Ctx) error { return c.SendStatus(fiber.StatusOK) })
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired())
	//nolint:contextcheck // each request has a context of its own
	server.Get("/same", func(c *fiber.Ctx) error {
		var claims jwt.RegisteredClaims
		_, err := parser.ParseWithClaims(c.Get("Authorization")[len("Bearer "):], &claims,
			func(*jwt.Token) (any, error) { return key.Public(), nil })
		if err != nil {
			return err
		}
		statuses, err := sameBatch(c.UserContext(), pool, claims.Subject)
		if err != nil {
			return err
		}
		return c.JSON(statuses)
	})
	//nolint:contextcheck // the same
	server.Get("/bare", func(c *fiber.Ctx) error {
		var version int64
		const sql = "select version from onboarding_sessions where user_id = $1"
		if err := all.QueryRow(c.UserContext(), sql, pollUser(0)).Scan(&version); err != nil {
			return err
		}
		return c.JSON(fiber.Map{"version": version})
	})
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() { _ = server.Shutdown() })
	return server.Listen(os.Getenv("BENCH_ADDRESS"))
}

// sameBatch sends the statements of a status that is read again.
func sameBatch(ctx context.Context, pool *postgres.Pool, user string) (map[string]any, error) {
	batch := &pgx.Batch{}
	batch.Queue("select set_config('app.user_id', $1, true)", user)
	batch.Queue(app.LoadSession, user)
	results := pool.SendBatch(ctx, batch)
	defer func() { _ = results.Close() }()
	if _, err := results.Exec(); err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	steps := 0
	for rows.Next() {
		steps++
		_ = rows.RawValues()
	}
	return map[string]any{"user": user, "steps": steps}, rows.Err()
}
