package jobs

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// A user with one piece to compute waits for one piece of each other user, however many they have.
func TestUsersTakeTurnsAtTheProcessors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCPUs()
		c.free = 1
		require.NoError(t, c.acquire(t.Context(), "first"))
		var order []string
		begin := func(ctx context.Context, user string) {
			go func() {
				if c.acquire(ctx, user) == nil {
					order = append(order, user)
					c.release()
				}
			}()
			synctest.Wait()
		}
		for range 3 {
			begin(t.Context(), "ada")
		}
		begin(t.Context(), "ben")
		begin(t.Context(), "ben")
		left, leave := context.WithCancelCause(t.Context())
		begin(left, "carol")
		begin(t.Context(), "dan")
		leave(onboarding.ErrSuperseded)
		synctest.Wait()
		c.release()
		synctest.Wait()
		assert.Equal(t, "[ada ben dan ada ben ada]", fmt.Sprint(order))
		assert.Equal(t, 1, c.free)
		assert.Empty(t, c.turns)
		assert.Empty(t, c.waiting)
	})
}

func TestWhoStopsWaitingToComputeSaysWhy(t *testing.T) {
	t.Parallel()
	c := newCPUs()
	c.free = 0
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(onboarding.ErrSuperseded)
	require.ErrorIs(t, c.acquire(ctx, "ada"), onboarding.ErrSuperseded)
	c.release()
	assert.Equal(t, 1, c.free)
}

// Work that goes on after its context has ended is left behind, and does not keep its permit.
func TestComputingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	r := &run{cpus: newCPUs()}
	r.cpus.free = 1
	ctx, cancel := context.WithCancel(t.Context())
	endless, ended := make(chan struct{}), make(chan error)
	begun := make(chan struct{})
	go func() { ended <- r.compute(ctx, func() { close(begun); <-endless }) }()
	<-begun
	cancel()
	require.NoError(t, r.cpus.acquire(t.Context(), "other"))
	r.cpus.release()
	close(endless)
	require.NoError(t, <-ended)
	assert.Equal(t, 1, r.cpus.free)
}
