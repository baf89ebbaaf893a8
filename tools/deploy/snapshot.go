package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// checkSnapshot has GoReleaser read its configuration and make a release of this platform, without signatures and SBOMs.
func checkSnapshot(ctx context.Context, o options, r *report) {
	if o.short {
		return
	}
	r.add("goreleaser check, and a snapshot for "+runtime.GOOS+"/"+runtime.GOARCH, snapshot(ctx, o))
}

func snapshot(ctx context.Context, o options) error {
	program := filepath.Join(o.programs, "goreleaser")
	if _, err := os.Stat(program); err != nil {
		return errors.New("GoReleaser could not be built: run `make .bin/goreleaser` to see why")
	}
	path := filepath.Join(o.tree, ".goreleaser.yaml")
	if err := tool(ctx, o.tree, program, "check", path); err != nil {
		return err
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	// To compile for all platforms takes many minutes.
	one := strings.NewReplacer("goos: [linux, darwin]", "goos: ["+runtime.GOOS+"]", "goarch: [amd64, arm64]", "goarch: ["+runtime.GOARCH+"]")
	configuration := filepath.Join(o.logs, "goreleaser.yaml")
	if err := errors.Join(os.MkdirAll(o.logs, 0o755), os.WriteFile(configuration, []byte(one.Replace(string(content))), 0o644)); err != nil {
		return err
	}
	if err := tool(ctx, o.tree, program, "release", "--snapshot", "--clean", "--skip=sign,sbom", "--config", configuration); err != nil {
		return err
	}
	archives, _ := filepath.Glob(filepath.Join(o.tree, ".data", "dist", "onboarding_*.tar.gz"))
	sums, _ := os.ReadFile(filepath.Join(o.tree, ".data", "dist", "checksums.txt"))
	if len(archives) != 1 || !strings.Contains(string(sums), filepath.Base(archives[0])) {
		return fmt.Errorf("the snapshot has %d archives, and these checksums: %s", len(archives), sums)
	}
	listed, err := exec.CommandContext(ctx, "tar", "-tzf", archives[0]).Output()
	for _, name := range []string{"api", "worker", "LICENSE", "deploy/systemd/onboarding-api.service", "dashboards/alerts.yaml"} {
		err = errors.Join(err, want(strings.Contains("\n"+string(listed), "\n"+name+"\n"), "the archive has no %s", name))
	}
	return err
}
