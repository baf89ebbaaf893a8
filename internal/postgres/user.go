package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
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

const (
	// maxTxTries bounds how often a transaction is repeated after a conflict.
	maxTxTries = 5
	// conflictWait is the longest time before the second try.
	conflictWait = 5 * time.Millisecond
)

// InTx runs do in one transaction bound to userID's rows. A serialization
// failure or a deadlock (40001, 40P01) repeats the whole transaction, so do must
// have no effect outside of it. An error of do rolls back and is returned.
func InTx(ctx context.Context, pool *pgxpool.Pool, userID string, do func(pgx.Tx, *Queries) error) error {
	return repeatConflicts(ctx, func() error { return inTxOnce(ctx, pool, userID, do) })
}

// InSystemTx is InTx for no user: it runs do in one transaction on a connection of the system pool.
func InSystemTx(ctx context.Context, pool *pgxpool.Pool, do func(pgx.Tx) error) error {
	return repeatConflicts(ctx, func() error { return pgx.BeginFunc(ctx, pool, do) })
}

// conflicts are the SQLSTATEs of transactions that met: a serialization failure, a deadlock, and what follows one in a
// pipeline whose first error was that a row is missing.
var conflicts = []string{"40001", "40P01", "25P02"}

// repeatConflicts calls do again after a conflict of transactions. Those that met wait for different times, longer
// after each try.
func repeatConflicts(ctx context.Context, do func() error) (err error) {
	for try := range maxTxTries {
		if err = do(); !HasState(err, conflicts...) || try == maxTxTries-1 {
			break
		}
		select {
		case <-time.After(rand.N(conflictWait << try)): //nolint:gosec // it spreads tries, and guards nothing
		case <-ctx.Done():
			return err
		}
	}
	return err
}

func inTxOnce(ctx context.Context, pool *pgxpool.Pool, userID string, do func(pgx.Tx, *Queries) error) error {
	return begun(ctx, pool, userSetting, userID, do)
}

// InTxOfUsers runs do in one transaction bound to the rows of the named users. An error of do rolls back
// and is returned. The error wraps ErrCommitUnknown if the answer to the commit was lost.
func InTxOfUsers(ctx context.Context, pool *pgxpool.Pool, userIDs []string, do func(pgx.Tx, *Queries) error) error {
	named, err := pgtype.NewMap().Encode(pgtype.TextArrayOID, pgtype.TextFormatCode, userIDs, nil)
	if err != nil {
		return fmt.Errorf("name the users of a transaction: %w", err)
	}
	return begun(ctx, pool, usersSetting, string(named), do)
}

// ErrCommitUnknown means that it is not known whether a transaction was committed.
var ErrCommitUnknown = errors.New("the answer to the commit was lost")

func begun(
	ctx context.Context, pool *pgxpool.Pool, setting, value string, do func(pgx.Tx, *Queries) error,
) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release()
	begin, err := beginWith(conn.Conn().PgConn(), setting, value)
	if err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(ctx) }() // does nothing after a commit
	if err := do(tx, New(tx)); err != nil {
		return err
	}
	err = tx.Commit(ctx)
	_, answered := errors.AsType[*pgconn.PgError](err)
	if err != nil && !answered && !errors.Is(err, pgx.ErrTxCommitRollback) {
		err = fmt.Errorf("%w: %w", ErrCommitUnknown, err)
	}
	return err
}

// The settings that row-level security reads: the user, or the users, of the transaction.
const (
	userSetting  = "app.user_id"
	usersSetting = "app.user_ids"
)

// beginWith returns what begins a transaction and binds it to its user or users, in one round
// trip: these two can't be a pipeline, since pgx begins by a text without arguments.
func beginWith(conn *pgconn.PgConn, setting, value string) (string, error) {
	literal, err := conn.EscapeString(value)
	if err == nil && strings.ContainsRune(value, 0) {
		err = errors.New("a zero byte ends a text")
	}
	if err != nil {
		return "", fmt.Errorf("bind the transaction to its user: %w", err)
	}
	return "begin; select set_config('" + setting + "', '" + literal + "', true)", nil
}

// isNetworkError recognises a connection that was cut under a statement.
func isNetworkError(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}
