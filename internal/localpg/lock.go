package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

const (
	// pollPause is the time between two looks at a server that starts or stops.
	pollPause = 20 * time.Millisecond
	// orphanGrace is how long a running server without an owner has to end: it is
	// usually the last moment of one whose owner was killed.
	orphanGrace = 3 * time.Second
)

// claim waits until it is clear who runs the server of a folder. It returns
// either the folder's lock, when this process is to start the server, or the
// server that already runs there. The lock is held as long as the server runs and
// the kernel releases it when its holder dies.
func (h home) claim(ctx context.Context) (*os.File, postmaster, error) {
	grace := time.Now().Add(orphanGrace)
	for {
		lock, err := h.tryLock()
		if err != nil {
			return nil, postmaster{}, err
		}
		server, found := readPostmaster(h.cluster())
		running := found && server.alive(ctx)
		if lock != nil && !running {
			return lock, postmaster{}, nil
		}
		owned := lock == nil
		if !owned {
			_ = lock.Close()
		}
		if running && server.ready(ctx) && (owned || time.Now().After(grace)) {
			return nil, server, nil
		}
		if err := pause(ctx); err != nil {
			return nil, postmaster{}, fmt.Errorf("wait for the server that another process runs in %s: %w", h.cluster(), err)
		}
	}
}

// tryLock returns nil without an error when another process holds the lock.
func (h home) tryLock() (*os.File, error) {
	f, err := h.file(h.lockFile(), 0)
	if errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("the folder %s belongs to another user: run as that user, or set DATA_DIR to another folder", h.root)
	}
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, nil
	}
	return nil, fmt.Errorf("lock %s: %w", h.lockFile(), err)
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(pollPause):
		return nil
	}
}
