package main

import (
	"bytes"
	"os"
	"path/filepath"
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
