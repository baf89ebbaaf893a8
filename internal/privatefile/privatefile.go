// Package privatefile replaces and creates whole files that only their owner may read.
//
// No reader sees half a file, and what was written is on the disk when a function returns.
package privatefile

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// Replace puts a new file of the mode 0600 in the place of path, where there need be none.
func Replace(path string, content []byte) error { return put(path, content, os.Rename) }

// Create is Replace for a path that must not exist. The error is fs.ErrExist if it does, also
// where another process was first.
func Create(path string, content []byte) error {
	return put(path, content, os.Link) // a link, unlike a rename, fails then
}

// put writes a file beside path and has place bring it to path.
func put(path string, content []byte, place func(from, to string) error) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }() // gone already after a rename
	_, err = temp.Write(content)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := place(temp.Name(), path); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// LockFolder waits until no other process and no other caller changes files in the folder
// of path. The lock ends with the process at the latest.
func LockFolder(path string) (release func(), err error) {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(folder.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, folder.Close())
	}
	return func() { _ = folder.Close() }, nil
}
