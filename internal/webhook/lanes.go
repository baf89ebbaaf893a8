package webhook

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alwrity/onboarding/internal/postgres/system"
)

// lanes delivers to one receiver. A lane is one user's events for it, in their order.
type lanes struct {
	*Deliverer
	receiver Receiver
	// running counts the lanes that are claimed; failures counts the requests since the last that was taken.
	running, failures atomic.Int64
}

// manyFailures in a row mean that a receiver is down: it is asked less and less often, up to mostPause.
const (
	manyFailures = 20
	mostPause    = 30 * time.Second
)

// isDown reports whether the receiver takes nothing.
func (l *lanes) isDown() bool { return l.failures.Load() >= manyFailures }

// rest is the time until lanes are claimed again.
func (l *lanes) rest() time.Duration {
	if over := l.failures.Load() - manyFailures; over >= 0 {
		return min(time.Second<<min(over/int64(l.cfg.Slots), 10), mostPause)
	}
	return pollEvery
}

// run claims lanes and delivers them until ctx ends. A failed receiver holds its own slots only.
func (l *lanes) run(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	ended := make(chan struct{}, 1)
	for ctx.Err() == nil {
		free := l.cfg.Slots - int(l.running.Load())
		claimed := l.claim(ctx, free)
		l.running.Add(int64(len(claimed)))
		for _, lane := range claimed {
			group.Go(func() {
				l.deliver(ctx, lane)
				l.running.Add(-1)
				select {
				case ended <- struct{}{}:
				default:
				}
			})
		}
		if len(claimed) == free && !l.isDown() { // there may be more
			pause(ctx, l.rest(), ended)
		} else {
			pause(ctx, l.rest(), nil)
		}
	}
}

// claim takes up to so many lanes.
func (l *lanes) claim(ctx context.Context, most int) []system.ClaimLanesRow {
	if most <= 0 {
		return nil
	}
	claimed, err := system.New(l.pool).ClaimLanes(ctx, system.ClaimLanesParams{
		Receiver: l.receiver.Name, MaxRows: int32(most), LeaseSeconds: l.lease, //nolint:gosec // a number of slots
	})
	if err != nil {
		l.warn(ctx, l.receiver.Name, fmt.Errorf("claim events: %w", err))
	}
	return claimed
}

// deliver sends the events of a claimed lane, each after the one before was taken or parked.
func (l *lanes) deliver(ctx context.Context, lane system.ClaimLanesRow) {
	written := context.WithoutCancel(ctx)
	for sent := 0; lane.ID != 0; sent++ {
		if sent == laneEvents || ctx.Err() != nil {
			l.release(written, lane)
			return
		}
		a := l.cfg.Sender.send(ctx, l.receiver, lane)
		if !a.taken && ctx.Err() != nil { // the worker stops: nothing is known of the receiver
			l.release(written, lane)
			return
		}
		next, ok := l.record(written, lane, a)
		if !ok {
			return
		}
		lane = next
	}
	l.end(written, lane)
}

// record writes what became of an attempt and returns the lane with its next event, if the lane goes on.
func (l *lanes) record(ctx context.Context, lane system.ClaimLanesRow, a answer) (next system.ClaimLanesRow, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	outcome := l.outcome(lane, a)
	l.attempts.WithLabelValues(l.receiver.Name, outcome).Inc()
	l.seconds.WithLabelValues(l.receiver.Name).Observe(a.took.Seconds())
	q := system.New(l.pool)
	attempt := system.LogAttemptParams{
		Receiver: l.receiver.Name, EventID: lane.ID, Outcome: outcome, Reason: a.reason,
		TookMs: int32(a.took.Milliseconds()), //nolint:gosec // bounded by the time limit
	}
	if a.status != 0 {
		status := int32(a.status) //nolint:gosec // an HTTP status
		attempt.Status = &status
	}
	err := q.LogAttempt(ctx, attempt)
	var rows []system.AdvanceLaneRow
	switch {
	case err != nil:
	case outcome == outcomeFailed:
		err = q.DelayLane(ctx, system.DelayLaneParams{
			Receiver: l.receiver.Name, UserID: lane.UserID, Claim: lane.Claim,
			DelaySeconds: max(backoff(int(lane.Attempts)), a.after).Seconds(),
		})
	default:
		rows, err = q.AdvanceLane(ctx, system.AdvanceLaneParams{
			Receiver: l.receiver.Name, UserID: lane.UserID, Claim: lane.Claim, EventID: lane.ID, LeaseSeconds: l.lease,
		})
	}
	if err != nil { // the lease ends, and the event is sent again
		l.warn(ctx, l.receiver.Name, fmt.Errorf("write the outcome: %w", err))
	}
	if len(rows) == 0 {
		return next, false
	}
	return system.ClaimLanesRow(rows[0]), true
}

// outcome decides what follows from an answer.
func (l *lanes) outcome(lane system.ClaimLanesRow, a answer) string {
	if a.taken {
		l.failures.Store(0)
		return outcomeDelivered
	}
	l.failures.Add(1)
	tried := int(lane.Attempts)+1 >= leastAttempts || l.isDown()
	if tried && time.Since(lane.At) >= l.cfg.RetryFor {
		return outcomeParked
	}
	return outcomeFailed
}

func (l *lanes) release(ctx context.Context, lane system.ClaimLanesRow) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	err := system.New(l.pool).ReleaseLane(ctx, system.ReleaseLaneParams{
		Receiver: l.receiver.Name, UserID: lane.UserID, Claim: lane.Claim,
	})
	if err != nil {
		l.warn(ctx, l.receiver.Name, fmt.Errorf("release events: %w", err))
	}
}

// end removes a lane in which nothing is left; what has come since is delivered by the next worker that claims it.
func (l *lanes) end(ctx context.Context, lane system.ClaimLanesRow) {
	bounded, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	ended, err := system.New(l.pool).EndLane(bounded, system.EndLaneParams{
		Receiver: l.receiver.Name, UserID: lane.UserID, Claim: lane.Claim, ThroughID: lane.ThroughID,
	})
	if err != nil {
		l.warn(ctx, l.receiver.Name, fmt.Errorf("end events: %w", err))
	}
	if err == nil && ended == 0 {
		l.release(ctx, lane)
	}
}
