package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
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
	return New(boundConn{conn: pool, before: []statement{{setUser, []any{userID}}}})
}

// asJobs is AsUser for the users of running submissions that name jobs: the same round trip looks the users up.
// What is no running submission of the job at the same place has no user.
func asJobs(pool *pgxpool.Pool, submissions []uuid.UUID, jobs []int64) *Queries {
	return New(boundConn{conn: pool, before: []statement{{setJobUsers, []any{submissions, jobs}}}})
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
	return within(ctx, pool, statement{setUser, []any{userID}}, do)
}

// InTxOfUsers runs do in one transaction bound to the rows of the named users. An error of do rolls back
// and is returned. The error wraps ErrCommitUnknown if the answer to the commit was lost.
func InTxOfUsers(ctx context.Context, pool *pgxpool.Pool, userIDs []string, do func(pgx.Tx, *Queries) error) error {
	named, err := pgtype.NewMap().Encode(pgtype.TextArrayOID, pgtype.TextFormatCode, userIDs, nil)
	if err != nil {
		return fmt.Errorf("name the users of a transaction: %w", err)
	}
	return within(ctx, pool, statement{setUsers, []any{string(named)}}, do)
}

// isNetworkError recognises a connection that was cut under a statement.
func isNetworkError(err error) bool {
	_, network := errors.AsType[net.Error](err)
	return network || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}
