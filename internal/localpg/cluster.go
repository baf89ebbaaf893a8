package localpg

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// initialise creates the data folder. initdb works under another name, and the
// rename at the end is what makes a data folder of it: an interrupted initdb
// leaves nothing that a later start could take for one.
func (h home) initialise(ctx context.Context, p programs, cfg Config) error {
	fresh := h.cluster() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove interrupted initdb: %w", err)
	}
	host := "reject"
	if cfg.Port != 0 {
		host = "scram-sha-256"
	}
	args := []string{
		"-D", fresh, "-U", "postgres", "--encoding=UTF8", "--locale=C",
		"--auth-local=trust", "--auth-host=" + host,
	}
	end := ending{first: "TERM", second: "KILL"}
	if cfg.Throwaway {
		args, end.when, end.sweep = append(args, "--no-sync"), "failed", h.root
	}
	var output bytes.Buffer
	cmd := h.command(context.WithoutCancel(ctx), h.root, filepath.Join(p.dir, "initdb"), args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	leash, err := leash(cmd, end)
	if err != nil {
		return fmt.Errorf("start initdb: %w", err)
	}
	select {
	case <-leash.Done():
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("wait for initdb: %w", context.Cause(ctx)), leash.Stop())
	}
	if err := leash.Stop(); err != nil {
		return fmt.Errorf("initdb of %s: %w: %s", p.dir, err, lastLines(output.String()))
	}
	return os.Rename(fresh, h.cluster())
}

// launch starts the server and waits until it takes connections.
func (h home) launch(ctx context.Context, p programs, cfg Config, port int) (*Leash, error) {
	if h.socketDir() != h.root {
		if err := h.folder(h.socketDir(), 0o700); err != nil {
			return nil, err
		}
	}
	logs, err := h.file(h.logFile(), os.O_TRUNC)
	if err != nil {
		return nil, fmt.Errorf("open server log: %w", err)
	}
	defer func() { _ = logs.Close() }()
	cmd := h.server(context.WithoutCancel(ctx), p, cfg, port)
	cmd.Stdout, cmd.Stderr = logs, logs
	// INT is the fast shutdown, QUIT the one without a checkpoint.
	end := ending{first: "INT", second: "QUIT"}
	if cfg.Throwaway {
		end.when, end.sweep = "ended", h.root
	}
	leash, err := leash(cmd, end)
	if err != nil {
		return nil, fmt.Errorf("start server: %w", err)
	}
	if err := h.awaitReady(ctx, leash); err != nil {
		_ = leash.Stop() // the error at hand says more
		return nil, err
	}
	return leash, nil
}

// server is the command line of the server; what is set there wins over the
// folder's configuration files.
func (h home) server(ctx context.Context, p programs, cfg Config, port int) *exec.Cmd {
	// The port names the socket too, and with it where clients of the socket look.
	settings := []string{"listen_addresses=", fmt.Sprint("port=", port)}
	if cfg.Port != 0 {
		settings[0] = "listen_addresses=127.0.0.1"
	}
	settings = append(settings,
		"unix_socket_permissions=0700",
		`unix_socket_directories="`+strings.ReplaceAll(h.socketDir(), `"`, `""`)+`"`,
		"logging_collector=off", "log_destination=stderr",
	)
	if cfg.Throwaway {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")
	} else {
		settings = append(settings, "max_connections=200")
	}
	args := []string{"-D", h.cluster()}
	for _, s := range settings {
		args = append(args, "-c", s)
	}
	return h.command(ctx, h.root, filepath.Join(p.dir, "postgres"), args...)
}

// lastLines returns the end of a program's output on one line.
func lastLines(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-4):], " | ")
}
