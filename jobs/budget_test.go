package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// budgetFile has what each operation may cost. make budgets writes it.
const budgetFile = "testdata/budgets.json"

const (
	budgetRuns = 20
	// budgetSlack is how much more allocations and bytes of WAL may be; the rest is exact.
	budgetSlack = 1.05
)

// cost is what an operation costs the database and this process: medians.
type cost struct {
	Statements  int64 `json:"statements"`
	RoundTrips  int64 `json:"round_trips"`
	Commits     int64 `json:"commits"`
	Allocations int64 `json:"allocations"`
	WALBytes    int64 `json:"wal_bytes"`
}

// costTracer counts what goes over the connections of a pool.
type costTracer struct{ statements, trips, commits atomic.Int64 }

func (c *costTracer) ended(conn *pgx.Conn) {
	if conn.PgConn().TxStatus() == 'I' {
		c.commits.Add(1)
	}
}

// TraceQueryStart implements pgx.QueryTracer.
func (c *costTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.statements.Add(1)
	c.trips.Add(1)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (c *costTracer) TraceQueryEnd(_ context.Context, conn *pgx.Conn, _ pgx.TraceQueryEndData) {
	c.ended(conn)
}

// TraceBatchStart implements pgx.BatchTracer.
func (c *costTracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.trips.Add(1)
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (c *costTracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {
	c.statements.Add(1)
}

// TraceBatchEnd implements pgx.BatchTracer.
func (c *costTracer) TraceBatchEnd(_ context.Context, conn *pgx.Conn, _ pgx.TraceBatchEndData) {
	c.ended(conn)
}

// budget measures operations on a server of its own, whose WAL nobody else writes.
type budget struct {
	*bundle

	tracer *costTracer
	owner  *pgx.Conn
}

func newBudget(t *testing.T) *budget {
	t.Helper()
	db := pgtest.NewAlone(t)
	owner, err := pgx.Connect(t.Context(), db.URL)
	require.NoError(t, err)
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	_, err = owner.Exec(t.Context(), "alter system set autovacuum = off")
	require.NoError(t, err)
	_, err = owner.Exec(t.Context(), "select pg_reload_conf()")
	require.NoError(t, err)
	b := &budget{tracer: &costTracer{}, owner: owner}
	db.App, db.System = b.pool(t, db.URL, postgres.RoleApp), b.pool(t, db.URL, postgres.RoleSystem)
	submitter, err := flow.NewSubmitter(db.App, db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	b.bundle = &bundle{t: t, db: db, submit: submitter, reg: prometheus.NewRegistry()}
	return b
}

// pool opens a pool of one connection that is counted.
func (b *budget) pool(t *testing.T, url, role string) *pgxpool.Pool {
	t.Helper()
	plain, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{Server: postgres.Server{URL: url}, Role: role, Name: "budget", MaxConns: 2})
	require.NoError(t, err)
	config := plain.Config()
	plain.Close()
	config.ConnConfig.Tracer = b.tracer
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// measure returns what do costs, each time for another user, whom prepare has prepared.
func (b *budget) measure(name string, prepare, do func()) cost {
	b.t.Helper()
	var all [5][]int64
	for i := range budgetRuns + 6 { // the first ones prepare statements
		b.user = fmt.Sprintf("%s-%d", name, i)
		prepare()
		_, err := b.owner.Exec(b.t.Context(), "checkpoint")
		require.NoError(b.t, err)
		before := b.now()
		do()
		after := b.now()
		for k := range all {
			if i >= 6 {
				all[k] = append(all[k], after[k]-before[k])
			}
		}
	}
	middle := func(k int) int64 { return slices.Sorted(slices.Values(all[k]))[budgetRuns/2] }
	return cost{middle(0), middle(1), middle(2), middle(3), middle(4)}
}

func (b *budget) now() (at [5]int64) {
	b.t.Helper()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	at = [5]int64{
		b.tracer.statements.Load(), b.tracer.trips.Load(), b.tracer.commits.Load(), int64(memory.Mallocs),
	}
	err := b.owner.QueryRow(b.t.Context(), "select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").Scan(&at[4])
	require.NoError(b.t, err)
	return at
}

// costs measures every operation that has a budget.
func (b *budget) costs() map[string]cost {
	ctx := b.t.Context()
	session := func() { b.session() }
	var submission onboarding.Submission
	var claim *flow.Claim
	var endings map[string]flow.Ending
	var submissions map[string]onboarding.Submission
	submitted := func() { submission = b.website("example.com") }
	return map[string]cost{
		"submit": b.measure("submit", session, submitted),
		"progress": b.measure("progress", func() { submitted(); claim = b.claim(submission, b.db.App) }, func() {
			require.NoError(b.t, claim.Enter(ctx, onboarding.PhaseCrawling))
		}),
		"complete": b.measure("complete", submitted, func() { b.end(submission, nil) }),
		"complete_20": b.measure("complete_20", func() { endings, submissions = b.imported(20) }, func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that all wait when the group is taken
			for _, err := range b.together(endings, submissions) {
				require.NoError(b.t, err)
			}
		}),
		"status": b.measure("status", session, session),
		"unchanged": b.measure("unchanged", session, func() {
			_, _, err := postgres.SessionMark(ctx, b.db.App, b.user, nil)
			require.NoError(b.t, err)
		}),
		"onboarding": b.measure("onboarding", session, func() { b.done(2, 3, 4, 5, 6); b.builds() }),
	}
}

// imported is imports for new users.
func (b *budget) imported(n int) (map[string]flow.Ending, map[string]onboarding.Submission) {
	endings, submissions := map[string]flow.Ending{}, map[string]onboarding.Submission{}
	for i := range n {
		user := b.as(b.t, fmt.Sprintf("%s-%d", b.user, i))
		submissions[user.user] = user.importAnalysis()
		endings[user.user] = flow.Ending{Result: anyResult(b.t, submissions[user.user])}
	}
	return endings, submissions
}

// Each operation costs what its budget allows. It runs by make check, alone and without the race detector.
//
//nolint:paralleltest // it counts the allocations of the process
func TestBudgets(t *testing.T) {
	mode := os.Getenv("BUDGETS")
	if mode == "" {
		t.Skip("make check runs it")
	}
	costs := newBudget(t).costs()
	if mode == "update" {
		document, err := json.MarshalIndent(costs, "", "  ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Clean(budgetFile), append(document, '\n'), 0o644))
		return
	}
	document, err := os.ReadFile(budgetFile)
	require.NoError(t, err)
	var budgets map[string]cost
	require.NoError(t, json.Unmarshal(document, &budgets))
	for name, budget := range budgets {
		is := costs[name]
		within(t, name, "statements", is.Statements, budget.Statements, 1)
		within(t, name, "round trips", is.RoundTrips, budget.RoundTrips, 1)
		within(t, name, "commits", is.Commits, budget.Commits, 1)
		within(t, name, "allocations", is.Allocations, budget.Allocations, budgetSlack)
		within(t, name, "bytes of WAL", is.WALBytes, budget.WALBytes, budgetSlack)
	}
}

func within(t *testing.T, name, what string, is, budget int64, slack float64) {
	t.Helper()
	assert.LessOrEqualf(t, float64(is), float64(budget)*slack,
		"%s: %d %s, %+.1f %% over the budget of %d (make budgets updates it)", name, is, what,
		100*float64(is-budget)/float64(max(budget, 1)), budget)
}
