package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/dashboards"
	"github.com/alwrity/onboarding/internal/cli"
)

const (
	// opsLimit bounds the whole check.
	opsLimit = 5 * time.Minute
	// opsWait bounds how long series take to arrive after the load.
	opsWait = 45 * time.Second
)

func opsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "ops", Short: "check that every series which a dashboard or an alert names is there", Args: cli.NoArgs,
		Long: `Starts everything under a load that touches all of it, has a Prometheus scrape it, and
checks that every series which a dashboard or an alert names is there.`,
		RunE: func(c *cobra.Command, _ []string) error { return runOps(c) },
	}
}

func runOps(c *cobra.Command) error {
	ctx, cancel := context.WithTimeoutCause(c.Context(), opsLimit, fmt.Errorf("the check did not end within %s", opsLimit))
	defer cancel()
	folder, err := filepath.Abs(filepath.Join(dataDir(), "ops"))
	if err == nil {
		err = os.RemoveAll(folder)
	}
	if err != nil {
		return fmt.Errorf("clear the folder of the check: %w", err)
	}
	issuer, err := startIssuer()
	if err != nil {
		return err
	}
	defer issuer.stop()
	models, err := startModels(scriptedFaults())
	if err != nil {
		return err
	}
	defer models.stop()
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})) // takes every event
	defer receiver.Close()
	settings := models.settings()
	maps.Copy(settings, issuer.settings())
	settings["WEBHOOKS"] = fmt.Sprintf(`[{"name": "ops", "url": %q, "secret": "whsec_%s"}]`, receiver.URL,
		base64.StdEncoding.EncodeToString(make([]byte, 32)))
	settings["WEBHOOK_PREFIXES"] = "127.0.0.0/8"
	l := layout{folder: folder, logs: folder, apiAddress: "127.0.0.1:0", settings: settings, log: c.ErrOrStderr()}
	return withStack(ctx, l,
		func(ctx context.Context, s *stack) error { return checkOps(ctx, s, issuer, c.OutOrStdout()) })
}

// checkOps watches the stack under load and reports what is missing.
func checkOps(ctx context.Context, s *stack, issuer *issuer, stdout io.Writer) error {
	load := &opsLoad{stack: s, issuer: issuer, out: stdout}
	defer load.stop()
	if err := load.prepare(ctx); err != nil {
		return err
	}
	server, err := startPrometheus(ctx, s.folder, "127.0.0.1:0", map[string][]string{
		"api":    {s.apiMetrics, load.cutOff},
		"worker": {s.workerMetrics, load.doomedMetrics},
	})
	if err != nil {
		return err
	}
	defer server.stop()
	say(stdout, "prometheus %s scrapes two api and two worker processes", server.url)
	if err := load.run(ctx); err != nil {
		return err
	}
	report, err := examine(ctx, server)
	if err != nil {
		return err
	}
	report.print(stdout)
	return report.err()
}

// opsReport is what the check has found.
type opsReport struct {
	panels, rules, alerts int
	// selectors are all that are named, with the panel or rule that names them.
	selectors map[string]string
	// withoutData are those that no series matches.
	withoutData []string
	// broken are the expressions and rules that Prometheus refuses.
	broken []string
}

// examine queries the server for everything that the dashboards and the rules name.
func examine(ctx context.Context, server *prometheusServer) (opsReport, error) {
	report := opsReport{selectors: map[string]string{}}
	queries, panels, err := dashboards.Queries()
	if err != nil {
		return report, err
	}
	report.panels = panels
	for _, q := range queries {
		report.note(q.Dashboard+": "+q.Panel, q.Expr)
		if err := server.query(ctx, q.Expr); err != nil {
			report.broken = append(report.broken, fmt.Sprintf("%s: %s: %v", q.Dashboard, q.Panel, err))
		}
	}
	rules, err := server.rules(ctx)
	if err != nil {
		return report, err
	}
	for _, r := range rules {
		report.rules++
		report.note(r.Name, r.Query)
		if r.LastError != "" {
			report.broken = append(report.broken, r.Name+": "+r.LastError)
		}
		if r.Type == "alerting" {
			report.alerts++
		}
	}
	report.withoutData, err = server.awaitSeries(ctx, slices.Sorted(maps.Keys(report.selectors)))
	return report, err
}

// note adds the selectors of an expression.
func (r *opsReport) note(who, expr string) {
	for _, s := range dashboards.Parse(expr).Selectors {
		r.selectors[s.Text] = who
	}
}

func (r *opsReport) print(out io.Writer) {
	for _, selector := range r.withoutData {
		say(out, "no data: %s (%s)", selector, r.selectors[selector])
	}
	for _, what := range r.broken {
		say(out, "refused: %s", what)
	}
	_, _ = fmt.Fprintf(out, "ops: panels=%d rules=%d alerts=%d selectors=%d without_data=%d\n",
		r.panels, r.rules, r.alerts, len(r.selectors), len(r.withoutData))
}

func (r *opsReport) err() error {
	if len(r.withoutData)+len(r.broken) > 0 || r.alerts == 0 {
		return errors.New("dashboards, rules and programs do not fit together")
	}
	return nil
}
