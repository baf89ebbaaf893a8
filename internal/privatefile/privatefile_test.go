package privatefile

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCreateAndReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	require.NoError(t, Create(path, []byte("first")))
	require.ErrorIs(t, Create(path, []byte("second")), fs.ErrExist)
	require.NoError(t, os.Chmod(path, 0o644))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "first", string(content))

	require.NoError(t, Replace(path, []byte("third")))
	content, err = os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "third", string(content))
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary files stay")
	require.ErrorIs(t, Replace(filepath.Join(dir, "none", "key"), nil), fs.ErrNotExist)
}

func TestLockFolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	release, err := LockFolder(path)
	require.NoError(t, err)
	taken := make(chan func())
	go func() {
		again, err := LockFolder(path)
		assert.NoError(t, err)
		taken <- again
	}()
	select {
	case <-taken:
		t.Error("the lock was taken twice")
	default:
	}
	release()
	(<-taken)()
}
