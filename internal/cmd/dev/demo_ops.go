package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/walk"
)

const (
	// demoOperator is who the printed token is of.
	demoOperator = "ops"
	// loadPause is the wait of each pretended user between two walks.
	loadPause = 2 * time.Second
)

// runDemoOps is "dev demo-ops": everything runs with a Prometheus, and a Grafana if there is
// one, under the load of users who walk through the onboarding, until Ctrl-C or the bound.
func runDemoOps(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("demo-ops", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	bound := flags.Duration("for", time.Hour, "")
	users := flags.Int("users", 4, "")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *users < 1 {
		_, _ = io.WriteString(stderr, help)
		return errUsage
	}
	models, err := startModels(nil)
	if err != nil {
		return err
	}
	defer models.stop()
	folder := filepath.Join(dataDir(), "demo-ops")
	s, working, err := start(ctx, layout{folder: folder, logs: folder, apiAddress: "127.0.0.1:8080", settings: models.settings(), log: stderr})
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(working, *bound)
	defer cancel()
	err = s.watched(bounded, *users, *bound, stdout)
	switch {
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		err = nil // Ctrl-C, or the bound
	case working.Err() != nil:
		err = context.Cause(working)
	}
	return cmp.Or(err, s.stop())
}

// watched starts what watches the stack, says where everything is, and makes the load.
func (s *stack) watched(ctx context.Context, users int, bound time.Duration, stdout io.Writer) error {
	prometheus, err := startPrometheus(ctx, s.folder, "127.0.0.1:9090", map[string][]string{"api": {s.apiMetrics}, "worker": {s.workerMetrics}})
	if err != nil {
		return err
	}
	defer prometheus.stop()
	if err := prometheus.awaitReady(ctx); err != nil {
		return err
	}
	grafana, stop, err := s.startGrafana(ctx, prometheus.url)
	if err != nil {
		return err
	}
	defer stop()
	token, err := s.adminToken(ctx)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(stdout, demoOpsText, bound, s.api, s.api, s.api, s.api, prometheus.url, grafana, s.apiMetrics, s.workerMetrics, s.logs, users, token); err != nil {
		return err
	}
	return s.load(ctx, users)
}

// load has pretended users walk through the onboarding one after the other, some of them
// into a failure, until ctx ends.
func (s *stack) load(ctx context.Context, users int) error {
	group, ctx := errgroup.WithContext(ctx)
	for n := range users {
		group.Go(func() error {
			for number := n; ; number++ {
				name := "demo-" + strconv.FormatInt(time.Now().Unix(), 36) + "-" + strconv.Itoa(n)
				token, err := s.token(ctx, name)
				if err != nil {
					return err
				}
				if err := s.newWalker(token, io.Discard).oneOfMany(ctx, number); err != nil && ctx.Err() != nil {
					return context.Cause(ctx)
				} // else an operator may have paused a queue: the next user tries again
				if err := walk.Wait(ctx, loadPause); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// oneOfMany walks through the onboarding as the nth user does: some have no website, some
// a key that is refused, some stop half-way.
func (w *walker) oneOfMany(ctx context.Context, n int) error {
	switch n % 6 {
	case 1:
		_, err := w.SubmitWebsite(ctx, "http://127.0.0.1:1/")
		return err
	case 2:
		if err := w.storeKeys(ctx, demoWrongKey); err != nil {
			return err
		}
		return w.website(ctx)
	case 3:
		return w.website(ctx)
	case 4:
		return w.all(ctx, func(ctx context.Context, w *walker) error { return w.storeKeys(ctx, demoOpenAIKey) })
	default:
		return w.all(ctx, withoutKeys)
	}
}

// adminToken mints a token of an operator.
func (s *stack) adminToken(ctx context.Context) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.programs, "api"), "token", "-user", demoOperator, "-role", "admin") //nolint:gosec // a program of this project
	cmd.Env = environment(s.environ)
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("mint a token: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

const demoOpsText = `Everything is running, under load. Ctrl-C stops it, and so does the end of %s.

  operations        http://%s/ops
  River UI          http://%s/ops/river/
  page              http://%s/
  API               http://%s
  Prometheus        %s
  Grafana           %s
  API metrics       http://%s/metrics
  worker metrics    http://%s/metrics
  logs              %s

%d users walk through the onboarding again and again; some have a website that is none, a
key that is refused, or stop half-way. Sign in to operations and River UI with this token
of an operator, valid for 24 hours:

%s

`
