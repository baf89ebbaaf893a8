package website

import (
	"context"
	"sync"
)

// hostLocks allows one request at a time to each host. A host without a request takes
// no memory.
type hostLocks struct {
	mu    sync.Mutex
	locks map[string]*hostLock
}

// hostLock is the lock of one host; its channel holds a token during a request.
type hostLock struct {
	users int
	token chan struct{}
}

func newHostLocks() *hostLocks { return &hostLocks{locks: map[string]*hostLock{}} }

// acquire waits for the host's lock and returns the function that releases it, or
// the cause of ctx when it ended.
func (h *hostLocks) acquire(ctx context.Context, host string) (func(), error) {
	h.mu.Lock()
	lock := h.locks[host]
	if lock == nil {
		lock = &hostLock{token: make(chan struct{}, 1)}
		h.locks[host] = lock
	}
	lock.users++
	h.mu.Unlock()
	select {
	case lock.token <- struct{}{}:
		return func() {
			<-lock.token
			h.release(host, lock)
		}, nil
	case <-ctx.Done():
		h.release(host, lock)
		return nil, context.Cause(ctx)
	}
}

func (h *hostLocks) release(host string, lock *hostLock) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if lock.users--; lock.users == 0 {
		delete(h.locks, host)
	}
}
