package upstream

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/keylock"
	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// permitLease is after how long the permit of a worker that died is free again, which is about
	// when its jobs run elsewhere. Longer calls renew it, renewsPerLease times in a lease.
	permitLease    = 10 * time.Second
	renewsPerLease = 3
	// limitedWait is the wait after a rate limit that does not say how long.
	limitedWait = time.Second
	// leastWait is the shortest wait that a rate limit of ours asks for.
	leastWait = time.Second
	// slotPoll is how often one caller of each process tries again while all slots are taken.
	// It grows to slotPollMost.
	slotPoll     = 20 * time.Millisecond
	slotPollMost = 250 * time.Millisecond
	// mostFailures calls in a row that did not reach an upstream, as many as one job makes in vain, mean that it is
	// down: for downTime, twice as long after each trial that fails, at most downMost. A trial counts as lost after
	// trialTime.
	mostFailures = 4
	downTime     = 30 * time.Second
	downMost     = 10 * time.Minute
	trialTime    = time.Minute
	// giveBackTimeout bounds the release of a permit. One that can't be released expires.
	giveBackTimeout = 2 * time.Second
)

// ErrDown means that an upstream was not asked because it could not be reached a moment ago.
var ErrDown = errors.New("it could not be reached a moment ago")

// Limiter paces the calls to upstreams, for all workers of a database together. A row for
// each upstream holds its rate, its slots and the leases of the running calls. A permit takes
// one round trip, and no transaction is open during a call. The learned rates survive restarts.
type Limiter struct {
	pool        *pgxpool.Pool
	calls       *prometheus.CounterVec
	refused     prometheus.Counter
	waitSeconds prometheus.Observer
	lease       time.Duration
	downTime    time.Duration
	// lines lets one caller of this process at a time request a permit of an upstream. The
	// others wait in memory.
	lines keylock.Locks
}

// NewLimiter returns a limiter on the upstreams of a database. pool assumes the system role.
func NewLimiter(pool *pgxpool.Pool, reg prometheus.Registerer) *Limiter {
	return &Limiter{
		pool: pool, lease: permitLease, downTime: downTime,
		calls: metric.Counters(reg, "onboarding_upstream_calls_total",
			"Calls to model providers and websites: answered, a rate limit, or a provider that was not reached.",
			metric.By("result", "ok", "limited", "unreachable")),
		refused: metric.Counter(reg, "onboarding_upstream_refusals_total",
			"Calls that were postponed because the wait for a permit was too long."),
		waitSeconds: metric.Histogram(reg, "onboarding_upstream_wait_seconds",
			"Time that a call waited for a permit.", prometheus.ExponentialBuckets(0.001, 4, 8)),
	}
}

// Acquire waits for a permit to call an upstream, at most Pace.Patience. The caller must call
// done with the error of the call: from a rate limit in it the limiter learns. Acquire returns
// *onboarding.RateLimitError if the wait would be too long, *onboarding.Failure that wraps
// ErrDown, the cause of the end of ctx, and errors of the database.
func (l *Limiter) Acquire(ctx context.Context, u Upstream) (done func(error), err error) {
	began := time.Now()
	leave, err := l.lines.Acquire(ctx, u.Name)
	if err != nil {
		return nil, err
	}
	defer leave()
	taken, err := l.take(ctx, u, began.Add(u.Pace.Patience))
	l.waitSeconds.Observe(time.Since(began).Seconds())
	if err != nil {
		return nil, err
	}
	held := &permit{begun: taken.Permit.Add(-l.lease), end: taken.Permit}
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

// permit is the permit of one call, identified by the end of its lease. Times are those of
// the database's clock.
type permit struct{ begun, end time.Time }

// hold renews the lease of a call until it is released or ctx, and the call with it, ends.
func (l *Limiter) hold(ctx context.Context, u Upstream, held *permit) (release func()) {
	ctx, stop := context.WithCancel(ctx)
	released := make(chan struct{})
	go func() {
		defer close(released)
		for pause(ctx, l.lease/renewsPerLease) == nil {
			// Only a statement that is not interrupted has a known outcome.
			bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTimeout)
			end, err := system.New(l.pool).RenewPermit(bounded, system.RenewPermitParams{
				Name: u.Name, Permit: held.end, LeaseSeconds: l.lease.Seconds(),
			})
			cancel()
			if err == nil { // else the next renewal is in time, or the lease expires
				held.end = end
			}
		}
	}()
	return func() {
		stop()
		<-released
	}
}

// take takes a permit, and tries again while all slots are taken.
func (l *Limiter) take(ctx context.Context, u Upstream, until time.Time) (taken system.TakePermitRow, err error) {
	q, p := system.New(l.pool), u.Pace
	for poll := slotPoll; ; poll = min(2*poll, slotPollMost) {
		taken, err = q.TakePermit(ctx, system.TakePermitParams{
			Name: u.Name, FirstRate: p.FirstRate, FirstSlots: p.FirstSlots, MostRate: p.MostRate, MostSlots: p.MostSlots,
			Burst: p.Burst, LeaseSeconds: l.lease.Seconds(), PatienceSeconds: max(time.Until(until), 0).Seconds(),
			TrialSeconds: trialTime.Seconds(),
		})
		if !errors.Is(err, pgx.ErrNoRows) {
			break
		}
		state, err := q.ReadUpstreamWait(ctx, u.Name)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return taken, fmt.Errorf("read when %s may be asked: %w", u.Subject, err)
		}
		if state.DownSeconds > 0 {
			l.refused.Inc()
			return taken, &onboarding.Failure{Code: onboarding.FailureProviderUnavailable, Subject: u.Subject, Err: ErrDown}
		}
		wait := time.Duration(state.WaitSeconds * float64(time.Second))
		if left := time.Until(until); wait > left || left <= 0 {
			l.refused.Inc()
			return taken, &onboarding.RateLimitError{RetryAfter: max(wait, leastWait), Subject: u.Subject}
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

// giveBack ends the lease of a call, even after the end of ctx. If that fails, the lease
// expires.
func (l *Limiter) giveBack(ctx context.Context, u Upstream, held *permit, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTimeout)
	defer cancel()
	limit, limited := errors.AsType[*onboarding.RateLimitError](err)
	q := system.New(l.pool)
	if errors.Is(err, onboarding.ErrUnreachable) {
		l.calls.WithLabelValues("unreachable").Inc()
		_ = q.NoteUnreachable(ctx, system.NoteUnreachableParams{
			Name: u.Name, Permit: held.end, MostFailures: mostFailures,
			DownSeconds: l.downTime.Seconds(), MostDownSeconds: downMost.Seconds(),
		})
		return
	}
	if !limited {
		l.calls.WithLabelValues("ok").Inc()
		answered := !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
		_ = q.GivePermitBack(ctx, system.GivePermitBackParams{Name: u.Name, Permit: held.end, Answered: answered})
		return
	}
	l.calls.WithLabelValues("limited").Inc()
	wait := limitedWait
	if limit.RetryAfter > 0 {
		wait = limit.RetryAfter
	}
	_ = q.LimitUpstream(ctx, system.LimitUpstreamParams{
		Name: u.Name, Permit: held.end, Begun: held.begun, WaitSeconds: wait.Seconds(), LeastRate: u.Pace.LeastRate,
	})
}

// pause waits. It returns the cause of the end of ctx if that comes first.
func pause(ctx context.Context, wait time.Duration) error {
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
