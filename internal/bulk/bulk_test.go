package bulk

import (
	"fmt"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/queue"
)

// bundle is a test and its database.
type bundle struct {
	t  *testing.T
	db pgtest.Database
}

func (b *bundle) operations() *Operations { return &Operations{Pool: b.db.System} }

func (b *bundle) operation(kind Kind, users ...string) Operation {
	b.t.Helper()
	operation, err := b.operations().Create(b.t.Context(), Request{Kind: kind, Actor: "ops", UserIDs: users})
	require.NoError(b.t, err)
	return operation
}

func numbered(n int) []string {
	users := make([]string, n)
	for i := range users {
		users[i] = fmt.Sprint(i)
	}
	return users
}

// A large operation and two small ones share the window equally.
func TestBulkWindowIsSharedEqually(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	large := b.operation(Reset, numbered(5000)...)
	small := []Operation{b.operation(Reset, numbered(100)...), b.operation(Delete, numbered(100)...)}
	client, err := queue.NewClient(b.db.System, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	feeder := &Feeder{Pool: b.db.System, River: client, Log: slog.New(slog.DiscardHandler)}
	require.NoError(t, feeder.Tick(t.Context()))
	require.NoError(t, feeder.Tick(t.Context()), "a full window stays as it is")
	for _, o := range append(small, large) {
		now, err := b.operations().Get(t.Context(), o.ID)
		require.NoError(t, err)
		assert.InDelta(t, window/3, now.Queued, 1)
	}
	assert.Equal(t, window, pgtest.One[int](b.t, b.db, "select count(*) from river_job where queue = 'bulk'"))
}

func TestOldBulkOperationsAreDeleted(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	b.operation(Reset, "ann")
	b.db.Exec(b.t, "update bulk_operations set status = 'completed', finished_at = now() - interval '31 days'")
	_, err := system.New(b.db.System).DeleteOldBulkOperations(t.Context(), 30)
	require.NoError(t, err)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select count(*) from bulk_items"))
}

func TestBulkRequests(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	for name, req := range map[string]Request{
		"unknown kind": {Kind: "burn", UserIDs: []string{"ann"}},
		"no users":     {Kind: Reset},
		"twice":        {Kind: Reset, UserIDs: []string{"ann", "ann"}},
		"empty":        {Kind: Reset, UserIDs: []string{""}},
		"too many":     {Kind: Reset, UserIDs: numbered(MaxUsers + 1)},
	} {
		var input *onboarding.InputError
		_, err := b.operations().Create(t.Context(), req)
		assert.ErrorAs(t, err, &input, name)
	}
	req := Request{ID: uuid.New(), Kind: Reset, UserIDs: []string{"ann", "bob"}}
	for range 2 { // a repeated request is one operation
		operation, err := b.operations().Create(t.Context(), req)
		require.NoError(t, err)
		assert.EqualValues(t, 2, operation.Waiting)
	}
	listed, err := b.operations().List(t.Context(), 10)
	require.NoError(t, err)
	assert.Len(t, listed, 1)
	_, err = b.operations().Get(t.Context(), uuid.New())
	assert.ErrorIs(t, err, onboarding.ErrNotFound)
}
