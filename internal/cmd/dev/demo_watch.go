package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/alwrity/onboarding/internal/cmd/child"
)

// startGrafana starts a Grafana with the dashboards and returns its address, or "not
// installed".
func (s *stack) startGrafana(ctx context.Context, prometheusURL string) (address string, stop func(), err error) {
	program, err := exec.LookPath("grafana")
	if err != nil {
		return "not installed", func() {}, nil //nolint:nilerr // it is optional
	}
	listens, err := child.FreeAddress(ctx, "127.0.0.1:3000")
	if err != nil {
		return "", nil, err
	}
	dashboards, err := filepath.Abs(dashboardFolder)
	if err != nil {
		return "", nil, fmt.Errorf("find the dashboards: %w", err)
	}
	_, port, _ := strings.Cut(listens, ":")
	environ := append(os.Environ(),
		"GF_SERVER_HTTP_ADDR=127.0.0.1", "GF_SERVER_HTTP_PORT="+
			port, "GF_AUTH_ANONYMOUS_ENABLED=true", "GF_AUTH_ANONYMOUS_ORG_ROLE=Viewer",
		"GF_PATHS_DATA="+filepath.Join(s.folder, "grafana"), "GF_PATHS_PROVISIONING="+
			filepath.Join(dashboards, "provisioning"),
		"GF_ANALYTICS_REPORTING_ENABLED=false", "GF_ANALYTICS_CHECK_FOR_UPDATES=false",
		"PROMETHEUS_URL="+prometheusURL, "DASHBOARDS="+dashboards)
	c, err := child.Start("grafana", program, []string{"server", "--homepath", grafanaHome(program)}, environ,
		filepath.Join(s.logs, "grafana.log"))
	if err != nil {
		return "", nil, err
	}
	return "http://" + listens, func() { _ = c.Stop() }, nil
}

// grafanaHome returns the folder of Grafana's own files.
func grafanaHome(program string) string {
	for _, home := range []string{"/usr/share/grafana", filepath.Join(filepath.Dir(program), "..", "share", "grafana")} {
		if _, err := os.Stat(filepath.Join(home, "conf", "defaults.ini")); err == nil {
			return home
		}
	}
	return filepath.Dir(program)
}
