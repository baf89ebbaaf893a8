// Package keylock locks by key within one process. A key that nobody holds or waits for takes no memory.
package keylock

import (
	"context"
	"sync"
)

// Locks has a lock for each key. The zero value is ready.
type Locks struct {
	mu    sync.Mutex
	locks map[string]*lock
}

// lock is the lock of one key. Its channel has a token while the lock is held.
type lock struct {
	users int
	token chan struct{}
}

// Acquire waits for the lock of a key and returns the function that releases it, or
// the cause of ctx when it ended.
func (l *Locks) Acquire(ctx context.Context, key string) (release func(), err error) {
	l.mu.Lock()
	mine := l.locks[key]
	if mine == nil {
		mine = &lock{token: make(chan struct{}, 1)}
		if l.locks == nil {
			l.locks = map[string]*lock{}
		}
		l.locks[key] = mine
	}
	mine.users++
	l.mu.Unlock()
	select {
	case mine.token <- struct{}{}:
		return func() {
			<-mine.token
			l.leave(key, mine)
		}, nil
	case <-ctx.Done():
		l.leave(key, mine)
		return nil, context.Cause(ctx)
	}
}

func (l *Locks) leave(key string, mine *lock) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if mine.users--; mine.users == 0 {
		delete(l.locks, key)
	}
}
