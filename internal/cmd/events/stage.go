package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/localpg"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/walk"
	"github.com/alwrity/onboarding/migrations"
)

// Settings of the receivers for the workers.
const (
	requestTimeout = time.Second
	// retryFor is longer than a receiver is down, shorter than the run.
	retryFor = 100 * time.Second
)

// stage is the running system.
type stage struct {
	folder, programs string
	server           *localpg.Server
	system           *postgres.Pool
	issuer           *auth.DevIssuer
	api              *child.Process
	apiURL           string
	workers          []*worker
	webhooks         string
}

// worker is a worker process and the file with its process id.
type worker struct {
	*child.Process

	pidFile string
}

// newStage starts a migrated database, an api and workers that send to receivers.
func newStage(ctx context.Context, receivers []*receiver, workers int) (*stage, error) {
	folder, err := os.MkdirTemp("", "events-")
	if err != nil {
		return nil, err
	}
	s := &stage{folder: folder}
	if err := s.start(ctx, receivers, workers); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *stage) start(ctx context.Context, receivers []*receiver, workers int) (err error) {
	var settings []string
	for _, r := range receivers {
		settings = append(settings, r.setting())
	}
	s.webhooks = "[" + strings.Join(settings, ",") + "]"
	if s.programs, err = child.Programs(); err != nil {
		return err
	}
	if s.server, err = localpg.Start(ctx, localpg.Config{Throwaway: true}); err != nil {
		return err
	}
	if err := migrations.Up(ctx, migrations.Config{URL: s.server.URL(), Log: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	s.system, err = postgres.OpenPool(ctx, postgres.PoolConfig{
		Server: postgres.Server{URL: s.server.URL()}, Role: postgres.RoleSystem, Name: "events", MaxConns: 2,
		Registry: prometheus.NewRegistry(),
	})
	if err != nil {
		return err
	}
	if s.issuer, err = auth.OpenDevIssuer(s.folder); err != nil {
		return err
	}
	address, err := child.FreeAddress(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.apiURL = "http://" + address
	s.api, err = child.Start("api", filepath.Join(s.programs, "api"), []string{"run"}, s.environ("HTTP_ADDR="+address,
		"USER_WRITES_PER_SECOND=0", "ADDRESS_WRITES_PER_SECOND=0"), filepath.Join(s.folder, "api.log"))
	if err != nil {
		return err
	}
	for i := range workers {
		s.workers = append(s.workers, nil)
		if err := s.startWorker(i); err != nil {
			return err
		}
	}
	if err := child.AwaitOK(ctx, 30*time.Second, "the api was", s.apiURL+"/readyz"); err != nil {
		return err
	}
	return s.await(ctx, "select count(*) = $1 from webhook_receivers", len(receivers))
}

func (s *stage) environ(more ...string) []string {
	return append(more, "DEPLOY_ENV=local", "DATA_DIR="+s.folder, "DATABASE_URL="+s.server.URL(), "LOG_LEVEL=warn",
		"ENV_FILE="+s.folder+"/.env", "METRICS_ADDR=127.0.0.1:0", "PATH="+os.Getenv("PATH"))
}

// startWorker starts the i-th worker, or the one that follows it. The shell in between writes the process id.
func (s *stage) startWorker(i int) error {
	pid := filepath.Join(s.folder, fmt.Sprintf("worker-%d.pid", i))
	script := `echo $$ >"$1" && exec "$2" run`
	program := filepath.Join(s.programs, "worker")
	process, err := child.Start("worker", "/bin/sh", []string{"-c", script, "events", pid, program},
		s.environ("WEBHOOKS="+s.webhooks, "WEBHOOK_PREFIXES=127.0.0.0/8", "WEBHOOK_TIMEOUT="+requestTimeout.String(),
			"WEBHOOK_SLOTS=32", "WEBHOOK_RETRY_FOR="+retryFor.String(), "SHUTDOWN_GRACE=1s"),
		filepath.Join(s.folder, fmt.Sprintf("worker-%d.log", i)))
	if err == nil {
		s.workers[i] = &worker{process, pid}
	}
	return err
}

// kill is kill -9 of the i-th worker, which another follows.
func (s *stage) kill(i int) error {
	text, err := os.ReadFile(s.workers[i].pidFile)
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 1 {
		return errors.New("the process id of a worker is not known")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill a worker: %w", err)
	}
	_ = s.workers[i].Stop() // it was killed
	return s.startWorker(i)
}

// user returns a user of the api.
func (s *stage) user(name string) (walk.User, error) {
	token, err := s.issuer.Mint(auth.User{ID: name}, time.Hour)
	return walk.User{Call: walk.Client{URL: s.apiURL, Token: token, HTTP: client}.Call}, err
}

// await waits until a query answers true.
func (s *stage) await(ctx context.Context, query string, args ...any) error {
	for {
		var is bool
		if err := s.system.QueryRow(ctx, query, args...).Scan(&is); err != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		if is {
			return nil
		}
		if err := walk.Wait(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
}

func (s *stage) close() {
	for _, w := range s.workers {
		if w != nil {
			_ = w.Stop()
		}
	}
	if s.api != nil {
		_ = s.api.Stop()
	}
	if s.system != nil {
		s.system.Close()
	}
	if s.server != nil {
		s.server.Stop()
	}
	_ = os.RemoveAll(s.folder)
}
