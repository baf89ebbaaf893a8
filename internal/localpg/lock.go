package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// pollPause is the time between two looks at a server that starts or stops.
	pollPause = 20 * time.Millisecond
	// orphanLimit is how long a server may take to end after its owner was killed: its
	// leash sends the second signal after 10 s.
	orphanLimit = 20 * time.Second
)

// Lock locks a file, which is made if it is missing, until it is closed or this process
// ends. It fails if another process holds the lock.
func Lock(path string) (*os.File, error) { return callerAccount().lock(path) }

func (a account) lock(path string) (*os.File, error) {
	const do = "or set DATA_DIR to another folder"
	f, err := a.tryLock(path)
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("the folder %s belongs to another user: run as that user, %s", filepath.Dir(path), do)
	case errors.Is(err, syscall.EWOULDBLOCK):
		return nil, fmt.Errorf("another one is running in %s: wait for it, %s", filepath.Dir(path), do)
	}
	return f, err
}

// tryLock returns syscall.EWOULDBLOCK if another process holds the lock. The kernel
// releases it when its holder dies.
func (a account) tryLock(path string) (*os.File, error) {
	f, err := a.file(path, 0)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return f, nil
}

// poll waits until done reports true or an error.
func poll(ctx context.Context, done func() (bool, error)) error {
	for {
		if ok, err := done(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollPause):
		}
	}
}
