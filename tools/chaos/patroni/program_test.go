package patroni

import (
	"os"
	"os/exec"
	"slices"
	"testing"
)

func TestChildrenAreFound(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if found := children(os.Getpid()); !slices.Contains(found, cmd.Process.Pid) {
		t.Errorf("children are %v, want %d among them", found, cmd.Process.Pid)
	}
	_ = in.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if found := children(os.Getpid()); slices.Contains(found, cmd.Process.Pid) {
		t.Errorf("children are %v, and %d has ended", found, cmd.Process.Pid)
	}
}
