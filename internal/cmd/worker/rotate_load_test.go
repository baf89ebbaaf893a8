package worker

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/seal"
)

// While keys are sealed again, users go on to store keys, by processes with the old primary key and with the new
// one, and workers open what they read. Nothing is lost, and each key opens at every moment.
func TestRotateKeysUnderLoad(t *testing.T) {
	t.Parallel()
	_, ring := rotatedRing(t)
	const n = 24
	s := storeKeys(t, pgtest.New(t), ring.old, n)
	var done atomic.Bool
	var users sync.WaitGroup
	last := make([]string, n)
	for i := range n {
		last[i] = s.key(i)
		users.Go(func() {
			for round := 0; !done.Load() || round < 3; round++ {
				if i%2 == 0 { // the others only read
					last[i] = fmt.Sprintf("sk-%d-%d", i, round)
					s.set(t, i, s.seal(t, []*seal.Ring{ring.old, ring.new}[round%2], i, last[i]))
				}
				assert.Equal(t, last[i], s.opened(t, ring.new, i))
			}
		})
	}
	for range 5 {
		require.NoError(t, s.rotation(ring.new, 5).run(t.Context()))
	}
	done.Store(true)
	users.Wait()
	require.NoError(t, s.rotation(ring.new, 5).run(t.Context()))
	assert.Equal(t, n, s.renewed(t, ring.new))
	for i := range n {
		assert.Equal(t, last[i], s.opened(t, ring.new, i))
	}
}
