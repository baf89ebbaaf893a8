package worker

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/seal"
)

// keys runs "worker keys" and returns its exit code and what it printed.
func keys(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	code = Main(t.Context(), append([]string{"keys"}, args...), nil, &out, &diagnostics)
	return code, out.String(), diagnostics.String()
}

// must runs "worker keys", which succeeds, and returns its output.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := keys(t, args...)
	require.Equal(t, 0, code, stderr)
	return stdout
}

func loadRing(t *testing.T, path string) *seal.Ring {
	t.Helper()
	ring, err := seal.Load(t.Context(), seal.Source{File: path})
	require.NoError(t, err)
	return ring
}

func TestKeysFromCreateToDrop(t *testing.T) {
	t.Setenv("DATABASE_URL", "")
	path := filepath.Join(t.TempDir(), "ring.json")
	assert.Contains(t, must(t, "create", path), "keys: created "+path)
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	code, _, stderr := keys(t, "create", path)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "exists and is kept")
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, before, after)

	code, _, stderr = keys(t, "encrypt", path, path+".kms")
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "set SEAL_KMS_URI")
	assert.Contains(t, must(t, "drop", path), "nothing to drop")
	first := loadRing(t, path).Keys()[0].ID
	added := must(t, "add", path)
	second := loadRing(t, path).Keys()[1].ID
	assert.Contains(t, added, "keys: added "+second.String())
	assert.Contains(t, must(t, "drop", path), "nothing to drop", "the added key is newer than the primary one")
	must(t, "promote", path)
	third := strings.Fields(must(t, "add", path))[2]
	third = strings.TrimSuffix(third, ";")
	assert.Equal(t, "KEY       USE\n"+first.String()+"  opens\n"+second.String()+"  primary: seals and opens\n"+third+
		"  opens\n", must(t, "list", path))

	code, _, stderr = keys(t, "drop", path)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "set DATABASE_URL")
	code, _, stderr = keys(t, "drop", "-unchecked", path, second.String())
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "the primary key can't be dropped")
	assert.Equal(t, "keys: dropped ["+first.String()+"]\n", must(t, "drop", "-unchecked", path))
	assert.Len(t, loadRing(t, path).Keys(), 2)
	must(t, "promote", path, third)
	assert.Equal(t, third, loadRing(t, path).Keys()[1].ID.String())
}

func TestKeysInUseAreNotDropped(t *testing.T) {
	db := pgtest.New(t)
	t.Setenv("DATABASE_URL", db.URL)
	path, ring := rotatedRing(t)
	stored := storeKeys(t, db, ring.old, 2)

	code, _, stderr := keys(t, "drop", path)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "2 API keys are still sealed by the keys to drop: run `worker rotate-keys` first")
	assert.Len(t, loadRing(t, path).Keys(), 2)

	stored.rotate(t, ring.new)
	assert.Contains(t, must(t, "drop", path), "keys: dropped")
	assert.Len(t, loadRing(t, path).Keys(), 1)
}
