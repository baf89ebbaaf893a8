package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/cmd/suite"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/walk"
)

// bouncer is a running PgBouncer in transaction mode.
type bouncer struct {
	address, folder string
	process         *child.Process
}

// settings are those of PgBouncer: what it does unless told otherwise, but for the mode and the limits.
const settings = `[databases]
* = host=%s port=%s

[pgbouncer]
listen_addr = %s
listen_port = %s
unix_socket_dir =
pool_mode = transaction
default_pool_size = %d
max_client_conn = 2000
server_idle_timeout = 5
auth_type = trust
auth_file = %s
%s
%s
`

// startBouncer starts a PgBouncer with at most so many connections of each login to each database. more are lines of
// its settings.
func startBouncer(ctx context.Context, server *suite.Server, conns int, more string) (*bouncer, error) {
	address, err := child.FreeAddress(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "pooler-")
	if err != nil {
		return nil, err
	}
	b := &bouncer{address: address, folder: folder}
	if err := b.start(ctx, server, conns, more); err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

func (b *bouncer) start(ctx context.Context, server *suite.Server, conns int, more string) error {
	account := ""
	if os.Geteuid() == 0 { // as which it does not run
		account = "user = nobody"
	}
	host, port, err := net.SplitHostPort(server.Address)
	if err != nil {
		return err
	}
	ownHost, ownPort, err := net.SplitHostPort(b.address)
	if err != nil {
		return err
	}
	users := fmt.Sprintf("%q %q\n", server.User, server.Password)
	for _, login := range postgres.Logins() {
		users += fmt.Sprintf("%q %q\n", login.Name, server.Password)
	}
	file := func(name string) string { return filepath.Join(b.folder, name) }
	for name, content := range map[string]string{
		"users.txt":     users,
		"pgbouncer.ini": fmt.Sprintf(settings, host, port, ownHost, ownPort, conns, file("users.txt"), account, more),
	} {
		if err := os.WriteFile(file(name), []byte(content), 0o644); err != nil { //nolint:gosec // of a throw-away server
			return err
		}
	}
	if err := os.Chmod(b.folder, 0o755); err != nil { //nolint:gosec // another account reads it
		return err
	}
	b.process, err = child.Start("pooler", program(), []string{file("pgbouncer.ini")}, os.Environ(), file("log"))
	if err != nil {
		return fmt.Errorf("%w (scripts/need pgbouncer installs it)", err)
	}
	return b.awaitListening(ctx)
}

// program is PgBouncer, also where the path of a login lacks the folder.
func program() string {
	if _, err := os.Stat("/usr/sbin/pgbouncer"); err == nil {
		return "/usr/sbin/pgbouncer"
	}
	return "pgbouncer"
}

func (b *bouncer) awaitListening(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", b.address)
		if err == nil {
			return conn.Close()
		}
		if waitErr := walk.Wait(ctx, 50*time.Millisecond); waitErr != nil {
			log, _ := os.ReadFile(filepath.Join(b.folder, "log"))
			return fmt.Errorf("PgBouncer does not listen: %w; it says: %s", err, strings.TrimSpace(string(log)))
		}
	}
}

func (b *bouncer) stop() {
	if b.process != nil {
		_ = b.process.Stop()
	}
	_ = os.RemoveAll(b.folder)
}
