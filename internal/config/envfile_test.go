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

// mark is the comment of the owner "ada".
const mark = "# stored by the onboarding for user fdee430d\n"

func TestWriteEnv(t *testing.T) {
	t.Parallel()
	const odd = "# keys\r\n\n  A = 1 # one\nexport B='x y'\nbroken line\n\tKEYS=no\nMY_KEY=no\n#KEY=no\nKEY='my own\nlines'\n"
	for name, test := range map[string]struct{ before, value, after string }{
		"empty file":             {"", "v", mark + "KEY=v\n"},
		"no line end":            {"A=1", "v", "A=1\n" + mark + "KEY=v\n"},
		"appended":               {odd, "v", odd + mark + "KEY=v\n"},
		"beside another's":       {"KEY=hers\n", "v", "KEY=hers\n" + mark + "KEY=v\n"},
		"replaced in its place":  {"A=1\n" + mark + "KEY=old\nB=2\n", "v", "A=1\n" + mark + "KEY=v\nB=2\n"},
		"last without line end":  {"A=1\n" + mark + "KEY=old", "v", "A=1\n" + mark + "KEY=v"},
		"another name":           {mark + "KEYS=old\n", "v", mark + "KEYS=old\n" + mark + "KEY=v\n"},
		"quoted":                 {"", "a b#c$d\"e`f", mark + "KEY='a b#c$d\"e`f'\n"},
		"empty value":            {mark + "KEY=old\n", "", mark + "KEY=\n"},
		"the same, but readable": {mark + "KEY=v\n", "v", mark + "KEY=v\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := envFile(t, test.before)
			require.NoError(t, config.WriteEnv(path, "ada", "KEY", test.value))
			assert.Equal(t, test.after, read(t, path))
			info, err := os.Stat(path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
			require.NoError(t, config.WriteEnv(path, "ada", "KEY", test.value))
			assert.Equal(t, test.after, read(t, path), "a second call changes nothing")
		})
	}
}

func TestWriteEnvCreates(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".env")
	require.NoError(t, config.RemoveEnv(path, "ada", "KEY"))
	assert.NoFileExists(t, path, "nothing to remove")
	require.NoError(t, config.WriteEnv(path, "ada", "KEY", "v"))
	assert.Equal(t, mark+"KEY=v\n", read(t, path))
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary files stay")
}

// Two users' keys of one provider stand beside each other; each goes with its own user, in either order.
func TestRemoveEnv(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"ada", "grace"} {
		const own = "A=1\nKEY=1\r\n# KEY\nexport KEY=2\nB=2\n"
		path := envFile(t, own)
		require.NoError(t, config.WriteEnv(path, "ada", "KEY", "of-ada"))
		require.NoError(t, config.WriteEnv(path, "grace", "KEY", "of-grace"))
		other := map[string]string{"ada": "grace", "grace": "ada"}[first]
		require.NoError(t, config.RemoveEnv(path, first, "KEY"))
		assert.Contains(t, read(t, path), "\nKEY=of-"+other+"\n")
		assert.NotContains(t, read(t, path), "of-"+first)
		require.NoError(t, config.RemoveEnv(path, other, "KEY"))
		assert.Equal(t, own, read(t, path))
	}
}

func TestEnvIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ before, name, value, says string }{
		"two lines":       {"A=1\n", "KEY", "canary\nB=2", "the value has more than one line"},
		"carriage return": {"A=1\n", "KEY", "canary\rB=2", "the value has more than one line"},
		"single quote":    {"A=1\n", "KEY", "canary'", "a single quote"},
		"backslash":       {"A=1\n", "KEY", `canary\`, "a backslash"},
		"expansion":       {"A=1\n", "KEY", "canary${HOME}", "${"},
		"name":            {"A=1\n", "KEY=x\nB", "canary", "is not the name of a variable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := envFile(t, test.before)
			err := config.WriteEnv(path, "ada", test.name, test.value)
			require.ErrorContains(t, err, test.says)
			assert.NotContains(t, err.Error(), "canary")
			assert.Equal(t, test.before, read(t, path))
		})
	}
	require.ErrorContains(t, config.WriteEnv(t.TempDir(), "ada", "KEY", "v"), "not a regular file")
}

func TestWriteEnvKeepsLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, middle, link := filepath.Join(dir, "shared", "env"), filepath.Join(dir, "middle"), filepath.Join(dir, ".env")
	require.NoError(t, os.Mkdir(filepath.Dir(target), 0o755))
	require.NoError(t, os.Symlink("shared/env", middle))
	require.NoError(t, os.Symlink(middle, link))

	require.NoError(t, config.WriteEnv(link, "ada", "KEY", "new"), "the target is missing")
	require.NoError(t, config.WriteEnv(link, "ada", "OTHER", "v"))
	assert.Equal(t, mark+"KEY=new\n"+mark+"OTHER=v\n", read(t, target))
	next, err := os.Readlink(link)
	require.NoError(t, err)
	assert.Equal(t, middle, next)

	circle := filepath.Join(dir, "circle")
	require.NoError(t, os.Symlink(circle, circle))
	require.ErrorContains(t, config.WriteEnv(circle, "ada", "KEY", "v"), "too many symbolic links")
}

func TestWriteEnvAtOnce(t *testing.T) {
	t.Parallel()
	path := envFile(t, "A=1\n")
	var writers sync.WaitGroup
	const n = 20
	for i := range n {
		writers.Go(func() {
			assert.NoError(t, config.WriteEnv(path, "ada", fmt.Sprintf("KEY_%d", i), "v"))
			if i%2 == 1 {
				assert.NoError(t, config.RemoveEnv(path, "ada", fmt.Sprintf("KEY_%d", i)))
			}
		})
	}
	writers.Wait()
	content := read(t, path)
	assert.Equal(t, 1+n, strings.Count(content, "\n"), content)
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
		require.NoError(t, config.WriteEnv(path, "ada", "KEY", value))
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$0" && printf %s "$KEY"`, path).Output()
		require.NoError(t, err)
		assert.Equal(t, value, string(out))
	}
}
