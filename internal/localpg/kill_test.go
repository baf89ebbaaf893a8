package localpg

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKilledParentLeavesNoServer(t *testing.T) {
	t.Parallel()
	for name, who := range callers(t) {
		t.Run(name+", persistent", func(t *testing.T) {
			t.Parallel()
			dir := dataFolder(t, who)
			h := startHelper(t, who, "persistent", dir, false)
			execute(t, h.answer, "create table kept as select 'still here' as word")
			pid := serverPid(t, filepath.Join(dir, "postgres", "cluster"))
			h.kill()
			// The next start may come before the old server has ended.
			h = startHelper(t, who, "persistent", dir, false)
			assert.True(t, gone(pid), "the old server was reused")
			assert.Equal(t, "still here", query(t, h.answer, "select word from kept"))
			h.kill()
			eventually(t, "no process is left", func() bool { return mentions(dir) == 0 })
		})
		t.Run(name+", throw-away", func(t *testing.T) {
			t.Parallel()
			h := startHelper(t, who, "throwaway", "", false)
			root := hostOf(t, h.answer)
			require.DirExists(t, root)
			h.kill()
			eventually(t, "no folder is left", func() bool { _, err := os.Stat(root); return os.IsNotExist(err) })
			eventually(t, "no process is left", func() bool { return mentions(root) == 0 })
		})
	}
}

func TestParentKilledDuringStart(t *testing.T) {
	t.Parallel()
	for name, who := range callers(t) {
		for _, after := range []int{40, 150, 400, 800} {
			t.Run(fmt.Sprintf("%s, after %d ms", name, after), func(t *testing.T) {
				t.Parallel()
				dir := dataFolder(t, who)
				h := startHelper(t, who, "persistent", dir, true)
				time.Sleep(time.Duration(after) * time.Millisecond) // the moment is what is tried
				h.kill()
				eventually(t, "no process is left", func() bool { return mentions(dir) == 0 })
				h = startHelper(t, who, "persistent", dir, false)
				assert.Equal(t, "up", query(t, h.answer, "select 'up'"))
				assert.NoError(t, h.stdin.Close())
				assert.NoError(t, h.cmd.Wait())
				assert.Zero(t, mentions(dir))
			})
		}
	}
}

// A running server whose lock nobody holds is either one that is about to end with
// its killed owner, or one that somebody started by hand.
func TestServerWithoutAnOwner(t *testing.T) {
	t.Parallel()
	t.Run("ends soon: its place is taken", func(t *testing.T) {
		t.Parallel()
		dir := dataFolder(t, callerAccount())
		old := startServer(t, Config{DataDir: dir})
		require.NoError(t, old.lock.Close())
		end := time.AfterFunc(time.Second/2, old.Stop)
		defer end.Stop()
		s := startServer(t, Config{DataDir: dir})
		assert.Equal(t, "up", query(t, s.URL(), "select 'up'"))
	})
	t.Run("stays: it is left alone", func(t *testing.T) {
		t.Parallel()
		dir := dataFolder(t, callerAccount())
		old := startServer(t, Config{DataDir: dir})
		require.NoError(t, old.lock.Close())
		impatient, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		_, err := Start(impatient, Config{DataDir: dir})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, "up", query(t, old.URL(), "select 'up'"))
	})
}

func TestLeashedCommandDiesWithItsParent(t *testing.T) {
	t.Parallel()
	h := startHelper(t, account{}, "leash", "", false)
	var pid int
	_, err := fmt.Sscan(h.answer, &pid)
	require.NoError(t, err)
	require.False(t, gone(pid))
	group, err := syscall.Getpgid(pid)
	require.NoError(t, err)
	assert.NotEqual(t, h.cmd.Process.Pid, group)
	own, err := syscall.Getpgid(h.cmd.Process.Pid)
	require.NoError(t, err)
	assert.NotEqual(t, own, group, "Ctrl-C would reach the leashed command")
	h.kill()
	eventually(t, "the command ended", func() bool { return gone(pid) })
}

func capturedLog() (*slog.Logger, *safeBuffer) {
	var b safeBuffer
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}

// safeBuffer is a buffer that several goroutines may write to.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
