package postgres_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
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

// What a user's transaction does to the queue reaches no other user's work: held work, jobs of submissions and items of
// bulk operations stay, and so do runs of jobs that are not named. The tables themselves stay closed.
func TestTheQueueIsReachedByFunctionsOnly(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ann, err := postgres.Session(t.Context(), db.App, "ann")
	require.NoError(t, err)
	db.Exec(t, `with j as (
			insert into river_job (kind, args, queue, max_attempts, state) values ('website_analysis', '{}', 'network', 4, 'pending') returning id
		)
		insert into submissions (id, session_id, user_id, kind, input, job_id, network, held, phase, message)
		select $1, $1, 'ann', 'website_analysis', '{}', id, true, true, 'queued', '' from j`, ann.ID)
	db.Exec(t, `with o as (insert into bulk_operations (id, kind, actor, total) values ($1, 'reset', 'ops', 1) returning id)
		insert into bulk_items (operation_id, position, user_id) select id, 1, 'ann' from o`, ann.ID)
	const state = `select (select string_agg(state::text, ' ') from river_job) || ' ' || (select count(*) from bulk_items)`
	touch := func(user string) {
		p := postgres.NewPipeline()
		_ = p.ReleaseHeld(t.Context(), app.ReleaseHeldParams{SessionID: ann.ID, Share: 2, Messages: []byte("{}")})
		_ = p.ForgetOwnBulkItems(t.Context())
		_, _ = p.CompleteJobs(t.Context(), app.CompleteJobsParams{Ids: []int64{1}, AttemptedAts: []time.Time{time.Now()}})
		_, err := p.RunAsUser(t.Context(), db.App, user)
		require.NoError(t, err)
	}
	touch("bob")
	require.NoError(t, postgres.AsUser(db.App, "bob").ForgetOwnJobs(t.Context()))
	assert.Equal(t, "pending 1", pgtest.One[string](t, db, state), "another user's")
	touch("ann")
	assert.Equal(t, "available 0", pgtest.One[string](t, db, state), "the user's own")
	require.NoError(t, postgres.AsUser(db.App, "ann").ForgetOwnJobs(t.Context()))
	assert.Zero(t, pgtest.One[int](t, db, "select count(*) from river_job"))
	for _, table := range []string{"river_job", "upstream_limits", "bulk_operations"} {
		_, err := db.App.Exec(t.Context(), "select from "+table)
		assert.True(t, postgres.HasState(err, "42501"), "%s: %v", table, err)
	}
}
