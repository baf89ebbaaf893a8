package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func unitFolder(o options) string { return filepath.Join(o.tree, "deploy", "systemd") }

// unit holds the values of a unit file's keys in their order.
type unit map[string][]string

// readUnit reads a unit; instance stands for %i.
func readUnit(path, instance string) (unit, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	u := unit{}
	for line := range strings.Lines(strings.ReplaceAll(string(content), "\\\n", " ")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "[") {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("%s: %q is no setting", path, line)
		}
		u[key] = append(u[key], strings.ReplaceAll(value, "%i", instance))
	}
	return u, nil
}

func (u unit) first(key string) string { return append(u[key], "")[0] }

// checkUnits has systemd read the units, with the programs where they are built.
func checkUnits(ctx context.Context, o options, r *report) {
	paths, _ := filepath.Glob(filepath.Join(unitFolder(o), "*.*"))
	paths = slices.DeleteFunc(paths, func(p string) bool { return !slices.Contains([]string{".service", ".timer"}, filepath.Ext(p)) })
	r.units = len(paths)
	r.add(fmt.Sprintf("systemd-analyze verify: %d units", len(paths)), verifyUnits(ctx, o, paths))
}

func verifyUnits(ctx context.Context, o options, paths []string) error {
	folder, err := os.MkdirTemp("", "units-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	args := []string{"verify", "--man=no", "--recursive-errors=no"}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := strings.ReplaceAll(string(content), "/usr/local/bin/", o.programs+"/")
		copied := filepath.Join(folder, filepath.Base(path))
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			return err
		}
		args = append(args, copied)
	}
	return tool(ctx, "", "systemd-analyze", args...)
}

// tool runs a program that prints nothing, or nothing of interest, where all is well.
func tool(ctx context.Context, folder, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = folder
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is not installed: scripts/need deploy installs it", name)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, args[0], err, strings.TrimSpace(string(out)))
	}
	if name == "systemd-analyze" && len(strings.TrimSpace(string(out))) > 0 { // it warns and succeeds
		return fmt.Errorf("systemd-analyze: %s", strings.TrimSpace(string(out)))
	}
	return nil
}
