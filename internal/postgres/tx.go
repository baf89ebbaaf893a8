package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrCommitUnknown means that it is not known whether a transaction was committed.
var ErrCommitUnknown = errors.New("the answer to the commit was lost")

// within runs do in a transaction that begins, bound to a user or users, with the first statements of do, in the
// same round trip. It commits after do, unless a pipeline of do has committed.
func within(ctx context.Context, pool *pgxpool.Pool, binding statement, do func(pgx.Tx, *Queries) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Release() // closes the connection if the rollback has failed
	tx := &lateTx{conn: conn.Conn(), first: []statement{{sql: "begin"}, binding}}
	defer func() { _ = tx.Rollback(ctx) }() // does nothing after a commit
	if err := do(tx, New(tx)); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// lateTx is a transaction on a connection that begins with its first statements.
type lateTx struct {
	conn  *pgx.Conn
	first []statement // nil once they are sent
}

// sender is what the next statements are sent through.
func (tx *lateTx) sender() interface {
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
} {
	if tx.first == nil {
		return tx.conn
	}
	bound := boundConn{conn: tx.conn, before: tx.first}
	tx.first = nil
	return bound
}

// open reports whether the transaction has begun and neither been committed nor rolled back.
func (tx *lateTx) open() bool { return tx.first == nil && tx.conn.PgConn().TxStatus() != 'I' }

// Commit implements pgx.Tx.
func (tx *lateTx) Commit(ctx context.Context) error {
	if !tx.open() {
		return nil
	}
	tag, err := tx.conn.Exec(ctx, commit)
	if err == nil && tag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
	}
	return committed(err)
}

const commit = "commit"

// committed returns the error of a commit, or of the statements that were sent with it: unless the database has
// answered, the transaction may have been committed.
func committed(err error) error {
	if _, answered := errors.AsType[*pgconn.PgError](err); err == nil || answered {
		return err
	}
	return fmt.Errorf("%w: %w", ErrCommitUnknown, err)
}

// Rollback implements pgx.Tx.
func (tx *lateTx) Rollback(ctx context.Context) error {
	if !tx.open() {
		return nil
	}
	_, err := tx.conn.Exec(ctx, "rollback")
	return err
}

// SendBatch implements pgx.Tx.
func (tx *lateTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return tx.sender().SendBatch(ctx, batch)
}

// Exec implements pgx.Tx.
func (tx *lateTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return tx.sender().Exec(ctx, sql, args...)
}

// Query implements pgx.Tx.
func (tx *lateTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return tx.sender().Query(ctx, sql, args...)
}

// QueryRow implements pgx.Tx.
func (tx *lateTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return tx.sender().QueryRow(ctx, sql, args...)
}

// Conn implements pgx.Tx.
func (tx *lateTx) Conn() *pgx.Conn { return tx.conn }

// Begin implements pgx.Tx. There are no savepoints.
func (*lateTx) Begin(context.Context) (pgx.Tx, error) { return nil, errors.ErrUnsupported }

// CopyFrom implements pgx.Tx. It is not supported.
func (*lateTx) CopyFrom(context.Context, pgx.Identifier, []string, pgx.CopyFromSource) (int64, error) {
	return 0, errors.ErrUnsupported
}

// LargeObjects implements pgx.Tx.
func (*lateTx) LargeObjects() pgx.LargeObjects { return pgx.LargeObjects{} }

// Prepare implements pgx.Tx. It is not supported.
func (*lateTx) Prepare(context.Context, string, string) (*pgconn.StatementDescription, error) {
	return nil, errors.ErrUnsupported
}
