package config_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
)

// envFile returns the path of a file that holds content with the mode 0644.
func envFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o644))
	return path
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

func TestWriteEnv(t *testing.T) {
	t.Parallel()
	const odd = "# keys\r\n\n  A = 1 # one\nexport B='x y'\nbroken line\n\tKEYS=no\nMY_KEY=no\n#KEY=no\n"
	for name, test := range map[string]struct{ before, value, after string }{
		"empty file":             {"", "v", "KEY=v\n"},
		"no line end":            {"A=1", "v", "A=1\nKEY=v\n"},
		"appended":               {odd, "v", odd + "KEY=v\n"},
		"replaced in its place":  {"A=1\nKEY=old\nB=2\n", "v", "A=1\nKEY=v\nB=2\n"},
		"exported":               {"export KEY=old\nB=2", "v", "export KEY=v\nB=2"},
		"indented and spaced":    {"  KEY = 'old' # note\n", "v", "KEY=v\n"},
		"last without line end":  {"A=1\nKEY=old", "v", "A=1\nKEY=v"},
		"other line ends":        {"A=1\r\nKEY=old\r\nB=2\r\n", "v", "A=1\r\nKEY=v\r\nB=2\r\n"},
		"assigned twice":         {"KEY=1\nA=1\nKEY=2\nB=2\n", "v", "A=1\nKEY=v\nB=2\n"},
		"quoted":                 {"", "a b#c$d\"e`f", "KEY='a b#c$d\"e`f'\n"},
		"empty value":            {"KEY=old\n", "", "KEY=\n"},
		"the same, but readable": {"KEY=v\n", "v", "KEY=v\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := envFile(t, test.before)
			require.NoError(t, config.WriteEnv(path, "KEY", test.value))
			assert.Equal(t, test.after, read(t, path))
			info, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
			require.NoError(t, config.WriteEnv(path, "KEY", test.value))
			assert.Equal(t, test.after, read(t, path), "a second call changes nothing")
		})
	}
}

func TestWriteEnvCreates(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".env")
	require.NoError(t, config.RemoveEnv(path, "KEY"))
	assert.NoFileExists(t, path, "nothing to remove")
	require.NoError(t, config.WriteEnv(path, "KEY", "v"))
	assert.Equal(t, "KEY=v\n", read(t, path))
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary files stay")
}

func TestRemoveEnv(t *testing.T) {
	t.Parallel()
	path := envFile(t, "A=1\nKEY=1\r\n# KEY\nexport KEY=2\nB=2")
	require.NoError(t, config.RemoveEnv(path, "KEY"))
	assert.Equal(t, "A=1\n# KEY\nB=2", read(t, path))
}

func TestEnvIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ before, name, value, says string }{
		"two lines":           {"A=1\n", "KEY", "canary\nB=2", "the value has more than one line"},
		"carriage return":     {"A=1\n", "KEY", "canary\rB=2", "the value has more than one line"},
		"single quote":        {"A=1\n", "KEY", "canary'", "a single quote"},
		"backslash":           {"A=1\n", "KEY", `canary\`, "a backslash"},
		"expansion":           {"A=1\n", "KEY", "canary${HOME}", "${"},
		"name":                {"A=1\n", "KEY=x\nB", "canary", "is not the name of a variable"},
		"old value of lines":  {"KEY=\"one\ntwo\"\nA=1\n", "KEY", "canary", "KEY has a value of several lines there"},
		"old value of quotes": {"KEY='one\n", "KEY", "canary", "KEY has a value of several lines there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := envFile(t, test.before)
			err := config.WriteEnv(path, test.name, test.value)
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, test.before, read(t, path))
		})
	}
	require.ErrorContains(t, config.WriteEnv(t.TempDir(), "KEY", "v"), "not a regular file")
}

func TestWriteEnvKeepsLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, middle, link := filepath.Join(dir, "shared", "env"), filepath.Join(dir, "middle"), filepath.Join(dir, ".env")
	require.NoError(t, os.Mkdir(filepath.Dir(target), 0o755))
	require.NoError(t, os.Symlink("shared/env", middle))
	require.NoError(t, os.Symlink(middle, link))

	require.NoError(t, config.WriteEnv(link, "KEY", "new"), "the target is missing")
	require.NoError(t, config.WriteEnv(link, "OTHER", "v"))
	assert.Equal(t, "KEY=new\nOTHER=v\n", read(t, target))
	next, err := os.Readlink(link)
	require.NoError(t, err)
	assert.Equal(t, middle, next)

	circle := filepath.Join(dir, "circle")
	require.NoError(t, os.Symlink(circle, circle))
	require.ErrorContains(t, config.WriteEnv(circle, "KEY", "v"), "too many symbolic links")
}

func TestWriteEnvAtOnce(t *testing.T) {
	t.Parallel()
	path := envFile(t, "A=1\n")
	var writers sync.WaitGroup
	const n = 20
	for i := range n {
		writers.Go(func() {
			assert.NoError(t, config.WriteEnv(path, fmt.Sprintf("KEY_%d", i), "v"))
			if i%2 == 1 {
				assert.NoError(t, config.RemoveEnv(path, fmt.Sprintf("KEY_%d", i)))
			}
		})
	}
	writers.Wait()
	content := read(t, path)
	assert.Equal(t, 1+n/2, strings.Count(content, "\n"), content)
	assert.True(t, strings.HasPrefix(content, "A=1\n"))
}

// A shell is the strictest reader of these files.
func TestShellReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		"sk-abc_DEF.1/2+3=", "a b", "$HOME", "`id`", "a#b", `a"b`, "!x", "~", "*",
		"", "a;b&c|d",
	} {
		path := envFile(t, "KEY=old\n")
		require.NoError(t, config.WriteEnv(path, "KEY", value))
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$0" && printf %s "$KEY"`, path).Output()
		require.NoError(t, err)
		assert.Equal(t, value, string(out))
	}
}
