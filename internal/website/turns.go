package website

import (
	"context"
	"sync"
)

// turns lets one request at a time go to each host. A host that nobody waits for
// takes no memory.
type turns struct {
	mu    sync.Mutex
	hosts map[string]*turn
}

// turn is one host's; its channel holds a token while a request is under way.
type turn struct {
	users int
	token chan struct{}
}

func newTurns() *turns { return &turns{hosts: map[string]*turn{}} }

// take waits for the host's turn and returns the function that ends it, or the
// context's error.
func (t *turns) take(ctx context.Context, host string) (func(), error) {
	t.mu.Lock()
	mine := t.hosts[host]
	if mine == nil {
		mine = &turn{token: make(chan struct{}, 1)}
		t.hosts[host] = mine
	}
	mine.users++
	t.mu.Unlock()
	select {
	case mine.token <- struct{}{}:
		return func() {
			<-mine.token
			t.leave(host, mine)
		}, nil
	case <-ctx.Done():
		t.leave(host, mine)
		return nil, context.Cause(ctx)
	}
}

func (t *turns) leave(host string, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine.users--; mine.users == 0 {
		delete(t.hosts, host)
	}
}
