package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// dashboardsIn is the folder with the rules and the dashboards.
const dashboardsIn = "dashboards"

// scrapeConfig has a Prometheus watch the two processes with the rules of the dashboards.
const scrapeConfig = `global: {scrape_interval: 5s, evaluation_interval: 5s}
rule_files: [%q]
scrape_configs:
  - {job_name: api, static_configs: [{targets: [%q]}]}
  - {job_name: worker, static_configs: [{targets: [%q]}]}
`

// scrape starts a Prometheus and returns its address when it is ready.
func (s *stack) scrape(ctx context.Context) (address string, stop func(), err error) {
	program, err := exec.LookPath("prometheus")
	if err != nil {
		return "", nil, errors.New("there is no prometheus on this machine: install it (Debian: apt-get install prometheus)")
	}
	rules, err := filepath.Abs(filepath.Join(dashboardsIn, "alerts.yaml"))
	if err != nil {
		return "", nil, fmt.Errorf("find the rules: %w", err)
	}
	config := filepath.Join(s.folder, "prometheus.yml")
	if err := os.WriteFile(config, fmt.Appendf(nil, scrapeConfig, rules, s.apiMetrics, s.workerMetrics), 0o600); err != nil {
		return "", nil, fmt.Errorf("write the configuration of prometheus: %w", err)
	}
	listens, err := freeAddress(ctx, "127.0.0.1:9090")
	if err != nil {
		return "", nil, err
	}
	server, err := startChild("prometheus", program, []string{
		"--config.file=" + config, "--storage.tsdb.path=" + filepath.Join(s.folder, "prometheus"), "--web.listen-address=" + listens, "--log.level=warn",
	}, os.Environ(), filepath.Join(s.logs, "prometheus.log"))
	if err != nil {
		return "", nil, err
	}
	stop = func() { _ = server.stop() }
	address = "http://" + listens
	ready, cancel := context.WithTimeoutCause(ctx, readyWait, fmt.Errorf("prometheus was not ready after %s; its log is %s", readyWait, server.logPath))
	defer cancel()
	for client := (&http.Client{Timeout: 5 * time.Second}); !answersReady(ready, client, address+"/-/ready"); {
		if err := pause(ready); err != nil {
			stop()
			return "", nil, err
		}
	}
	return address, stop, nil
}

// startGrafana starts a Grafana with the dashboards, if one is installed, and returns its
// address, or what is said in its place.
func (s *stack) startGrafana(ctx context.Context, prometheusURL string) (address string, stop func(), err error) {
	program, err := exec.LookPath("grafana")
	if err != nil {
		return "not installed", func() {}, nil //nolint:nilerr // it is left out
	}
	listens, err := freeAddress(ctx, "127.0.0.1:3000")
	if err != nil {
		return "", nil, err
	}
	dashboards, err := filepath.Abs(dashboardsIn)
	if err != nil {
		return "", nil, fmt.Errorf("find the dashboards: %w", err)
	}
	_, port, _ := strings.Cut(listens, ":")
	environ := append(os.Environ(),
		"GF_SERVER_HTTP_ADDR=127.0.0.1", "GF_SERVER_HTTP_PORT="+port, "GF_AUTH_ANONYMOUS_ENABLED=true", "GF_AUTH_ANONYMOUS_ORG_ROLE=Viewer",
		"GF_PATHS_DATA="+filepath.Join(s.folder, "grafana"), "GF_PATHS_PROVISIONING="+filepath.Join(dashboards, "provisioning"),
		"GF_ANALYTICS_REPORTING_ENABLED=false", "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
		"PROMETHEUS_URL="+prometheusURL, "DASHBOARDS="+dashboards)
	c, err := startChild("grafana", program, []string{"server", "--homepath", grafanaHome(program)}, environ, filepath.Join(s.logs, "grafana.log"))
	if err != nil {
		return "", nil, err
	}
	return "http://" + listens, func() { _ = c.stop() }, nil
}

// grafanaHome is where packages put Grafana's own files.
func grafanaHome(program string) string {
	for _, home := range []string{"/usr/share/grafana", filepath.Join(filepath.Dir(program), "..", "share", "grafana")} {
		if _, err := os.Stat(filepath.Join(home, "conf", "defaults.ini")); err == nil {
			return home
		}
	}
	return filepath.Dir(program)
}
