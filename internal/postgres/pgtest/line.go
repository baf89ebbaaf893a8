package pgtest

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

// Line is a way to a database that a test can cut. It is cut at first.
type Line struct {
	// URL is the connection string that goes over the line.
	URL string

	network, server string

	mu      sync.Mutex
	whole   bool
	conns   []net.Conn
	refused int
}

// NewLine returns a line to the database of databaseURL.
func NewLine(t testing.TB, databaseURL string) *Line {
	t.Helper()
	config, err := pgx.ParseConfig(databaseURL)
	require.NoError(t, err)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	over := url.URL{
		Scheme: "postgres", User: url.UserPassword(config.User, config.Password),
		Host: listener.Addr().String(), Path: "/" + config.Database, RawQuery: "sslmode=disable" + withoutNames(),
	}
	l := &Line{URL: over.String()}
	l.network, l.server = pgconn.NetworkAddress(config.Host, config.Port)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(conn)
		}
	}()
	t.Cleanup(l.Cut)
	t.Cleanup(func() { _ = listener.Close() })
	return l
}

// carry forwards one connection until an end of it closes.
func (l *Line) carry(client net.Conn) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(context.Background(), l.network, l.server)
	if err != nil {
		return
	}
	defer server.Close()
	if !l.add(client, server) {
		return
	}
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			ended <- struct{}{}
		}()
	}
	<-ended
}

// add notes the two ends of a connection, and reports whether the line is whole.
func (l *Line) add(ends ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.whole {
		l.conns = append(l.conns, ends...)
	} else {
		l.refused++
	}
	return l.whole
}

// Refused returns how many connections ended at once.
func (l *Line) Refused() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

// Cut ends all connections; new ones end at once.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.whole = false
	for _, conn := range l.conns {
		_ = conn.Close()
	}
	l.conns = nil
}

// Mend lets new connections through.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.whole = true
}
