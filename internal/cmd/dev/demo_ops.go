package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/walk"
)

const (
	// demoOperator is the user of the printed token.
	demoOperator = "ops"
	// loadPause is the wait of each simulated user between two walks.
	loadPause = 2 * time.Second
)

func demoOpsCommand() *cobra.Command {
	bound, users := time.Hour, 4
	c := &cobra.Command{
		Use: "demo-ops", Short: "start everything under load, with a Prometheus, and a Grafana if one is installed",
		Args: cobra.MatchAll(cli.NoArgs, func(*cobra.Command, []string) error {
			if users < 1 {
				return errors.New("-users must be at least 1")
			}
			return nil
		}),
		RunE: func(c *cobra.Command, _ []string) error { return runDemoOps(c, bound, users) },
	}
	c.Flags().DurationVar(&bound, "for", bound, "stop after this time")
	c.Flags().IntVar(&users, "users", users, "this many users walk through the onboarding again and again")
	return c
}

func runDemoOps(c *cobra.Command, bound time.Duration, users int) error {
	models, err := startModels(nil)
	if err != nil {
		return err
	}
	defer models.stop()
	folder := filepath.Join(dataDir(), "demo-ops")
	l := layout{
		folder: folder, logs: folder, apiAddress: "127.0.0.1:8080", settings: models.settings(),
		log: c.ErrOrStderr(),
	}
	return withStack(c.Context(), l, func(ctx context.Context, s *stack) error {
		bounded, cancel := context.WithTimeout(ctx, bound)
		defer cancel()
		err := s.watched(bounded, users, bound, c.OutOrStdout())
		if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
			return nil // Ctrl-C, or the bound
		}
		return err
	})
}

// watched starts Prometheus and Grafana, prints the addresses, and makes the load.
func (s *stack) watched(ctx context.Context, users int, bound time.Duration, stdout io.Writer) error {
	targets := map[string][]string{"api": {s.apiMetrics}, "worker": {s.workerMetrics}}
	prometheus, err := startPrometheus(ctx, s.folder, "127.0.0.1:9090", targets)
	if err != nil {
		return err
	}
	defer prometheus.stop()
	grafana, stop, err := s.startGrafana(ctx, prometheus.url)
	if err != nil {
		return err
	}
	defer stop()
	token, err := s.token(ctx, "-user", demoOperator, "-role", "admin")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(stdout, demoOpsText, bound, s.api, s.api, s.api, s.api, prometheus.url, grafana, s.apiMetrics,
		s.workerMetrics, s.logs, users, token); err != nil {
		return err
	}
	return s.load(ctx, users)
}

// load has simulated users walk through the onboarding one after the other, some of them
// into a failure, until ctx ends.
func (s *stack) load(ctx context.Context, users int) error {
	group, ctx := errgroup.WithContext(ctx)
	for n := range users {
		group.Go(func() error {
			for number := n; ; number++ {
				name := "demo-" + strconv.FormatInt(time.Now().Unix(), 36) + "-" + strconv.Itoa(n)
				token, err := s.token(ctx, "-user", name)
				if err != nil {
					return err
				}
				if err := s.newWalker(token, io.Discard).walkAs(ctx, number); err != nil && ctx.Err() != nil {
					return context.Cause(ctx)
				} // otherwise an operator may have paused a queue: the next user tries again
				if err := walk.Wait(ctx, loadPause); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

// walkAs walks through the onboarding as the nth user does: some have no website, some
// a key that is refused, some stop half-way.
func (w *walker) walkAs(ctx context.Context, n int) error {
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

%d users walk through the onboarding again and again; some have no website, a
key that is refused, or stop half-way. Sign in to operations and River UI with this token
of an operator, valid for 24 hours:

%s

`
