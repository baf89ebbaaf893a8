package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// leastBackoff and mostBackoff are the time between two attempts to connect while none
	// succeeds: it doubles from one to the other.
	leastBackoff = 50 * time.Millisecond
	mostBackoff  = time.Second
)

// backoff spaces a pool's attempts to connect while the database takes none of them. Each
// costs a server a process, so that hammering one that is full or about to start keeps
// it from coming back. A pool may try all its connections at once, then has to wait for
// one to succeed.
type backoff struct {
	free int // attempts that need not wait

	mu sync.Mutex
	// unanswered are the attempts since the last success; next is when another may begin.
	unanswered int
	next       time.Time
}

// backoffError means that the next attempt to connect is too far away to wait for.
type backoffError struct{ wait time.Duration }

func (e *backoffError) Error() string {
	return fmt.Sprintf("the database takes no connections; the next attempt is in %s", e.wait.Round(time.Millisecond))
}

// wait waits until an attempt may begin, at most for as long as an attempt may take.
func (b *backoff) wait(ctx context.Context, _ *pgx.ConnConfig) error {
	wait, err := b.begin(time.Now())
	if wait == 0 || err != nil {
		return err
	}
	select {
	case <-time.After(wait):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// begin notes an attempt and returns how long it has to wait.
func (b *backoff) begin(now time.Time) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unanswered < b.free {
		b.unanswered++
		return 0, nil
	}
	begin := b.next
	if begin.Before(now) {
		begin = now
	}
	if wait := begin.Sub(now); wait > connectTimeout {
		return 0, &backoffError{wait}
	}
	b.next = begin.Add(min(leastBackoff<<min(b.unanswered-b.free, 10), mostBackoff))
	b.unanswered++
	return begin.Sub(now), nil
}

// succeeded lets the next attempts begin at once.
func (b *backoff) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unanswered, b.next = 0, time.Time{}
}
