package jobs

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// crash is the tracer of a pool that breaks the connection at one statement: its
// backend is terminated before the statement, or the answer to it is lost.
type crash struct {
	killer *pgxpool.Pool
	lose   bool
	// left counts down to the statement while it is positive.
	left atomic.Int64
}

// TraceQueryStart implements pgx.QueryTracer.
func (c *crash) TraceQueryStart(ctx context.Context, conn *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return c.next(ctx, conn)
}

// TraceBatchStart implements pgx.BatchTracer. The statements of a batch are sent at once:
// what becomes of them is what becomes of the transaction.
func (c *crash) TraceBatchStart(ctx context.Context, conn *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return c.next(ctx, conn)
}

func (c *crash) next(ctx context.Context, conn *pgx.Conn) context.Context {
	if c.left.Load() <= 0 || c.left.Add(-1) > 0 {
		return ctx
	}
	if lossy, ok := conn.PgConn().Conn().(*lossyConn); ok && c.lose {
		lossy.lost.Store(true)
		return ctx
	}
	var gone bool
	err := c.killer.QueryRow(ctx, "select pg_terminate_backend($1, 5000)", conn.PgConn().PID()).Scan(&gone)
	if err != nil || !gone {
		panic(fmt.Sprint("the backend was not terminated: ", err))
	}
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*crash) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchQuery implements pgx.BatchTracer.
func (*crash) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (*crash) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// lossyConn loses what the server answers.
type lossyConn struct {
	net.Conn
	lost atomic.Bool
}

func (c *lossyConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == nil && c.lost.Load() { // it has done what it was asked
		return 0, io.EOF
	}
	return n, err
}

// crashing returns a pool of one connection and what breaks it.
func (b *bundle) crashing(lose bool) (*pgxpool.Pool, *crash) {
	b.t.Helper()
	killer, err := pgxpool.New(b.t.Context(), b.db.URL)
	require.NoError(b.t, err)
	b.t.Cleanup(killer.Close)
	c := &crash{killer: killer, lose: lose}
	cfg := b.db.App.Config()
	cfg.MaxConns, cfg.ConnConfig.Tracer = 1, c
	cfg.ConnConfig.ConnectTimeout = time.Minute
	dial := cfg.ConnConfig.DialFunc
	cfg.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		return &lossyConn{Conn: conn}, err
	}
	pool, err := pgxpool.NewWithConfig(b.t.Context(), cfg)
	require.NoError(b.t, err)
	b.t.Cleanup(pool.Close)
	return pool, c
}

// crashCase is a transaction that crashes between every two of its statements.
type crashCase struct {
	prepare func(b *bundle) onboarding.Submission
	act     func(b *bundle, pool *pgxpool.Pool, s onboarding.Submission) error
	// recovers is what happens after the crash.
	recovers func(b *bundle, s onboarding.Submission)
	// submissions and ends are how many the user has in the end, and how often one of
	// them ended completed or failed.
	submissions, ends int
	// mayFail says that the work itself failed, if its end was committed.
	mayFail bool
	// statements are at least in the transaction.
	statements int
}

var crashCases = map[string]crashCase{
	"submit": {
		prepare: func(*bundle) (none onboarding.Submission) { return none },
		act:     submitOther, recovers: submitsAgain, submissions: 1, ends: 1, statements: 3,
	},
	"submit that supersedes": {
		prepare: func(b *bundle) onboarding.Submission { return b.website("example.com") },
		act:     submitOther, recovers: submitsAgain, submissions: 2, ends: 1, statements: 6,
	},
	"completion": {
		prepare: (*bundle).taken, recovers: swept, submissions: 1, ends: 1, statements: 3,
		act: func(b *bundle, pool *pgxpool.Pool, s onboarding.Submission) error { return b.ends(pool, s, nil) },
	},
	"failure": {
		prepare: (*bundle).taken, recovers: swept, submissions: 1, ends: 1, statements: 3, mayFail: true,
		act: func(b *bundle, pool *pgxpool.Pool, s onboarding.Submission) error { return b.ends(pool, s, broken) },
	},
	"recovery": {
		prepare: (*bundle).taken, recovers: swept, submissions: 1, ends: 1, statements: 6,
		act: func(b *bundle, pool *pgxpool.Pool, s onboarding.Submission) error {
			sweeper := b.sweeper()
			sweeper.Pool = pool
			return sweeper.Tick(b.t.Context()) // which logs what it could not replace
		},
	},
	"hand-back": {
		prepare: (*bundle).taken, recovers: swept, submissions: 1, ends: 1, statements: 5,
		act: func(b *bundle, pool *pgxpool.Pool, s onboarding.Submission) error {
			return b.claim(s, pool).HandBack(b.t.Context(), b.endRow(s.JobID))
		},
	},
	"replay": {
		prepare: (*bundle).dies, submissions: 2, ends: 2, statements: 9,
		act: func(b *bundle, pool *pgxpool.Pool, s onboarding.Submission) error {
			submit, err := flow.NewSubmitter(pool, b.db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
			require.NoError(b.t, err)
			_, err = (&bulk.DeadJobs{All: b.db.System, Changer: &submit.Changer}).Replay(b.t.Context(), "ops", s.ID)
			return err
		},
		recovers: func(b *bundle, s onboarding.Submission) {
			assert.Contains(b.t, []bulk.ReplayOutcome{bulk.Replayed, bulk.AlreadyReplayed}, b.replay(s.ID).Outcome)
		},
	},
}

func submitOther(b *bundle, pool *pgxpool.Pool, _ onboarding.Submission) error {
	submitter, err := flow.NewSubmitter(pool, b.db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(b.t, err)
	_, err = submitter.SubmitWebsite(b.t.Context(), b.user, onboarding.WebsiteInput{Website: "example.org"})
	return err
}

// submitsAgain is a user whose request was not answered.
func submitsAgain(b *bundle, _ onboarding.Submission) { b.website("example.org") }

// taken is a submission whose job was taken by a worker that is dead by now.
func (b *bundle) taken() onboarding.Submission {
	b.t.Helper()
	s := b.website("example.com")
	b.db.Exec(b.t, `update river_job set state = 'running', attempt = 1, attempted_at = now() - interval '1 minute',
		attempted_by = array['ghost'] where id = $1`, s.JobID)
	return s
}

// ends ends a submission as its worker does.
func (b *bundle) ends(pool *pgxpool.Pool, s onboarding.Submission, failure *onboarding.Failure) error {
	b.t.Helper()
	row := &rivertype.JobRow{
		ID: s.JobID, AttemptedAt: pgtest.One[*time.Time](b.t, b.db, "select attempted_at from river_job where id = $1", s.JobID),
	}
	return b.claim(s, pool).Finish(b.t.Context(), flow.Ending{Failure: failure, Result: anyResult(b.t, s), Row: row})
}

// endRow ends a job as a worker does, if it runs.
func (b *bundle) endRow(jobID int64) flow.EndJob {
	return func(ctx context.Context, tx pgx.Tx) error {
		var began *time.Time
		err := b.db.System.QueryRow(ctx, "select attempted_at from river_job where id = $1", jobID).Scan(&began)
		if err == nil {
			_, err = tx.Exec(ctx, "select complete_jobs(array[$1::bigint], array[$2::timestamptz])", jobID, began)
		}
		return err
	}
}

// swept is what the other workers do.
func swept(b *bundle, _ onboarding.Submission) {
	b.t.Helper()
	sweeper := b.sweeper()
	require.Eventually(b.t, func() bool { // locks may be held until the server notices the crash
		require.NoError(b.t, sweeper.Tick(b.t.Context()))
		lost, err := system.New(b.db.System).ListLostJobs(b.t.Context(), flow.DeadAfter.Seconds())
		return err == nil && len(lost) == 0
	}, 20*time.Second, 10*time.Millisecond)
}

// Whatever transaction crashes, before whichever statement, and whether or not the answer
// to its commit arrives: what follows leads to one effect.
func TestCrashBetweenEveryTwoStatements(t *testing.T) { // before the parallel ones: they wait for seconds that count
	for name, test := range crashCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			users := 0
			for _, lose := range []bool{false, true} {
				statements := b.crashAtEach(test, lose, &users)
				assert.GreaterOrEqual(t, statements, test.statements, "the transaction has that many statements")
				t.Logf("crashed at %d statements", statements)
			}
			b.worker(onePage)
			b.oneEffect(users, test)
		})
	}
}

// crashAtEach crashes at one statement after the other, each with another user, until
// there is none left, and returns how many there are.
func (b *bundle) crashAtEach(test crashCase, lose bool, users *int) (statements int) {
	b.t.Helper()
	pool, c := b.crashing(lose)
	for ; ; statements++ {
		user := b.as(b.t, fmt.Sprintf("user_%d", *users))
		*users++
		s := test.prepare(user)
		require.NoError(b.t, pool.Ping(b.t.Context()))
		c.left.Store(int64(statements + 1))
		err := test.act(user, pool, s)
		if c.left.Swap(0) > 0 {
			require.NoError(b.t, err, "nothing crashed")
			return statements
		}
		test.recovers(user, s)
	}
}

// oneEffect waits until everything has ended and checks that it did once.
func (b *bundle) oneEffect(users int, test crashCase) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from submissions where status = 'in_progress'") == 0 &&
			pgtest.One[int](b.t, b.db, "select count(*) from river_job where args ? 'submission_id' and finalized_at is null") == 0
	}, 60*time.Second, 20*time.Millisecond, "not everything ends")
	for i := range users {
		user := b.as(b.t, fmt.Sprintf("user_%d", i))
		what := fmt.Sprintf("crash number %d", i+1)
		assert.Equal(b.t, test.submissions,
			pgtest.One[int](b.t, b.db, "select count(*) from submissions where user_id = $1 and step = 2", user.user), what)
		assert.Equal(b.t, test.ends, pgtest.One[int](b.t, b.db,
			`select count(*) from step_events where user_id = $1 and status in ('completed', 'failed')`, user.user), what)
		assert.Equal(b.t, user.session().Version,
			pgtest.One[int64](b.t, b.db, "select count(*) from step_events where user_id = $1", user.user), what)
		results := 1
		if step := user.websiteStep(); step.Status == onboarding.StepFailed && test.mayFail {
			results = 0
		} else {
			assert.Equal(b.t, onboarding.StepCompleted, step.Status, what)
		}
		assert.Equal(b.t, results, pgtest.One[int](b.t, b.db, "select count(*) from website_analyses where user_id = $1", user.user), what)
		assert.Equal(b.t, test.ends-results,
			pgtest.One[int](b.t, b.db, "select count(*) from dead_jobs where user_id = $1", user.user), what)
	}
	found, err := b.doctor().Examine(b.t.Context())
	require.NoError(b.t, err)
	assert.Empty(b.t, found)
}
