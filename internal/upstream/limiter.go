package upstream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/app"
)

const (
	// permitLease is when the permit of a worker that died is free again: about when its
	// jobs run elsewhere. A call that takes longer renews it, renewsPerLease times.
	permitLease    = 10 * time.Second
	renewsPerLease = 3
	// limitedWait is the wait that an upstream means which does not say how long.
	limitedWait = time.Second
	// leastWait is the shortest wait that a caller is told.
	leastWait = time.Second
	// slotPoll is how often one caller of each process asks again while all slots are
	// taken; slotPollMost what that grows to.
	slotPoll     = 20 * time.Millisecond
	slotPollMost = 250 * time.Millisecond
	// giveBackTimeout bounds the giving back; the lease ends what could not be.
	giveBackTimeout = 2 * time.Second
)

// Limiter paces the calls to upstreams, for all workers of a database together: a row
// for each upstream holds its rate, its slots and the leases of the calls under way. A
// permit is one round trip, and no transaction is open during a call. What was learned
// survives restarts.
type Limiter struct {
	pool    *pgxpool.Pool
	metrics limiterMetrics
	Lease   time.Duration

	mu    sync.Mutex
	Lines map[string]*line
}

// line lets one caller of this process ask for a permit of an upstream at a time, the
// others wait in memory.
type line struct {
	users int
	token chan struct{}
}

// NewLimiter returns a limiter on the upstreams of a database.
func NewLimiter(pool *pgxpool.Pool, reg prometheus.Registerer) *Limiter {
	return &Limiter{pool: pool, metrics: newLimiterMetrics(reg), Lease: permitLease, Lines: map[string]*line{}}
}

// Take waits for its turn at an upstream, at most its patience, and returns the
// function that must be called with what came of the call: a rate limit in it is what
// the limiter learns from. Errors are *onboarding.RateLimitError when the turn is too
// far away, the end of ctx, and those of the database.
func (l *Limiter) Take(ctx context.Context, u Upstream) (done func(error), err error) {
	began := time.Now()
	leave, err := l.enter(ctx, u.Name)
	if err != nil {
		return nil, err
	}
	defer leave()
	taken, err := l.take(ctx, u, began.Add(u.Pace.Patience))
	l.metrics.waitSeconds.Observe(time.Since(began).Seconds())
	if err != nil {
		return nil, err
	}
	held := &permit{begun: taken.Permit.Add(-l.Lease), end: taken.Permit}
	if err := pause(ctx, time.Duration(taken.BeginsInSeconds*float64(time.Second))); err != nil {
		l.giveBack(ctx, u, held, nil)
		return nil, err
	}
	release := l.hold(ctx, u, held)
	return func(err error) {
		release()
		l.giveBack(ctx, u, held, err)
	}, nil
}

// permit is that of a call which began at a time, by the database's clock; it is known by
// the end of its lease.
type permit struct{ begun, end time.Time }

// hold renews the lease of a call until it is released or ctx ends, with which the call
// does.
func (l *Limiter) hold(ctx context.Context, u Upstream, held *permit) (release func()) {
	ctx, stop := context.WithCancel(ctx)
	released := make(chan struct{})
	go func() {
		defer close(released)
		for pause(ctx, l.Lease/renewsPerLease) == nil {
			// The outcome is known only of a statement that was not broken off.
			bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTimeout)
			end, err := postgres.New(l.pool).RenewPermit(bounded, app.RenewPermitParams{
				Name: u.Name, Permit: held.end, LeaseSeconds: l.Lease.Seconds(),
			})
			cancel()
			if err == nil { // else the next one is in time, or the lease ends
				held.end = end
			}
		}
	}()
	return func() {
		stop()
		<-released
	}
}

// enter waits for the head of this process's line at an upstream.
func (l *Limiter) enter(ctx context.Context, name string) (leave func(), err error) {
	l.mu.Lock()
	mine := l.Lines[name]
	if mine == nil {
		mine = &line{token: make(chan struct{}, 1)}
		l.Lines[name] = mine
	}
	mine.users++
	l.mu.Unlock()
	forget := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if mine.users--; mine.users == 0 {
			delete(l.Lines, name)
		}
	}
	select {
	case mine.token <- struct{}{}:
		return func() { <-mine.token; forget() }, nil
	case <-ctx.Done():
		forget()
		return nil, context.Cause(ctx)
	}
}

// take takes a permit, again and again while all slots are taken.
func (l *Limiter) take(ctx context.Context, u Upstream, until time.Time) (taken app.TakePermitRow, err error) {
	q, p := postgres.New(l.pool), u.Pace
	for poll := slotPoll; ; poll = min(2*poll, slotPollMost) {
		taken, err = q.TakePermit(ctx, app.TakePermitParams{
			Name: u.Name, FirstRate: p.FirstRate, FirstSlots: p.FirstSlots, MostRate: p.MostRate, MostSlots: p.MostSlots,
			Burst: p.Burst, LeaseSeconds: l.Lease.Seconds(), PatienceSeconds: max(time.Until(until), 0).Seconds(),
		})
		if !errors.Is(err, pgx.ErrNoRows) {
			break
		}
		wait, err := q.ReadUpstreamWait(ctx, u.Name)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return taken, fmt.Errorf("read when %s may be asked: %w", u.Subject, err)
		}
		turn := time.Duration(wait * float64(time.Second))
		if left := time.Until(until); turn > left || left <= 0 {
			l.metrics.refused.Inc()
			return taken, &onboarding.RateLimitError{RetryAfter: max(turn, leastWait), Subject: u.Subject}
		}
		if err := pause(ctx, poll/2+rand.N(poll)); err != nil { //nolint:gosec // jitter
			return taken, err
		}
	}
	if err != nil {
		return taken, fmt.Errorf("take a permit for %s: %w", u.Subject, err)
	}
	return taken, nil
}

// giveBack ends the lease of a call, also when nobody waits for its answer any more.
// What can't be given back ends by itself.
func (l *Limiter) giveBack(ctx context.Context, u Upstream, held *permit, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTimeout)
	defer cancel()
	var limit *onboarding.RateLimitError
	q := postgres.New(l.pool)
	if !errors.As(err, &limit) {
		l.metrics.calls.WithLabelValues("ok").Inc()
		_ = q.GivePermitBack(ctx, app.GivePermitBackParams{Name: u.Name, Permit: held.end})
		return
	}
	l.metrics.calls.WithLabelValues("limited").Inc()
	wait := limitedWait
	if limit.RetryAfter > 0 {
		wait = limit.RetryAfter
	}
	_ = q.LimitUpstream(ctx, app.LimitUpstreamParams{
		Name: u.Name, Permit: held.end, Begun: held.begun, WaitSeconds: wait.Seconds(), LeastRate: u.Pace.LeastRate,
	})
}

// pause waits, or returns the cause of ctx's end.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
