package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// workTree is a copy of the project, of which programs with a patch are built.
type workTree struct{ project, folder string }

// copyTree copies the project as it is now. The caller removes the copy.
func copyTree(ctx context.Context, project string) (workTree, error) {
	folder, err := os.MkdirTemp("", "onboarding-")
	if err != nil {
		return workTree{}, fmt.Errorf("make the folder of a copy: %w", err)
	}
	t := workTree{project: project, folder: folder}
	if err := t.run(ctx, filepath.Join(project, "scripts", "copy-tree"), folder); err != nil {
		t.remove()
		return workTree{}, fmt.Errorf("copy the tree: %w", err)
	}
	return t, nil
}

func (t workTree) remove() { _ = os.RemoveAll(t.folder) }

// build builds the programs with a patch of this folder, takes the patch back, and
// returns where they are, until the next build.
func (t workTree) build(ctx context.Context, patch string) (programs string, err error) {
	path := filepath.Join(t.project, "tools", "chaos", patch)
	for _, command := range [][]string{
		{"git", "apply", "-C1", path},
		{"make", "build"},
		{"git", "apply", "-R", "-C1", path},
	} {
		if err := t.run(ctx, command...); err != nil {
			return "", fmt.Errorf("build the programs with %s: %w", patch, err)
		}
	}
	return filepath.Join(t.folder, ".bin"), nil
}

func (t workTree) run(ctx context.Context, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // commands of this project
	cmd.Dir = t.folder
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
