package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func pidFile(cluster string) string { return filepath.Join(cluster, "postmaster.pid") }

// readPidFile returns what a server writes about itself: its process, and whether it takes
// connections. The process is 0 when there is no file, or one that is being written.
func readPidFile(cluster string) (pid int, ready bool) {
	text, err := os.ReadFile(pidFile(cluster))
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) < 5 {
		return 0, false
	}
	pid, err = strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return 0, false
	}
	return pid, len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready" // the status stands last
}

// awaitNoServer waits until no server runs on the data folder: that of a process which was
// killed is about to end. It removes a pid file whose number was given to a process that is
// no PostgreSQL, after a reboot for example: the server would take that process for another
// server and refuse. Any other leftover is the server's own to judge.
func (h home) awaitNoServer(ctx context.Context) error {
	foreign := fmt.Errorf("another server runs in %s: stop it, or set DATA_DIR to another folder", h.cluster())
	ctx, cancel := context.WithTimeoutCause(ctx, orphanLimit, foreign)
	defer cancel()
	return poll(ctx, func() (bool, error) {
		pid, _ := readPidFile(h.cluster())
		switch {
		case pid == 0 || !processExists(pid):
			return true, nil
		case !isPostgres(ctx, pid):
			return true, os.Remove(pidFile(h.cluster()))
		}
		return false, nil
	})
}

// awaitReady waits until the server takes connections.
func (h home) awaitReady(ctx context.Context, leash *Leash) error {
	err := poll(ctx, func() (bool, error) {
		select {
		case <-leash.Done():
			text, _ := os.ReadFile(h.logFile())
			return false, fmt.Errorf("the server ended at once: %s", lastLines(string(text)))
		default:
		}
		pid, ready := readPidFile(h.cluster())
		return ready && processExists(pid), nil
	})
	if err != nil {
		return fmt.Errorf("wait for the server to take connections: %w", err)
	}
	return nil
}

func processExists(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}

// isPostgres goes by the process name, and says yes where no name can be had.
func isPostgres(ctx context.Context, pid int) bool {
	id := strconv.Itoa(pid)
	name, err := os.ReadFile("/proc/" + id + "/comm")
	if err != nil {
		name, err = exec.CommandContext(ctx, "ps", "-o", "comm=", "-p", id).Output()
	}
	return err != nil || strings.Contains(string(name), "postgres") || strings.Contains(string(name), "postmaster")
}
