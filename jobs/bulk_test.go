package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
)

// crowd makes users whose step 1 is skipped.
func (b *bundle) crowd(prefix string, n int) []string {
	b.t.Helper()
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprintf("%s-%d", prefix, i)
	}
	b.db.Exec(b.t, `with s as (
			insert into onboarding_sessions (id, user_id) select gen_random_uuid(), u from unnest($1::text[]) u returning id, user_id)
		insert into onboarding_steps (session_id, user_id, step, status)
		select s.id, s.user_id, n, case when n = 1 then 'skipped' else 'pending' end from s, generate_series(1, 6) n`, users)
	return users
}

func (b *bundle) bulk() *bulk.Operations { return &bulk.Operations{Pool: b.db.System} }

func (b *bundle) operation(kind bulk.Kind, users ...string) bulk.Operation {
	b.t.Helper()
	operation, err := b.bulk().Create(b.t.Context(), bulk.Request{Kind: kind, Actor: "ops", UserIDs: users})
	require.NoError(b.t, err)
	return operation
}

// operationEnds waits until an operation has ended and returns it.
func (b *bundle) operationEnds(id uuid.UUID) (operation bulk.Operation) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		var err error
		operation, err = b.bulk().Get(b.t.Context(), id)
		return err == nil && operation.Status != bulk.Running
	}, 60*time.Second, 20*time.Millisecond, "the operation does not end")
	return operation
}

// feeder returns one that is fed by hand.
func (b *bundle) feeder() *bulk.Feeder {
	b.t.Helper()
	client, err := queue.NewClient(b.db.System, slog.New(slog.DiscardHandler))
	require.NoError(b.t, err)
	return &bulk.Feeder{Pool: b.db.System, River: client, Log: slog.New(slog.DiscardHandler)}
}

func noCrawl(context.Context, int, onboarding.Crawl) (onboarding.Site, error) {
	return onboarding.Site{}, errors.New("boom")
}

func TestBulkOperationOfEachKind(t *testing.T) {
	t.Parallel()
	b := setup(t)
	users := append(b.crowd("ann", 3), "nobody")
	failed := b.crowd("bob", 1)
	b.db.Exec(b.t, "update onboarding_steps set status = 'failed', failure_code = 'page_empty' where step = 2 and user_id = $1",
		failed[0])
	operations := map[bulk.Kind]bulk.Operation{}
	b.worker(noCrawl)
	for _, kind := range []bulk.Kind{bulk.Reset, bulk.RebuildInputs} {
		operations[kind] = b.operationEnds(b.operation(kind, users...).ID)
	}
	operations[bulk.RetryFailed] = b.operationEnds(b.operation(bulk.RetryFailed, failed...).ID)
	operations[bulk.Delete] = b.operationEnds(b.operation(bulk.Delete, users...).ID)

	reset, rebuilt, retried, deleted := operations[bulk.Reset], operations[bulk.RebuildInputs],
		operations[bulk.RetryFailed], operations[bulk.Delete]
	assert.Equal(t, [3]int64{3, 0, 1}, [3]int64{reset.Done, reset.Unchanged, reset.Missing})
	assert.EqualValues(t, 4, rebuilt.Done+rebuilt.Unchanged+rebuilt.Missing)
	assert.EqualValues(t, 1, retried.Failed)
	assert.Equal(t, [3]int64{3, 0, 1}, [3]int64{deleted.Done, deleted.Unchanged, deleted.Missing})
	items, err := b.bulk().Items(t.Context(), retried.ID, "failed", 0, 10)
	require.NoError(t, err)
	require.Len(t, items, 1)
	assert.Equal(t, "nothing_to_retry", *items[0].Code)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from onboarding_sessions where user_id like 'ann%'"))
	assert.Equal(t, 3, pgtest.One[int](b.t, b.db, "select count(*) from audit_log where actor = 'ops' and action = 'account.delete'"))
}

// What is cancelled is not done; a job that had been queued for it finds nothing to
// do, and so does another feed.
func TestBulkCancel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	users := b.crowd("ann", 5)
	operation := b.operation(bulk.Delete, users...)
	require.NoError(t, b.feeder().Tick(t.Context()))
	cancelled, err := b.bulk().Cancel(t.Context(), operation.ID)
	require.NoError(t, err)
	assert.Equal(t, bulk.Cancelled, cancelled.Status)
	assert.EqualValues(t, 5, cancelled.Cancelled)
	require.NoError(t, b.feeder().Tick(t.Context()))
	b.worker(noCrawl)
	require.Eventually(t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from river_job where kind = 'bulk_item' and state = 'completed'") == 5
	}, 20*time.Second, 20*time.Millisecond)
	assert.Equal(t, 5, pgtest.One[int](b.t, b.db, "select count(*) from onboarding_sessions"))
	again, err := b.bulk().Cancel(t.Context(), operation.ID)
	require.NoError(t, err)
	assert.Equal(t, cancelled, again)
}

// An item whose job was lost is queued again with another job, and done once.
func TestBulkItemOfALostJobIsDoneOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	operation := b.operation(bulk.Reset, b.crowd("ann", 1)...)
	require.NoError(t, b.feeder().Tick(t.Context()))
	lost := pgtest.One[int64](b.t, b.db, "select job_id from bulk_items")
	b.db.Exec(b.t, "update river_job set state = 'discarded', finalized_at = now() where id = $1", lost)
	b.worker(noCrawl)
	ended := b.operationEnds(operation.ID)
	assert.EqualValues(t, 1, ended.Done)
	assert.NotEqual(t, lost, pgtest.One[int64](b.t, b.db, "select job_id from bulk_items"))
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from audit_log where action = 'onboarding.reset'"))

	b.db.Exec(b.t, "update river_job set state = 'running', finalized_at = null where id = $1", lost)
	item := bulkItem{
		ItemArgs: bulk.ItemArgs{OperationID: operation.ID, Position: 1}, userID: "ann-0",
		job: &rivertype.JobRow{ID: lost},
	}
	w := bulkItemWorker{changer: &b.submit.Changer, items: newBulkMetrics(prometheus.NewRegistry())}
	assert.ErrorIs(t, w.fail(t.Context(), item, flow.ErrBusy), onboarding.ErrSuperseded, "the lost job settles nothing")
}

// A locked session holds up its own item only, which then fails as busy or is done.
func TestBulkGoesOnBesideALockedSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	users := b.crowd("ann", 20)
	tx, err := b.db.System.Begin(t.Context())
	require.NoError(t, err)
	defer func() { _ = tx.Rollback(t.Context()) }() // else a failure would wait for its connection for ever
	_, err = tx.Exec(t.Context(), "select from onboarding_sessions where user_id = 'ann-0' for update")
	require.NoError(t, err)
	operation := b.operation(bulk.Reset, users...)
	cfg := b.config(noCrawl)
	cfg.BulkSlots = 2
	b.start(cfg)
	require.Eventually(t, func() bool {
		now, err := b.bulk().Get(t.Context(), operation.ID)
		return err == nil && now.Done == 19 && now.Queued == 1
	}, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, tx.Rollback(t.Context()))
	assert.EqualValues(t, 20, b.operationEnds(operation.ID).Done)
}
