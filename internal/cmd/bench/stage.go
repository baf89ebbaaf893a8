package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/migrations"
)

// stage is what all figures of a run share: a durable server, a folder, and what is started once.
type stage struct {
	server *localpg.Server
	folder string
	stdout io.Writer
	// scale divides the sizes: 1 for figures, more to see that every part runs.
	scale int
	// round is that of the figures that are being taken.
	round int
	stops []func() error
}

// newStage starts a server that keeps what it has committed through a power cut.
func newStage(ctx context.Context, stdout io.Writer) (*stage, error) {
	folder, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, err
	}
	s := &stage{folder: folder, stdout: stdout}
	s.stops = append(s.stops, func() error { return os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // the server's user must pass through
		return nil, errors.Join(err, s.close())
	}
	if s.server, err = localpg.Start(ctx, localpg.Config{DataDir: folder}); err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.stops = append(s.stops, func() error { s.server.Stop(); return nil })
	return s, nil
}

// close ends what was started, the newest first.
func (s *stage) close() error {
	var errs []error
	for len(s.stops) > 0 {
		last := len(s.stops) - 1
		errs = append(errs, s.stops[last]())
		s.stops = s.stops[:last]
	}
	return errors.Join(errs...)
}

// size is a number of things, at least 1 when a run only sees that every part runs.
func (s *stage) size(n int) int { return max(n/s.scale, 1) }

// once returns measure for several figures: they share what it has measured in a round.
func (s *stage) once(measure func(context.Context) (float64, error)) func(context.Context) (float64, error) {
	measured, value := -1, 0.0
	return func(ctx context.Context) (_ float64, err error) {
		if measured == s.round {
			return value, nil
		}
		if value, err = measure(ctx); err == nil {
			measured = s.round
		}
		return value, err
	}
}

// database makes an empty database and returns its URL.
func (s *stage) database(ctx context.Context, name string) (string, error) {
	conn, err := pgx.Connect(ctx, s.server.URL())
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", fmt.Errorf("make database %s: %w", name, err)
	}
	address, err := url.Parse(s.server.URL())
	if err != nil {
		return "", err
	}
	address.Path = "/" + name
	return address.String(), nil
}

// migrated makes a database with our schema and returns its URL.
func (s *stage) migrated(ctx context.Context, name string) (string, error) {
	address, err := s.database(ctx, name)
	if err == nil {
		err = migrations.Up(ctx, migrations.Config{URL: address, Log: slog.New(slog.DiscardHandler)})
	}
	return address, err
}

// subfolder makes a folder for the files of a process.
func (s *stage) subfolder(name string) (string, error) {
	path := filepath.Join(s.folder, name)
	return path, os.MkdirAll(path, 0o755) //nolint:gosec // no secrets
}
