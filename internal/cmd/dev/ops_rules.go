package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
)

// Where the files are, from the top of the repository.
const (
	dashboardFolder = "dashboards"
	runbookFolder   = "docs/runbooks"
)

// checkRuleFiles checks the configuration and the rules with promtool and runs their tests.
func checkRuleFiles(ctx context.Context) error {
	for _, args := range [][]string{
		{"check", "config", "prometheus.yml"},
		{"check", "rules", "alerts.yaml"},
		{"test", "rules", "alerts_test.yaml"},
	} {
		cmd := exec.CommandContext(ctx, "promtool", args...) //nolint:gosec // fixed arguments
		cmd.Dir = dashboardFolder
		if output, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("promtool %s %s: %w\n%s", args[0], args[1], err, output)
		}
	}
	return nil
}

// untested lists what an alert lacks: a test in which it fires, or its runbook.
func untested(r ruleState) []string {
	var lacks []string
	tests, err := os.ReadFile(filepath.Join(dashboardFolder, "alerts_test.yaml"))
	named := regexp.MustCompile(`alertname: *"?` + regexp.QuoteMeta(r.Name) + `"?\b`)
	if err != nil || !named.Match(tests) {
		lacks = append(lacks, r.Name+" has no test")
	}
	if _, err := os.Stat(filepath.Join(runbookFolder, path.Base(r.Annotations["runbook_url"]))); err != nil || r.Annotations["runbook_url"] == "" {
		lacks = append(lacks, r.Name+" has no runbook")
	}
	return lacks
}
