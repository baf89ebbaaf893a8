package patroni

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/alwrity/onboarding/internal/localpg"
)

// program is one of the programs of a cluster. It ends with this one.
type program struct {
	leash *localpg.Leash
	pid   int
}

// launch starts a program as the server's user. A shell in between writes the process id to a file.
func (c *Cluster) launch(name, path string, args ...string) (*program, error) {
	found, err := exec.LookPath(path)
	if err != nil {
		if found, err = exec.LookPath(filepath.Join("/usr/sbin", path)); err != nil {
			return nil, fmt.Errorf("%s is not installed: run `scripts/need patroni`", path)
		}
	}
	log, err := os.Create(filepath.Join(c.cfg.Logs, name+".log"))
	if err != nil {
		return nil, fmt.Errorf("open the log of %s: %w", name, err)
	}
	defer func() { _ = log.Close() }() // the program has its own
	pidPath := filepath.Join(c.folder, name+".pid")
	script := `echo $$ >"$1.new" && mv "$1.new" "$1" && shift && exec "$@"`
	args = append([]string{"-c", script, "launch", pidPath, found}, args...)
	cmd := exec.Command("/bin/sh", args...) //nolint:gosec,noctx // a program of the cluster, ended by its leash
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.folder, log, log
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "HOME=" + c.folder}
	if c.as != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.as}
	}
	p := &program{}
	if p.leash, err = localpg.StartLeashed(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	for range 1000 {
		text, err := os.ReadFile(pidPath)
		if p.pid, _ = strconv.Atoi(strings.TrimSpace(string(text))); err == nil && p.pid > 1 {
			return p, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.end()
	return nil, fmt.Errorf("start %s: its process id is not known", name)
}

// end ends a program that was started.
func (p *program) end() {
	if p != nil {
		_ = p.leash.Stop() // its status says nothing
	}
}

// children returns the processes that a process has started.
func children(parent int) (pids []int) {
	found, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is well-formed
	for _, path := range found {
		text, err := os.ReadFile(path) //nolint:gosec // a file of /proc
		if err != nil {
			continue // it has ended
		}
		// The state and the parent follow the name in parentheses, which may contain anything.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}
