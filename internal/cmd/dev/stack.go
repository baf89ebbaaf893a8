package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/cmd/worker"
	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/internal/walk"
)

// readyWait bounds how long the programs take to become ready: the first start may
// create the database on a slow disk.
const readyWait = time.Minute

// layout says where a stack lives.
type layout struct {
	// folder holds the database and the development issuer's key.
	folder string
	// logs is the folder of the programs' logs.
	logs string
	// apiAddress is where the API listens when that is free.
	apiAddress string
	// site is the folder to serve, "" for the sample site.
	site string
	// settings are environment variables for the programs.
	settings map[string]string
	// log receives what the local database does.
	log io.Writer
}

// stack is everything on one machine, running.
type stack struct {
	layout

	programs                       string
	environ                        map[string]string
	api, apiMetrics, workerMetrics string
	siteURL                        string
	// database says what the data is stored in, for people.
	database string
	// stops stop what was started, in the order of the starts.
	stops []func() error
	// cancel ends the work that runs against the stack when one of its programs
	// ends on its own.
	cancel context.CancelCauseFunc
}

// withStack starts everything, calls do with a context that ends when ctx does or when one
// of the programs ends on its own, and stops everything. Where a program ended on its own,
// that is the error.
func withStack(ctx context.Context, l layout, do func(context.Context, *stack) error) error {
	working, cancel := context.WithCancelCause(ctx)
	s := &stack{layout: l, cancel: cancel}
	err := walk.InOrder(working, s.prepare, s.startSite, s.startDatabase, s.migrate, s.startWorker,
		s.startAPI, s.awaitReady,
		func(ctx context.Context) error { return do(ctx, s) })
	if ctx.Err() == nil && working.Err() != nil {
		err = context.Cause(working)
	}
	return cmp.Or(err, s.stop())
}

// stop ends everything that was started, the last first.
func (s *stack) stop() error {
	s.cancel(errors.New("stopped"))
	var errs []error
	for _, undo := range slices.Backward(s.stops) {
		errs = append(errs, undo())
	}
	s.stops = nil
	return errors.Join(errs...)
}

// prepare finds the programs, creates the folders and locks them.
func (s *stack) prepare(context.Context) (err error) {
	if s.programs, err = child.Programs(); err != nil {
		return err
	}
	for _, dir := range []string{s.folder, s.logs} {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // the database server's user passes through
			return fmt.Errorf("make the data folder: %w", err)
		}
	}
	// Two stacks in one folder would write to the same logs.
	lock, err := localpg.Lock(filepath.Join(s.logs, "lock"))
	if err != nil {
		return err
	}
	s.stops = append(s.stops, lock.Close)
	if s.folder, err = filepath.Abs(s.folder); err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	s.environ = map[string]string{
		"DEPLOY_ENV": "local", "DATA_DIR": s.folder,
		"DRAIN_DELAY":          "0s", // there is no load balancer
		"FETCH_ALLOW_PREFIXES": strings.Trim("127.0.0.1/32,"+os.Getenv("FETCH_ALLOW_PREFIXES"), ","),
		"ENV_FILE":             filepath.Join(s.folder, ".env"),
		// Where the front end's development server listens.
		"CORS_ORIGINS": cmp.Or(os.Getenv("CORS_ORIGINS"), "http://localhost:3000"),
	}
	maps.Copy(s.environ, s.settings)
	return nil
}

func (s *stack) startSite(ctx context.Context) error {
	folder, err := openSite(s.site)
	if err != nil {
		return err
	}
	address, stop, err := worker.ServeFolder(ctx, folder)
	if err != nil {
		return err
	}
	s.siteURL, s.stops = address, append(s.stops, stop)
	return nil
}

// startDatabase starts the private PostgreSQL unless DATABASE_URL names one.
func (s *stack) startDatabase(ctx context.Context) error {
	if os.Getenv("DATABASE_URL") != "" {
		s.database = "the one of DATABASE_URL"
		return nil
	}
	server, err := localpg.Start(ctx, localpg.Config{DataDir: s.folder, Log: terminalLog(s.log)})
	if err != nil {
		return err
	}
	s.stops = append(s.stops, func() error { server.Stop(); return nil })
	s.database = "private PostgreSQL in " + server.Folder()
	s.environ["DATABASE_URL"], s.environ["MIGRATE_DATABASE_URL"] = server.URL(), ""
	return nil
}

// terminalLog is a log without time stamps.
func terminalLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// migrate brings the database to the schema of the programs. The private one, which no other programs use, is also
// finished: it may be that of a former release.
func (s *stack) migrate(ctx context.Context) error {
	commands := [][]string{{"migrate"}, {"migrate", "finish"}}
	if os.Getenv("DATABASE_URL") != "" {
		commands = commands[:1]
	}
	for _, command := range commands {
		migration, err := s.child("migration", "worker", command...)
		if err != nil {
			return err
		}
		if err := migration.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *stack) startWorker(ctx context.Context) (err error) {
	if s.workerMetrics, err = child.FreeAddress(ctx, "127.0.0.1:0"); err != nil {
		return err
	}
	s.environ["METRICS_ADDR"] = s.workerMetrics
	return s.keep("worker", "run")
}

func (s *stack) startAPI(ctx context.Context) (err error) {
	if s.api, err = child.FreeAddress(ctx, s.apiAddress); err != nil {
		return err
	}
	if s.apiMetrics, err = child.FreeAddress(ctx, "127.0.0.1:0"); err != nil {
		return err
	}
	s.environ["METRICS_ADDR"], s.environ["HTTP_ADDR"] = s.apiMetrics, s.api
	return s.keep("api", "run")
}

// keep starts a program that runs until the stack is stopped.
func (s *stack) keep(program string, args ...string) error {
	kept, err := s.child(program, program, args...)
	if err != nil {
		return err
	}
	s.stops = append(s.stops, kept.Stop)
	go func() {
		<-kept.Done()
		s.cancel(fmt.Errorf("the %s ended on its own; its log is %s", program, kept.LogPath))
	}()
	return nil
}

func (s *stack) child(name, program string, args ...string) (*child.Process, error) {
	log := filepath.Join(s.logs, name+".log")
	return child.Start(name, filepath.Join(s.programs, program), args, child.Environment(s.environ), log)
}

// awaitReady waits until both programs report that they are ready.
func (s *stack) awaitReady(ctx context.Context) error {
	what := "the programs with logs in " + s.logs + " were"
	return child.AwaitOK(ctx, readyWait, what, "http://"+s.workerMetrics+"/readyz", "http://"+s.api+"/readyz")
}

// token runs api token with these flags: it makes a token of the development issuer.
func (s *stack) token(ctx context.Context, flags ...string) (string, error) {
	//nolint:gosec // a program of this project
	cmd := exec.CommandContext(ctx, filepath.Join(s.programs, "api"), append([]string{"token"}, flags...)...)
	cmd.Env = child.Environment(s.environ)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("mint a token: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}
