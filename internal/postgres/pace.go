package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// leastPace and mostPace are the time between two attempts to connect while none
	// succeeds: it doubles from one to the other.
	leastPace = 50 * time.Millisecond
	mostPace  = time.Second
)

// pace spaces a pool's attempts to connect while the database takes none of them. Each
// costs a server a process, so that who hammers one that is full or about to start keeps
// it from coming back. A pool may try all its connections at once, then has to wait for
// one to succeed.
type pace struct {
	free int // attempts that need not wait

	mu sync.Mutex
	// unanswered are the attempts since the last success; next is when another may begin.
	unanswered int
	next       time.Time
}

// pacedError says that the next attempt to connect is too far away to wait for.
type pacedError struct{ wait time.Duration }

func (e *pacedError) Error() string {
	return fmt.Sprintf("the database takes no connections; the next attempt is in %s", e.wait.Round(time.Millisecond))
}

// wait waits until an attempt may begin, at most for as long as an attempt may take.
func (p *pace) wait(ctx context.Context, _ *pgx.ConnConfig) error {
	wait, err := p.begin(time.Now())
	if wait == 0 || err != nil {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// begin notes an attempt and returns how long it has to wait.
func (p *pace) begin(now time.Time) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.unanswered < p.free {
		p.unanswered++
		return 0, nil
	}
	begin := p.next
	if begin.Before(now) {
		begin = now
	}
	if wait := begin.Sub(now); wait > connectTimeout {
		return 0, &pacedError{wait}
	}
	p.next = begin.Add(min(leastPace<<min(p.unanswered-p.free, 10), mostPace))
	p.unanswered++
	return begin.Sub(now), nil
}

// succeeded lets the next attempts begin at once.
func (p *pace) succeeded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.unanswered, p.next = 0, time.Time{}
}
