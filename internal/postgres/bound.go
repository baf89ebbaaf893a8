package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/alwrity/onboarding/internal/postgres/system"
)

// What a statement is bound to, until its transaction ends.
const (
	setUser    = "select set_config('app.user_id', $1, true)"
	setJobUser = "select set_config('app.user_id', coalesce(submission_user($1, $2), ''), true)"
	setRole    = "select set_config('role', $1, true)"
)

// AsSystem returns the statements that see all rows, on a pool of the app role. Each call is one
// round trip and one implicit transaction of its own.
func AsSystem(pool *pgxpool.Pool) *system.Queries {
	return system.New(boundConn{conn: pool, before: statement{setRole, []any{RoleSystem}}})
}

// SystemTx returns a user's transaction for statements that the app role may not make: those of
// the queue and of package system. Each is sent with the change of the role and its return.
func SystemTx(tx pgx.Tx) pgx.Tx {
	return systemTx{Tx: tx, bound: boundConn{
		conn: tx, before: statement{setRole, []any{RoleSystem}}, after: statement{setRole, []any{RoleApp}},
	}}
}

type systemTx struct {
	pgx.Tx
	bound boundConn
}

func (tx systemTx) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return tx.bound.SendBatch(ctx, batch)
}

func (tx systemTx) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	return tx.bound.Exec(ctx, sql, args...)
}

func (tx systemTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return tx.bound.Query(ctx, sql, args...)
}

func (tx systemTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return tx.bound.QueryRow(ctx, sql, args...)
}

// statement is one with its arguments.
type statement struct {
	sql  string
	args []any
}

// boundConn sends every statement in one round trip with those that bind it: to a user, whose rows
// row-level security then shows, or to a role.
type boundConn struct {
	conn interface {
		SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
	}
	before, after statement // after may be empty
}

// SendBatch sends the statements of batch, see Pipeline.
func (c boundConn) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	bound := &pgx.Batch{}
	bound.Queue(c.before.sql, c.before.args...)
	bound.QueuedQueries = append(bound.QueuedQueries, batch.QueuedQueries...)
	if c.after.sql != "" {
		bound.Queue(c.after.sql, c.after.args...)
	}
	results := c.conn.SendBatch(ctx, bound)
	// An error here returns with the first statement's own result.
	_, _ = results.Exec()
	return results
}

func (c boundConn) send(ctx context.Context, sql string, args []any) pgx.BatchResults {
	batch := &pgx.Batch{}
	batch.Queue(sql, args...)
	return c.SendBatch(ctx, batch)
}

func (c boundConn) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	results := c.send(ctx, sql, args)
	tag, err := results.Exec()
	return tag, errors.Join(err, results.Close())
}

func (c boundConn) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	results := c.send(ctx, sql, args)
	rows, err := results.Query()
	if err != nil {
		return nil, errors.Join(err, results.Close())
	}
	return batchRows{Rows: rows, results: results}, nil
}

func (c boundConn) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	results := c.send(ctx, sql, args)
	return batchRow{row: results.QueryRow(), results: results}
}

// batchRows closes the batch, which frees the connection, with the rows.
type batchRows struct {
	pgx.Rows
	results pgx.BatchResults
}

func (r batchRows) Close() {
	r.Rows.Close()
	_ = r.results.Close()
}

// batchRow closes the batch when the row has been read.
type batchRow struct {
	row     pgx.Row
	results pgx.BatchResults
}

func (r batchRow) Scan(dest ...any) error {
	err := r.row.Scan(dest...)
	if closeErr := r.results.Close(); err == nil {
		err = closeErr
	}
	return err
}
