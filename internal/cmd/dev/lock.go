package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock locks the file for this process: two stacks in one folder would share
// their logs and stop each other's database. The lock ends with the process.
func lock(name string) (release func() error, err error) {
	file, err := os.OpenFile(filepath.Clean(name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		err = fmt.Errorf("another one is running in %s: wait for it, or set DATA_DIR to another folder", filepath.Dir(name))
	case err != nil:
		err = fmt.Errorf("take the lock: %w", err)
	default:
		return file.Close, nil
	}
	return nil, errors.Join(err, file.Close())
}
