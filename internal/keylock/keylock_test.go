package keylock

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAcquire(t *testing.T) {
	t.Parallel()
	var all Locks
	end, err := all.Acquire(t.Context(), "a")
	require.NoError(t, err)
	other, err := all.Acquire(t.Context(), "b")
	require.NoError(t, err)
	other()

	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	_, err = all.Acquire(ctx, "a")
	require.ErrorIs(t, err, gone)

	got := make(chan func())
	go func() {
		next, _ := all.Acquire(context.Background(), "a")
		got <- next
	}()
	select {
	case <-got:
		t.Fatal("two hold one lock")
	case <-time.After(20 * time.Millisecond):
	}
	end()
	(<-got)()
	assert.Empty(t, all.locks)
}
