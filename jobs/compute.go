package jobs

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// cpus are the permits to compute of a worker, one for each processor. Users who wait for one take
// turns, so that who has much to compute delays others by one piece of it at a time.
type cpus struct {
	mu   sync.Mutex
	free int
	// turns are the users who wait, the next first; waiting are their runs.
	turns   []string
	waiting map[string][]chan struct{}
}

func newCPUs() *cpus {
	return &cpus{free: runtime.GOMAXPROCS(0), waiting: map[string][]chan struct{}{}}
}

// acquire waits for a permit. The error is the cause of the end of ctx before that.
func (c *cpus) acquire(ctx context.Context, user string) error {
	c.mu.Lock()
	if c.free > 0 {
		c.free--
		c.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	if len(c.waiting[user]) == 0 {
		c.turns = append(c.turns, user)
	}
	c.waiting[user] = append(c.waiting[user], turn)
	c.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		if !c.leave(user, turn) {
			c.release() // it was given the permit meanwhile
		}
		return context.Cause(ctx)
	}
}

// leave takes a run out of those that wait, and reports whether it was one of them.
func (c *cpus) leave(user string, turn chan struct{}) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.Index(c.waiting[user], turn)
	if i < 0 {
		return false
	}
	c.waiting[user] = slices.Delete(c.waiting[user], i, i+1)
	if len(c.waiting[user]) == 0 {
		delete(c.waiting, user)
		c.turns = slices.DeleteFunc(c.turns, func(u string) bool { return u == user })
	}
	return true
}

// release hands a permit to the user whose turn it is.
func (c *cpus) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.turns) == 0 {
		c.free++
		return
	}
	user := c.turns[0]
	c.turns = c.turns[1:]
	runs := c.waiting[user]
	close(runs[0])
	if len(runs) > 1 {
		c.waiting[user], c.turns = runs[1:], append(c.turns, user)
	} else {
		delete(c.waiting, user)
	}
}

// compute calls do, which computes and waits for nothing, with a permit. The error is the cause
// of the end of ctx before that. The permit ends with ctx: work that does not is left behind.
func (r *run) compute(ctx context.Context, do func()) error {
	if err := r.cpus.acquire(ctx, r.Submission.UserID); err != nil {
		return err
	}
	release := sync.OnceFunc(r.cpus.release)
	defer release()
	defer context.AfterFunc(ctx, release)()
	do()
	return nil
}
