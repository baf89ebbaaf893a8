package upstream

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// bundle is a test and its database.
type bundle struct {
	t  *testing.T
	db pgtest.Database
}

// fast is a pace under which tests wait for nothing but what they ask for.
var fast = Pace{
	FirstRate: 1000, FirstSlots: 4, LeastRate: 1, MostRate: 2000, MostSlots: 4, Burst: 10,
	Patience: 150 * time.Millisecond,
}

func (b *bundle) limiter() *Limiter {
	return NewLimiter(b.db.System, prometheus.NewRegistry())
}

// eventually waits until what it is told holds.
func (b *bundle) eventually(holds func() bool) {
	b.t.Helper()
	require.Eventually(b.t, holds, 20*time.Second, 20*time.Millisecond)
}

// take takes a permit that is to be had.
func (b *bundle) take(l *Limiter, pace Pace) func(error) {
	b.t.Helper()
	done, err := l.Acquire(b.t.Context(), Upstream{Name: "u", Subject: "upstream", Pace: pace})
	require.NoError(b.t, err)
	return done
}

// refused asserts that no permit is to be had, and returns how long to wait for one.
func (b *bundle) refused(l *Limiter, pace Pace) time.Duration {
	b.t.Helper()
	_, err := l.Acquire(b.t.Context(), Upstream{Name: "u", Subject: "upstream", Pace: pace})
	var limit *onboarding.RateLimitError
	require.ErrorAs(b.t, err, &limit)
	assert.Equal(b.t, "upstream", limit.Subject)
	return limit.RetryAfter
}

func TestLimiterSharesTheSlotsOfAllWorkers(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	one, other := b.limiter(), b.limiter()
	done := b.take(one, fast)
	for range 3 {
		b.take(other, fast)
	}
	b.refused(one, fast)
	b.refused(other, fast)
	done(nil)
	b.take(other, fast)
	b.refused(one, fast)

	b.db.Exec(b.t, "update upstream_limits set permits = array(select p - interval '1 minute' from unnest(permits) p)")
	b.take(one, fast) // the leases of workers that died are over
}

// The slot of a call that outlives its lease stays taken, and that of a worker that died
// does not.
func TestLimiterRenewsTheLease(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	single := fast
	single.FirstSlots, single.MostSlots = 1, 1
	l, other := b.limiter(), b.limiter()
	l.lease = 600 * time.Millisecond
	ctx, die := context.WithCancel(t.Context())
	done, err := l.Acquire(ctx, Upstream{Name: "u", Subject: "upstream", Pace: single})
	require.NoError(t, err)
	first := pgtest.One[time.Time](b.t, b.db, "select permits[1] from upstream_limits")
	b.eventually(func() bool {
		return pgtest.One[time.Time](b.t, b.db, "select permits[1] from upstream_limits").Sub(first) > l.lease
	})
	b.refused(other, single)
	done(nil)
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select cardinality(permits) from upstream_limits"), "what was renewed is given back")

	_, err = l.Acquire(ctx, Upstream{Name: "u", Pace: single})
	require.NoError(t, err)
	die()
	b.eventually(func() bool {
		_, err := other.Acquire(t.Context(), Upstream{Name: "u", Pace: single})
		return err == nil
	})
}

func TestLimiterKeepsTheRate(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	pace := Pace{
		FirstRate: 50, FirstSlots: 100, LeastRate: 1, MostRate: 50, MostSlots: 100, Burst: 0,
		Patience: time.Minute,
	}
	began := time.Now()
	var group errgroup.Group
	for range 3 {
		l := b.limiter()
		for range 10 {
			group.Go(func() error {
				done, err := l.Acquire(t.Context(), Upstream{Name: "u", Pace: pace})
				if err == nil {
					done(nil)
				}
				return err
			})
		}
	}
	require.NoError(t, group.Wait())
	assert.GreaterOrEqual(t, time.Since(began), 550*time.Millisecond, "30 calls at 50 a second")
}

// A rate limit that one worker meets holds for all, and for those that start later.
func TestLimiterLearnsFromRateLimits(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	l := b.limiter()
	first, second := b.take(l, fast), b.take(l, fast)
	limit := &onboarding.RateLimitError{RetryAfter: time.Minute}
	first(limit)
	second(limit)
	assert.InDelta(t, 700, pgtest.One[float64](b.t, b.db, "select rate from upstream_limits"), 100,
		"shrunk once for the calls that were under way")
	assert.Zero(t, pgtest.One[int](b.t, b.db, "select cardinality(permits) from upstream_limits"))

	restarted := b.limiter()
	assert.InDelta(t, time.Minute, b.refused(restarted, fast), float64(time.Second))
	b.db.Exec(b.t, "update upstream_limits set next_at = now()")
	b.take(restarted, fast)(errors.Join(errors.New("ask"), limit))
	assert.InDelta(t, 490, pgtest.One[float64](b.t, b.db, "select rate from upstream_limits"), 80,
		"a call begun after that shrinks it again")
}

func TestLimiterGrowsWithWhatItHeldBack(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	pace := fast
	pace.FirstRate, pace.Burst = 20, 0
	l := b.limiter()
	b.take(l, pace)(nil)
	time.Sleep(60 * time.Millisecond)
	b.take(l, pace)(nil)
	assert.InDelta(t, 20, pgtest.One[float64](b.t, b.db, "select rate from upstream_limits"), 0.1, "nobody waited")
	for range 20 {
		b.take(l, pace)(nil)
	}
	assert.Greater(t, pgtest.One[float64](b.t, b.db, "select rate from upstream_limits"), 20.1)
}

func TestLimiterWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	pace := Pace{FirstRate: 0.1, FirstSlots: 4, LeastRate: 0.1, MostRate: 1, MostSlots: 4, Patience: time.Hour}
	l := b.limiter()
	b.take(l, pace)
	b.take(l, pace)
	ctx, cancel := context.WithCancelCause(t.Context())
	waiting := make(chan error, 2)
	for range 2 { // one for its turn, one behind it
		go func() {
			_, err := l.Acquire(ctx, Upstream{Name: "u", Pace: pace})
			waiting <- err
		}()
	}
	b.eventually(func() bool {
		return pgtest.One[int](b.t, b.db, "select cardinality(permits) from upstream_limits") == 3
	})
	cancel(onboarding.ErrSuperseded)
	for range 2 {
		require.ErrorIs(t, <-waiting, onboarding.ErrSuperseded)
	}
	assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select cardinality(permits) from upstream_limits"), "the permit is given back")
}

// A provider that can't be reached is not asked by every job again: one trial at a time, until it answers.
func TestAnUpstreamThatIsDown(t *testing.T) {
	t.Parallel()
	b := &bundle{t, pgtest.New(t)}
	l, other := b.limiter(), b.limiter()
	l.downTime = time.Hour
	dead := fmt.Errorf("connect: %w", onboarding.ErrUnreachable)
	down := func() bool {
		done, err := other.Acquire(t.Context(), Upstream{Name: "u", Subject: "upstream", Pace: fast})
		if err == nil {
			done(nil)
			return false
		}
		var failure *onboarding.Failure
		require.ErrorAs(t, err, &failure)
		require.ErrorIs(t, err, ErrDown)
		assert.Equal(t, onboarding.FailureProviderUnavailable, failure.Code)
		return true
	}
	for range mostFailures - 1 {
		b.take(l, fast)(dead)
	}
	b.take(l, fast)(errors.New("status 500")) // it answers
	for range mostFailures - 1 {
		b.take(l, fast)(dead)
		b.take(l, fast)(context.Canceled) // says nothing
	}
	b.take(l, fast)(dead)
	assert.True(t, down())
	b.elapse()
	trial := b.take(l, fast)
	assert.True(t, down(), "one trial at a time")
	trial(dead)
	assert.True(t, down())
	b.elapse()
	b.take(l, fast)(&onboarding.RateLimitError{RetryAfter: time.Millisecond})
	b.eventually(func() bool { return !down() })
	done, err := other.Acquire(t.Context(), Upstream{Name: "another", Subject: "upstream", Pace: fast})
	require.NoError(t, err, "others are not touched")
	done(nil)
}

// elapse lets the time pass for which upstreams are down.
func (b *bundle) elapse() {
	b.t.Helper()
	_, err := b.db.System.Exec(b.t.Context(), "update upstream_limits set down_until = now() - interval '1 second'")
	require.NoError(b.t, err)
}
