package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Pipeline collects statements that need nothing of each other's results, so that they
// are sent in one round trip. Its methods queue: one that returns a row returns a zero
// one, one that returns many none, one that returns a count 0.
// They run in order, and none after one that failed.
type Pipeline struct {
	*Queries

	batch   pgx.Batch
	kinds   []statementKind
	commits bool
}

// statementKind says what is done with the result of a statement.
type statementKind int

const (
	anyRows statementKind = iota
	oneRow                // it must have a row
)

// NewPipeline returns an empty pipeline.
func NewPipeline() *Pipeline {
	p := &Pipeline{}
	p.Queries = New(queueing{p})
	return p
}

// ThenCommit makes the pipeline end its transaction, in the same round trip. Nothing may depend on the counts of its
// statements: what must not be committed has to be an error of the database. An error of the pipeline wraps
// ErrCommitUnknown if the database has not answered.
func (p *Pipeline) ThenCommit() {
	p.add(commit, nil, anyRows)
	p.commits = true
}

// Run sends the statements through q and returns how many rows each has, in order; with an
// error, those before the one that failed. It wraps pgx.ErrNoRows if one that returns a row
// has none.
func (p *Pipeline) Run(ctx context.Context, q *Queries) (counts []int64, err error) {
	results, err := p.send(ctx, q)
	if err != nil {
		return nil, err
	}
	counts, err = p.take(results, len(p.kinds))
	return counts, p.ended(errors.Join(err, results.Close()))
}

// ended is the error of a pipeline that was sent.
func (p *Pipeline) ended(err error) error {
	if p.commits {
		return committed(err)
	}
	return err
}

// RunToLast is Run for a pipeline whose last statement, which read calls again, returns its result. ThenCommit comes
// after that.
func (p *Pipeline) RunToLast(ctx context.Context, q *Queries, read func(*Queries) error) error {
	results, err := p.send(ctx, q)
	if err != nil {
		return err
	}
	last := len(p.kinds) - 1
	if p.commits {
		last--
	}
	if _, err = p.take(results, last); err == nil {
		err = read(New(replies{results}))
	}
	return p.ended(errors.Join(err, results.Close()))
}

// take takes the results of the first n statements.
func (p *Pipeline) take(results pgx.BatchResults, n int) (counts []int64, err error) {
	for i, kind := range p.kinds[:n] {
		tag, err := results.Exec()
		if err == nil && kind == oneRow && tag.RowsAffected() == 0 {
			err = pgx.ErrNoRows
		}
		if err != nil {
			return counts, fmt.Errorf("%s: %w", statementName(p.batch.QueuedQueries[i].SQL), err)
		}
		counts = append(counts, tag.RowsAffected())
	}
	return counts, nil
}

// RunAsUser is Run in a transaction of its own that is bound to userID's rows, all in one round trip.
// Conflicts repeat it, as those of InTx.
func (p *Pipeline) RunAsUser(ctx context.Context, pool *pgxpool.Pool, userID string) (counts []int64, err error) {
	err = repeatConflicts(ctx, func() (err error) {
		counts, err = p.Run(ctx, AsUser(pool, userID))
		return err
	})
	return counts, err
}

// Read sends the statements through q. The methods of what read gets return their
// results, in the order in which they were queued.
func (p *Pipeline) Read(ctx context.Context, q *Queries, read func(*Queries) error) error {
	results, err := p.send(ctx, q)
	if err != nil {
		return err
	}
	err = read(New(replies{results}))
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return err
}

func (p *Pipeline) send(ctx context.Context, q *Queries) (pgx.BatchResults, error) {
	conn, ok := q.conn.(interface {
		SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	})
	if !ok {
		return nil, errors.New("statements can't be sent together through another pipeline")
	}
	return conn.SendBatch(ctx, &p.batch), nil
}

// queueing is what the statements of a pipeline are queued through.
type queueing struct{ p *Pipeline }

func (p *Pipeline) add(sql string, args []any, kind statementKind) {
	p.batch.Queue(sql, args...)
	p.kinds = append(p.kinds, kind)
}

func (c queueing) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	c.p.add(sql, args, anyRows)
	return pgconn.CommandTag{}, nil
}

func (c queueing) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	c.p.add(sql, args, oneRow)
	return queuedRow{}
}

func (c queueing) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	c.p.add(sql, args, anyRows)
	return noRows{}, nil
}

// noRows are the rows of a statement that was only queued.
type noRows struct{ pgx.Rows }

func (noRows) Next() bool { return false }
func (noRows) Err() error { return nil }
func (noRows) Close()     {}

// queuedRow leaves what it is scanned into as it is.
type queuedRow struct{}

func (queuedRow) Scan(...any) error { return nil }

// replies are the results of a pipeline, one after the other.
type replies struct{ results pgx.BatchResults }

func (r replies) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return r.results.Exec()
}

func (r replies) QueryRow(context.Context, string, ...any) pgx.Row { return r.results.QueryRow() }

func (r replies) Query(context.Context, string, ...any) (pgx.Rows, error) { return r.results.Query() }
