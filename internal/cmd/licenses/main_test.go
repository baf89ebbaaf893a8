package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLicences(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	list := write("list", "# comment\nallow MIT\n\nread example.org/b MIT # why\n")
	good := write("good", `{"components":[{"name":"a","licenses":[{"license":{"id":"MIT"}}]},{"name":"example.org/b"}]}`)
	bad := write("bad", `{"components":[{"name":"c","version":"v1","licenses":[{"license":{"id":"AGPL-3.0"}}]},{"name":"d","version":"v2"}]}`)
	var out bytes.Buffer
	require.NoError(t, run([]string{"-list", list, good}, &out))
	assert.Equal(t, "    2  MIT\n", out.String())
	err := run([]string{"-list", list, good, bad}, &out)
	assert.ErrorContains(t, err, "c v1: AGPL-3.0\nd v2: unknown")
	for _, args := range [][]string{
		{"-list", list}, {"-list", good, good}, {"-list", list, filepath.Join(dir, "none")}, {"-list", list, write("empty", "{}")},
	} {
		require.Error(t, run(args, &out))
	}
}

// Packages of npm have an accepted licence, an exact version and a digest, and come from the registry.
func TestLockFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list := filepath.Join(dir, "list")
	require.NoError(t, os.WriteFile(list, []byte("allow MIT\ntools 0BSD\n"), 0o600))
	const direct = `{"dependencies":{"a":"1.0.0"}}`
	locked := `"version":"1.0.0","license":"MIT","integrity":"sha512-` + strings.Repeat("A", 86) + `=="`
	check := func(direct, locked string) error {
		path := filepath.Join(t.TempDir(), lockFile)
		content := `{"packages":{"":` + direct + `,"node_modules/a":{` + locked + `}}}`
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		var out bytes.Buffer
		return run([]string{"-list", list, path}, &out)
	}
	require.NoError(t, check(direct, locked))
	for _, license := range []string{"0BSD", "(AGPL-3.0 OR MIT)", "MIT AND 0BSD"} {
		require.NoError(t, check(direct, strings.Replace(locked, "MIT", license, 1)), license)
	}
	for message, lock := range map[string][2]string{
		"a ^1.0.0 is no exact version": {strings.Replace(direct, "1.0", "^1.0", 1), locked},
		`"1.x" is no exact version`:    {direct, strings.Replace(locked, "1.0.0", "1.x", 1)},
		"has no digest":                {direct, `"version":"1.0.0","license":"MIT"`},
		"does not come from":           {direct, locked + `,"resolved":"https://registry.npmjs.org.example.com/a.tgz"`},
		"a 1.0.0: unknown":             {direct, strings.Replace(locked, "MIT", "", 1)},
		"a 1.0.0: MIT AND AGPL-3.0":    {direct, strings.Replace(locked, "MIT", "MIT AND AGPL-3.0", 1)},
	} {
		assert.ErrorContains(t, check(lock[0], lock[1]), message)
	}
	used := filepath.Join(dir, "bill")
	require.NoError(t, os.WriteFile(used, []byte(`{"components":[{"name":"a","licenses":[{"license":{"id":"0BSD"}}]}]}`), 0o600))
	assert.ErrorContains(t, run([]string{"-list", list, used}, &bytes.Buffer{}), "a : 0BSD", "not what is shipped")
}
