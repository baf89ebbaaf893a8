package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// listenAgain is the wait before a new connection after one was lost.
	listenAgain = time.Second
	// listenCheck is how often a silent connection is asked whether it lives.
	listenCheck = 15 * time.Second
)

// Listener is what Listen calls.
type Listener struct {
	// Up is called with whether notifications arrive.
	Up func(up bool)
	// Changed is called with the sessions that others have announced, or nil after a time
	// without notifications, in which any may have changed.
	Changed func(sessionIDs []uuid.UUID)
}

// Listen receives the announcements of all Notifiers, on one connection that it keeps
// from pool, until ctx ends. A lost connection is replaced.
func Listen(ctx context.Context, pool *pgxpool.Pool, log *slog.Logger, l Listener) {
	for ctx.Err() == nil {
		err := listen(ctx, pool, l)
		l.Up(false)
		if ctx.Err() != nil {
			return
		}
		log.WarnContext(ctx, "not listening for changes", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(listenAgain):
		}
	}
}

// listen receives on one connection until that or ctx ends.
func listen(ctx context.Context, pool *pgxpool.Pool, l Listener) error {
	pooled, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	conn := pooled.Hijack() // it must never serve another purpose
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if _, err := conn.Exec(ctx, "listen "+changesChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	l.Up(true)
	l.Changed(nil)
	for {
		ids, err := receive(ctx, conn)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			l.Changed(ids)
		}
	}
}

// receive returns the sessions of the next notification, none after a while of silence
// on a connection that lives.
func receive(ctx context.Context, conn *pgx.Conn) ([]uuid.UUID, error) {
	wait, cancel := context.WithTimeout(ctx, listenCheck)
	defer cancel()
	notification, err := conn.WaitForNotification(wait)
	switch {
	case err == nil:
		return parsePayload(notification.Payload), nil
	case ctx.Err() == nil && errors.Is(wait.Err(), context.DeadlineExceeded) && !conn.IsClosed():
		alive, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		if err := conn.Ping(alive); err != nil {
			return nil, fmt.Errorf("check the listening connection: %w", err)
		}
		return nil, nil
	default:
		return nil, fmt.Errorf("wait for a notification: %w", err)
	}
}

// parsePayload returns the ids in a payload. Anybody may notify: what is no id is
// ignored.
func parsePayload(payload string) []uuid.UUID {
	var ids []uuid.UUID
	for part := range strings.SplitSeq(payload, ",") {
		if id, err := uuid.Parse(part); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
