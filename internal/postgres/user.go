package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres/app"
)

// Queries are the statements of one user: those of package app, on a connection of AsUser or
// within a transaction. A Pipeline sends several of them together.
type Queries struct {
	*app.Queries

	conn app.DBTX
}

// New returns the statements on conn.
func New(conn app.DBTX) *Queries { return &Queries{app.New(conn), conn} }

// AsUser returns the statements bound to one user's rows. Each call is one round
// trip and one implicit transaction of its own.
func AsUser(pool *pgxpool.Pool, userID string) *Queries {
	return New(boundConn{conn: pool, before: statement{setUser, []any{userID}}})
}

// AsJob is AsUser for the user of a running submission that names a job, and for nobody if it
// does not: the same round trip looks the user up.
func AsJob(pool *pgxpool.Pool, submissionID uuid.UUID, jobID int64) *Queries {
	return New(boundConn{conn: pool, before: statement{setJobUser, []any{submissionID, jobID}}})
}

// maxTxTries bounds how often a transaction is repeated after a conflict.
const maxTxTries = 5

// InTx runs do in one transaction bound to userID's rows. A serialization
// failure or a deadlock (40001, 40P01) repeats the whole transaction, so do must
// have no effect outside of it. An error of do rolls back and is returned.
func InTx(ctx context.Context, pool *pgxpool.Pool, userID string, do func(pgx.Tx, *Queries) error) error {
	return repeatConflicts(func() error { return inTxOnce(ctx, pool, userID, do) })
}

// repeatConflicts calls do again after a conflict of transactions.
func repeatConflicts(do func() error) (err error) {
	for range maxTxTries {
		if err = do(); !HasState(err, "40001", "40P01") {
			break
		}
	}
	return err
}

func inTxOnce(ctx context.Context, pool *pgxpool.Pool, userID string, do func(pgx.Tx, *Queries) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	begin, err := beginAsUser(conn.Conn().PgConn(), userID)
	if err != nil {
		return err
	}
	return pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error { return do(tx, New(tx)) })
}

// beginAsUser returns what begins a transaction and binds it to its user, in one round
// trip: these two can't be a pipeline, since pgx begins by a text without arguments.
func beginAsUser(conn *pgconn.PgConn, userID string) (string, error) {
	literal, err := conn.EscapeString(userID)
	if err == nil && strings.ContainsRune(userID, 0) {
		err = errors.New("a zero byte ends a text")
	}
	if err != nil {
		return "", fmt.Errorf("bind the transaction to its user: %w", err)
	}
	return "begin; " + strings.Replace(setUser, "$1", "'"+literal+"'", 1), nil
}

// isNetworkError recognises a connection that was cut under a statement.
func isNetworkError(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}
