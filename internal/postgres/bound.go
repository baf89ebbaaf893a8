package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// The setting that binds statements to a user, until the transaction ends.
const (
	setUser     = "select set_config('app.user_id', $1, true)"
	setUsers    = "select set_config('app.user_ids', $1, true)"
	setJobUsers = "select set_config('app.user_ids', coalesce(submission_users($1, $2)::text, ''), true)"
)

// statement is one with its arguments.
type statement struct {
	sql  string
	args []any
}

// boundConn sends every statement in one round trip with the one that binds it to a user, whose rows
// row-level security then shows.
type boundConn struct {
	conn interface {
		SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
	}
	before []statement
}

// SendBatch sends the statements of batch, see Pipeline.
func (c boundConn) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	bound := &pgx.Batch{}
	for _, s := range c.before {
		bound.Queue(s.sql, s.args...)
	}
	bound.QueuedQueries = append(bound.QueuedQueries, batch.QueuedQueries...)
	results := c.conn.SendBatch(ctx, bound)
	for range c.before { // an error here returns with the first statement's own result
		_, _ = results.Exec()
	}
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
