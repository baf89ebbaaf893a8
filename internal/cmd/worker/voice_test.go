package worker

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVoiceScoresAFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "draft.txt")
	require.NoError(t, os.WriteFile(name, []byte("Your brakes squeal? Bring the bike in. We will look at it, tell you what "+
		"it costs and fix it while you wait. You pay nothing before you say yes, and you get your old parts in a bag.\n"),
		0o600))
	var stdout, stderr bytes.Buffer
	run := func(args ...string) int {
		stdout.Reset()
		stderr.Reset()
		return Main(t.Context(), append([]string{"voice"}, args...), strings.NewReader("Too short."), &stdout, &stderr)
	}
	require.Zero(t, run("--site", "../dev/site", "--platform", "twitter", name), stderr.String())
	assert.Contains(t, stdout.String(), "band=on_voice")
	assert.Contains(t, stdout.String(), "sentence words")

	assert.Equal(t, 1, run("--site", "../dev/site", "-"))
	assert.Contains(t, stderr.String(), "there are 2")
	assert.Equal(t, 2, run("--platform", "myspace", name))
	assert.Equal(t, 2, run())
}
