package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Probe is a connection of the login itself, which assumes no role: for finding out
// what is wrong with a deployment where a pool would only fail. Behind a pooler the login is that of the system role.
type Probe struct {
	*Queries
	conn *pgx.Conn
}

// OpenProbe connects.
func OpenProbe(ctx context.Context, server Server) (*Probe, error) {
	conn, err := connect(ctx, server)
	if err != nil {
		return nil, err
	}
	return &Probe{Queries: New(conn), conn: conn}, nil
}

func connect(ctx context.Context, server Server) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(server.URL)
	if err != nil {
		return nil, errNoURL
	}
	config.RuntimeParams["application_name"] = "onboarding check"
	config.ConnectTimeout = connectTimeout
	if server.Pooled {
		server.assume(config, RoleSystem, "check")
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return conn, nil
}

// Close ends the connection.
func (p *Probe) Close(ctx context.Context) { _ = p.conn.Close(ctx) }

// Pooled reports whether a pooler stands between: the process that serves the statements
// is not the one that the connection began with.
func (p *Probe) Pooled(ctx context.Context) (bool, error) {
	var pid uint32
	if err := p.conn.QueryRow(ctx, "select pg_backend_pid()").Scan(&pid); err != nil {
		return false, fmt.Errorf("read the process of the connection: %w", err)
	}
	return pid != p.conn.PgConn().PID(), nil
}

// ClockSkew returns how far the database's clock is before this machine's, and how
// exact that is: half of the shortest of five round trips.
func (p *Probe) ClockSkew(ctx context.Context) (skew, exact time.Duration, err error) {
	const samples = 5
	for i := range samples {
		var theirs time.Time
		began := time.Now()
		if err := p.conn.QueryRow(ctx, "select clock_timestamp()").Scan(&theirs); err != nil {
			return 0, 0, fmt.Errorf("read the clock: %w", err)
		}
		if half := time.Since(began) / 2; i == 0 || half < exact {
			skew, exact = theirs.Sub(began.Add(half)), half
		}
	}
	return skew, exact, nil
}

// ErrNotNotified means that a notification did not arrive.
var ErrNotNotified = errors.New("a notification did not arrive")

// probeChannel is a channel that is used for nothing else.
const probeChannel = "onboarding_check"

// Notified listens on one connection, past the pooler, while another notifies, and returns ErrNotNotified if
// nothing is heard within wait.
func Notified(ctx context.Context, server Server, wait time.Duration) error {
	listening, err := connect(ctx, server.Direct())
	if err != nil {
		return err
	}
	defer listening.Close(ctx)
	if _, err := listening.Exec(ctx, "listen "+probeChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	speaking, err := connect(ctx, server)
	if err != nil {
		return err
	}
	defer speaking.Close(ctx)
	if _, err := speaking.Exec(ctx, "notify "+probeChannel); err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if _, err := listening.WaitForNotification(waiting); err != nil {
		if ctx.Err() == nil && waiting.Err() != nil {
			return ErrNotNotified
		}
		return fmt.Errorf("wait for a notification: %w", err)
	}
	return nil
}
