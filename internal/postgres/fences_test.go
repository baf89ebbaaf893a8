package postgres_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// A ticket is issued by its user only, is redeemed once, by who has it, before it expires, and is seen
// by no other user.
func TestTickets(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	expires := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	require.NoError(t, postgres.IssueTicket(t.Context(), db.App, "ann's", "ann", time.Minute, expires))
	require.NoError(t, postgres.IssueTicket(t.Context(), db.App, "bob's", "bob", time.Minute, expires))
	require.NoError(t, postgres.IssueTicket(t.Context(), db.App, "expired", "bob", -time.Minute, expires))
	err := postgres.AsUser(db.App, "eve").CreateStreamTicket(t.Context(), app.CreateStreamTicketParams{
		Hash: make([]byte, 32), UserID: "ann", ValidSeconds: 60, TokenExpiresAt: expires,
	})
	require.ErrorContains(t, err, "row-level security")
	require.NoError(t, postgres.InTx(t.Context(), db.App, "eve", func(tx pgx.Tx, _ *postgres.Queries) error {
		for _, sql := range []string{"select from stream_tickets", "delete from stream_tickets"} {
			tag, err := tx.Exec(t.Context(), sql)
			require.NoError(t, err)
			assert.Zero(t, tag.RowsAffected(), sql)
		}
		return nil
	}))
	for _, ticket := range []string{"nobody's", "", "expired"} {
		_, _, err := postgres.RedeemTicket(t.Context(), db.App, ticket)
		require.ErrorIs(t, err, onboarding.ErrNotFound, ticket)
	}
	var redeemed atomic.Int64
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			user, until, err := postgres.RedeemTicket(t.Context(), db.App, "ann's")
			if err == nil {
				redeemed.Add(1)
				assert.Equal(t, "ann", user)
				assert.WithinDuration(t, expires, until, 0)
			}
		})
	}
	group.Wait()
	assert.EqualValues(t, 1, redeemed.Load())
	assert.Equal(t, []string{"bob"}, pgtest.One[[]string](t, db, "select array_agg(user_id) from stream_tickets"))
}

// Tickets that nobody redeemed are deleted with the next that is issued, whose ever it is.
func TestOldTicketsAreDeleted(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, user := range []string{"ann", "bob"} {
		require.NoError(t, postgres.IssueTicket(t.Context(), db.App, user, user, -time.Minute, time.Now()))
	}
	require.NoError(t, postgres.IssueTicket(t.Context(), db.App, "new", "carol", time.Minute, time.Now()))
	assert.Equal(t, []string{"carol"}, pgtest.One[[]string](t, db, "select array_agg(user_id) from stream_tickets"))
}

// A statement of the system role within a user's transaction leaves that as it was, also one that
// fails, and so does one on a pool.
func TestTheSystemRoleEnds(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, user := range []string{"ann", "bob"} {
		_, err := postgres.Session(t.Context(), db.App, user)
		require.NoError(t, err)
	}
	const sessions = "select count(*) from onboarding_sessions"
	count := func(q interface {
		QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	},
	) (n int) {
		require.NoError(t, q.QueryRow(t.Context(), sessions).Scan(&n))
		return n
	}
	conn, err := db.App.Acquire(t.Context())
	require.NoError(t, err)
	defer conn.Release()
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "select set_config('app.user_id', 'ann', true)")
	require.NoError(t, err)
	assert.Equal(t, 1, count(tx))
	assert.Equal(t, 2, count(postgres.SystemTx(tx)))
	assert.Equal(t, 1, count(tx), "within the transaction")
	failing, err := tx.Begin(t.Context())
	require.NoError(t, err)
	_, err = postgres.SystemTx(failing).Exec(t.Context(), "select 1 / 0")
	require.Error(t, err)
	require.NoError(t, failing.Rollback(t.Context()))
	assert.Equal(t, 1, count(tx), "after one that has failed")

	p := postgres.NewPipeline()
	_ = p.System.DeleteBulkItems(t.Context(), "ann")
	_, _ = p.HasSession(t.Context(), "bob")
	rows, err := p.Run(t.Context(), postgres.New(tx))
	require.NoError(t, err)
	assert.Equal(t, []int64{0, 1}, rows, "the changes of the role are not counted")
	assert.Equal(t, 1, count(tx), "after a pipeline")
	require.ErrorContains(t, p.Read(t.Context(), postgres.New(tx), nil), "can't be read")
	require.NoError(t, tx.Commit(t.Context()))
	assert.Zero(t, count(conn))
}

// Statements on a pool of the app role may be made as the system role; the next is the app role's.
func TestThePoolKeepsItsRole(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	config := db.App.Config()
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	for range 3 {
		_, err := postgres.AsSystem(pool).DeleteOldLimits(t.Context())
		require.NoError(t, err)
		_, err = pool.Exec(t.Context(), "select from upstream_limits")
		assert.True(t, postgres.HasState(err, "42501"), "%v", err)
	}
}
