package child

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFreeAddress(t *testing.T) {
	t.Parallel()
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	address, err := FreeAddress(t.Context(), taken.Addr().String())
	require.NoError(t, err)
	assert.NotEqual(t, taken.Addr().String(), address)
	assert.True(t, strings.HasPrefix(address, "127.0.0.1:"))
}

func TestEnvironment(t *testing.T) {
	t.Setenv("DEV_TEST_KEPT", "kept")
	t.Setenv("DEV_TEST_REPLACED", "old")
	t.Setenv("DEV_TEST_REMOVED", "old")
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c",
		`echo "$DEV_TEST_KEPT, $DEV_TEST_REPLACED, $DEV_TEST_REMOVED"`)
	cmd.Env = Environment(map[string]string{"DEV_TEST_REPLACED": "new", "DEV_TEST_REMOVED": ""})
	seen, err := cmd.Output()
	require.NoError(t, err)
	assert.Equal(t, "kept, new, \n", string(seen))
}

func TestChildThatFailsNamesItsLog(t *testing.T) {
	t.Parallel()
	logPath := filepath.Join(t.TempDir(), "x.log")
	c, err := Start("migration", "/bin/sh", []string{"-c", "echo first; echo \"  $GREETING\"; exit 3"},
		[]string{"GREETING=hello"}, logPath)
	require.NoError(t, err)
	err = c.Wait(t.Context())
	require.EqualError(t, err, "the migration ended with exit status 3; its log is "+logPath+": hello")
	content, err := os.ReadFile(logPath)
	require.NoError(t, err)
	assert.Equal(t, "first\n  hello\n", string(content))
}
