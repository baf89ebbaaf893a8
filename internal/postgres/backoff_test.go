package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pool may try all its connections at once. While none succeeds the attempts that
// follow come further and further apart, and one that would have to wait for long fails.
func TestBackoff(t *testing.T) {
	t.Parallel()
	p, now := &backoff{free: 2}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var waits []time.Duration
	for range 9 {
		wait, err := p.begin(now)
		require.NoError(t, err)
		waits = append(waits, wait)
	}
	assert.Equal(t, []time.Duration{0, 0, 0, 50e6, 150e6, 350e6, 750e6, 1550e6, 2550e6}, waits)
	_, err := p.begin(now)
	var refused *backoffError
	require.ErrorAs(t, err, &refused)
	assert.True(t, Unavailable(err))
	wait, err := p.begin(now.Add(3 * time.Second))
	require.NoError(t, err)
	assert.Equal(t, 550*time.Millisecond, wait, "its turn comes as time passes")
	wait, err = p.begin(now.Add(time.Minute))
	require.NoError(t, err)
	assert.Zero(t, wait, "the database was left alone for long enough")
	p.succeeded()
	for range 2 {
		wait, err = p.begin(now)
		require.NoError(t, err)
		assert.Zero(t, wait, "after a success")
	}
}
