package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// buildPatched builds the programs from a copy of the project with a patch applied.
// It returns the folder of the programs and a function that deletes the copy.
func buildPatched(ctx context.Context, project, patch string) (programs string, remove func(), err error) {
	folder, err := os.MkdirTemp("", "onboarding-")
	if err != nil {
		return "", nil, fmt.Errorf("make the folder of a copy: %w", err)
	}
	remove = func() { _ = os.RemoveAll(folder) }
	for _, command := range [][]string{
		{filepath.Join(project, "scripts", "patched"), folder, filepath.Join(project, "tools", "chaos", patch)},
		{"make", "-C", folder, "build"},
	} {
		cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // commands of this project
		if out, err := cmd.CombinedOutput(); err != nil {
			remove()
			return "", nil, fmt.Errorf("build the programs with %s: %w: %s", patch, err, out)
		}
	}
	return filepath.Join(folder, ".bin"), remove, nil
}
