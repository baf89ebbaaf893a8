package e2e_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// example runs a usage example of docs/api.md as it stands there, in a shell with
// API, TOKEN and SITE set. Each line of a comment that begins with "# →" is what the
// answer of the command before contains.
func example(heading string) requirement {
	return func(t *testing.T, s *system) {
		c := s.as(t)
		script := "set -eu\n"
		var expected []string
		for line := range strings.Lines(curlBlock(t, heading)) {
			if text, ok := strings.CutPrefix(strings.TrimSpace(line), "# → "); ok {
				expected = append(expected, text)
				continue
			}
			script += line
		}
		require.NotEmpty(t, expected, "the example shows no answer")
		cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "API=" + c.base + root, "TOKEN=" + c.token, "SITE=" + s.shop.url}
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, string(output))
		for _, text := range expected {
			assert.Contains(t, string(output), text)
		}
	}
}
