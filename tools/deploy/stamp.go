package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
)

// checkStamp makes sure that every part says the same version.
func checkStamp(ctx context.Context, o options, r *report) {
	var errs []error
	for _, program := range []string{"api", "worker"} {
		out, err := exec.CommandContext(ctx, filepath.Join(o.programs, program), "version").Output() //nolint:gosec // ours
		said := strings.TrimSpace(string(out))
		errs = append(errs, err, want(said == o.stamp, "%s version says %q", program, said))
	}
	out, err := exec.CommandContext(ctx, filepath.Join(o.programs, "api"), "openapi").Output() //nolint:gosec // ours
	var document struct {
		Info struct{ Version string }
	}
	errs = append(errs, err, json.Unmarshal(out, &document),
		want(document.Info.Version == o.stamp, "the OpenAPI document says %q", document.Info.Version))
	r.add("version "+o.stamp+" in programs and OpenAPI", errors.Join(errs...))
}

var changelogVersion = regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$`)

// checkRelease holds the chart to the newest version of the changelog, and has the release's notes made.
func checkRelease(ctx context.Context, o options, r *report) {
	changelog, err := os.ReadFile(filepath.Join(o.tree, "CHANGELOG.md"))
	found := changelogVersion.FindSubmatch(changelog)
	if err == nil {
		err = want(found != nil, "CHANGELOG.md has no version")
	}
	if err != nil {
		r.add("CHANGELOG.md", err)
		return
	}
	newest := string(found[1])
	c, err := loader.Load(chartFolder(o))
	if err == nil {
		err = errors.Join(
			want(c.Metadata.Version == newest, "Chart.yaml has the version %s", c.Metadata.Version),
			want(c.Metadata.AppVersion == newest, "Chart.yaml has the appVersion %s", c.Metadata.AppVersion))
	}
	if err == nil {
		err = releaseNotes(ctx, o, newest)
	}
	r.add("chart and notes of "+newest+", the newest version of CHANGELOG.md", err)
}

func releaseNotes(ctx context.Context, o options, version string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(o.tree, "scripts", "changelog"), version) //nolint:gosec // ours
	notes, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("scripts/changelog %s: %w", version, err)
	}
	return want(len(strings.TrimSpace(string(notes))) > 0, "the section of %s is empty", version)
}
