package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
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

// repeatable calls do, and again after a conflict if the statement is a transaction of its own.
func (c boundConn) repeatable(ctx context.Context, do func() error) error {
	if _, alone := c.conn.(*pgxpool.Pool); !alone {
		return do()
	}
	return repeatConflicts(ctx, do)
}

func (c boundConn) Exec(ctx context.Context, sql string, args ...any) (tag pgconn.CommandTag, err error) {
	err = c.repeatable(ctx, func() (err error) {
		results := c.send(ctx, sql, args)
		tag, err = results.Exec()
		return errors.Join(err, results.Close())
	})
	return tag, err
}

func (c boundConn) Query(ctx context.Context, sql string, args ...any) (rows pgx.Rows, err error) {
	err = c.repeatable(ctx, func() error {
		results := c.send(ctx, sql, args)
		all, err := results.Query()
		if err != nil {
			return errors.Join(err, results.Close())
		}
		begun := &batchRows{Rows: all, results: results, ahead: true, first: all.Next()}
		if err := all.Err(); err != nil {
			begun.Close()
			return err
		}
		rows = begun
		return nil
	})
	return rows, err
}

func (c boundConn) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	row := batchRow{ctx: ctx, conn: c, sql: sql, args: args}
	if _, alone := c.conn.(*pgxpool.Pool); !alone { // what follows in the transaction must not overtake it
		row.sent = c.send(ctx, sql, args)
	}
	return row
}

// batchRows closes the batch, which frees the connection, with the rows. It has read the first row ahead, so that a
// conflict shows before anything is returned.
type batchRows struct {
	pgx.Rows
	results      pgx.BatchResults
	ahead, first bool
}

// Next implements pgx.Rows.
func (r *batchRows) Next() bool {
	if r.ahead {
		r.ahead = false
		return r.first
	}
	return r.Rows.Next()
}

func (r *batchRows) Close() {
	r.Rows.Close()
	_ = r.results.Close()
}

// batchRow sends the statement of a transaction of its own when the row is read, and again after a conflict.
type batchRow struct {
	ctx  context.Context //nolint:containedctx // of the call that the row is of
	conn boundConn
	sql  string
	args []any
	sent pgx.BatchResults // nil if it is still to be sent
}

func (r batchRow) Scan(dest ...any) error {
	return r.conn.repeatable(r.ctx, func() error {
		results := r.sent
		if results == nil {
			results = r.conn.send(r.ctx, r.sql, r.args)
		}
		err := results.QueryRow().Scan(dest...)
		if closeErr := results.Close(); err == nil {
			err = closeErr
		}
		return err
	})
}
