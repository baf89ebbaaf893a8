package localpg

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// postmaster is what a server writes about itself into postmaster.pid: one value
// per line, the status last and only once the server has one.
type postmaster struct {
	pid       int
	port      string
	socketDir string
	status    string
}

// readPostmaster returns false when the folder holds no pid file, or one that is
// being written.
func readPostmaster(cluster string) (postmaster, bool) {
	text, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 || len(lines) < 5 {
		return postmaster{}, false
	}
	p := postmaster{pid: pid, port: strings.TrimSpace(lines[3]), socketDir: lines[4]}
	if len(lines) > 7 {
		p.status = strings.TrimSpace(lines[7])
	}
	return p, true
}

// alive reports whether the process is there and is a PostgreSQL: after a reboot
// the number may belong to anything.
func (p postmaster) alive(ctx context.Context) bool {
	return processExists(p.pid) && isPostgres(ctx, p.pid)
}

// ready reports whether the server says so and takes connections.
func (p postmaster) ready(ctx context.Context) bool {
	if p.status != "ready" {
		return false
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", p.socket())
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func (p postmaster) socket() string { return socketPath(p.socketDir, p.port) }

func socketPath(dir, port string) string { return filepath.Join(dir, ".s.PGSQL."+port) }

// dropStalePid removes a pid file whose number was given to a process that is no
// PostgreSQL: the server would take that process for another server and refuse.
// Any other leftover is the server's own to judge.
func dropStalePid(ctx context.Context, cluster string) error {
	p, ok := readPostmaster(cluster)
	if !ok || !processExists(p.pid) || isPostgres(ctx, p.pid) {
		return nil
	}
	return os.Remove(filepath.Join(cluster, "postmaster.pid"))
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
