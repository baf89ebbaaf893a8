package worker

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/system"
	"github.com/alwrity/onboarding/internal/seal"
)

// rings are a ring before and after another key became the primary one.
type rings struct{ old, new *seal.Ring }

// rotatedRing returns the file of a ring of two keys, the newer of which is the
// primary one.
func rotatedRing(t *testing.T) (path string, both rings) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "ring.json")
	require.NoError(t, seal.Create(t.Context(), path, nil))
	both.old = loadRing(t, path)
	id, err := seal.Add(t.Context(), path, nil)
	require.NoError(t, err)
	require.NoError(t, seal.Promote(t.Context(), path, nil, id))
	both.new = loadRing(t, path)
	return path, both
}

// store is a database with API keys.
type store struct {
	db       pgtest.Database
	sessions []uuid.UUID // in the order in which they are rotated
}

const provider = "openai"

// storeKeys stores one API key for each of n users, all sealed with ring.
func storeKeys(t *testing.T, db pgtest.Database, ring *seal.Ring, n int) store {
	t.Helper()
	s := store{db: db}
	for i := range n {
		id := uuid.UUID{15: byte(i + 1)}
		s.sessions = append(s.sessions, id)
		_, err := db.System.Exec(t.Context(), "insert into onboarding_sessions (id, user_id) values ($1, $2)", id, s.user(i))
		require.NoError(t, err)
		_, err = db.System.Exec(t.Context(),
			`insert into api_keys (session_id, user_id, provider, sealed, last_four, fingerprint)
			values ($1, $2, $3, $4, 'abcd', 'f')`, id, s.user(i), provider, s.seal(t, ring, i, s.key(i)))
		require.NoError(t, err)
	}
	return s
}

func (s store) user(i int) string { return fmt.Sprintf("user_%d", i) }

func (s store) key(i int) string { return fmt.Sprintf("sk-canary-%d", i) }

func (s store) seal(t *testing.T, ring *seal.Ring, i int, key string) []byte {
	t.Helper()
	sealed, err := ring.Seal([]byte(key), s.user(i), provider)
	require.NoError(t, err)
	return sealed
}

func (s store) set(t *testing.T, i int, sealed []byte) {
	t.Helper()
	_, err := s.db.System.Exec(t.Context(), "update api_keys set sealed = $1 where session_id = $2", sealed, s.sessions[i])
	require.NoError(t, err)
}

func (s store) sealed(t *testing.T, i int) []byte {
	t.Helper()
	var sealed []byte
	require.NoError(t,
		s.db.System.QueryRow(t.Context(), "select sealed from api_keys where session_id = $1", s.sessions[i]).Scan(&sealed))
	return sealed
}

// opened returns the API key of a user as ring opens it.
func (s store) opened(t *testing.T, ring *seal.Ring, i int) string {
	t.Helper()
	key, err := ring.Open(s.sealed(t, i), s.user(i), provider)
	require.NoError(t, err)
	return string(key)
}

// renewed counts the API keys that the primary key of ring seals.
func (s store) renewed(t *testing.T, ring *seal.Ring) int {
	t.Helper()
	n, err := system.New(s.db.System).CountKeysToReseal(t.Context(), ring.PrimaryPrefix())
	require.NoError(t, err)
	return len(s.sessions) - int(n)
}

func (s store) rotation(ring *seal.Ring, batch int32) *rotation {
	return &rotation{queries: system.New(s.db.System), ring: ring, batch: batch, handled: func() {}}
}

// rotate seals all API keys again.
func (s store) rotate(t *testing.T, ring *seal.Ring) {
	t.Helper()
	r := s.rotation(ring, 100)
	require.NoError(t, r.run(t.Context()))
	require.Equal(t, len(s.sessions), r.resealed)
}

func TestRotateKeysResealsInBatches(t *testing.T) {
	t.Parallel()
	_, ring := rotatedRing(t)
	for _, batch := range []int32{1, 3, 4, 12, 100} {
		t.Run(fmt.Sprint(batch), func(t *testing.T) {
			t.Parallel()
			const n = 12
			s := storeKeys(t, pgtest.New(t), ring.old, n)
			r := s.rotation(ring.new, batch)
			require.NoError(t, r.run(t.Context()))
			assert.Equal(t, n, r.resealed)
			assert.Equal(t, n, s.renewed(t, ring.new))
			for i := range n {
				assert.Equal(t, s.key(i), s.opened(t, ring.new, i))
			}
			again := s.rotation(ring.new, batch)
			require.NoError(t, again.run(t.Context()))
			assert.Zero(t, again.resealed+again.skipped, "a second run finds nothing to do")
		})
	}
}

func TestRotateKeysIsInterruptedAndGoesOn(t *testing.T) {
	t.Parallel()
	_, ring := rotatedRing(t)
	s := storeKeys(t, pgtest.New(t), ring.old, 10)
	ctx, interrupt := context.WithCancel(t.Context())
	first := s.rotation(ring.new, 4)
	first.handled = func() {
		if first.resealed == 6 {
			interrupt()
		}
	}
	require.ErrorIs(t, first.run(ctx), context.Canceled)
	assert.Equal(t, 6, s.renewed(t, ring.new))
	for i := range s.sessions {
		assert.Equal(t, s.key(i), s.opened(t, ring.new, i), "each key opens in between")
	}

	second := s.rotation(ring.new, 4)
	require.NoError(t, second.run(t.Context()))
	assert.Equal(t, 4, second.resealed)
	assert.Equal(t, 10, s.renewed(t, ring.new))
}

func TestRotateKeysKeepsWhatItsUserChanged(t *testing.T) {
	t.Parallel()
	_, ring := rotatedRing(t)
	s := storeKeys(t, pgtest.New(t), ring.old, 5)
	r := s.rotation(ring.new, 100)
	r.handled = func() {
		if r.resealed == 1 && r.skipped == 0 { // all rows were read already
			s.set(t, 3, s.seal(t, ring.old, 3, "sk-changed"))
			_, err := s.db.System.Exec(t.Context(), "delete from api_keys where session_id = $1", s.sessions[4])
			require.NoError(t, err)
		}
	}
	require.NoError(t, r.run(t.Context()))
	assert.Equal(t, 3, r.resealed)
	assert.Equal(t, 2, r.skipped)
	assert.Equal(t, "sk-changed", s.opened(t, ring.old, 3), "the user's change stands, sealed as it was")
	again := s.rotation(ring.new, 100)
	require.NoError(t, again.run(t.Context()))
	assert.Equal(t, 1, again.resealed)
	assert.Equal(t, "sk-changed", s.opened(t, ring.new, 3))
}

func TestTwoRotationsAtOnce(t *testing.T) {
	t.Parallel()
	_, ring := rotatedRing(t)
	const n = 40
	s := storeKeys(t, pgtest.New(t), ring.old, n)
	runs := []*rotation{s.rotation(ring.new, 7), s.rotation(ring.new, 5)}
	var both sync.WaitGroup
	for _, r := range runs {
		both.Go(func() { assert.NoError(t, r.run(t.Context())) })
	}
	both.Wait()
	assert.Equal(t, n, runs[0].resealed+runs[1].resealed, "each key is sealed again once")
	assert.Equal(t, n, s.renewed(t, ring.new))
	for i := range n {
		assert.Equal(t, s.key(i), s.opened(t, ring.new, i))
	}
}

func TestRotateKeysCommand(t *testing.T) {
	db := pgtest.New(t)
	path, ring := rotatedRing(t)
	_, foreign := rotatedRing(t)
	s := storeKeys(t, db, ring.old, 5)
	unknown, exchanged := s.seal(t, foreign.new, 1, s.key(1)), s.sealed(t, 0)
	s.set(t, 1, unknown)
	s.set(t, 2, exchanged) // a row that was copied to another user
	t.Setenv("DATABASE_URL", db.URL)
	t.Setenv("SEAL_KEYS_FILE", path)
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, diagnostics bytes.Buffer
		code = Main(t.Context(), append([]string{"rotate-keys"}, args...), nil, &out, &diagnostics)
		assert.NotContains(t, diagnostics.String(), "canary")
		assert.NotContains(t, diagnostics.String(), "user_")
		return code, out.String(), diagnostics.String()
	}

	code, stdout, stderr := run("-dry-run")
	assert.Equal(t, 1, code)
	assert.Equal(t, "rotate-keys: resealed=3 skipped=0 failed=2\n", stdout)
	assert.Contains(t, stderr, "Dry run: nothing was changed")
	assert.Equal(t, 0, s.renewed(t, ring.new))

	code, stdout, stderr = run("-batch", "2")
	assert.Equal(t, 1, code)
	assert.Equal(t, "rotate-keys: resealed=3 skipped=0 failed=2\n", stdout)
	assert.Equal(t, "1 API key is sealed by a key that is not in the ring.\n"+
		"1 API key is not what was sealed for its user and provider.\n2 API keys could not be opened and stayed as before\n",
		stderr)
	assert.Equal(t, unknown, s.sealed(t, 1), "what can't be opened stays")
	assert.Equal(t, exchanged, s.sealed(t, 2))

	_, err := db.System.Exec(t.Context(), "delete from api_keys where session_id = any ($1)", s.sessions[1:3])
	require.NoError(t, err)
	code, stdout, stderr = run()
	assert.Equal(t, 0, code)
	assert.Equal(t, "rotate-keys: resealed=0 skipped=0 failed=0\n", stdout)
	assert.Empty(t, stderr)

	for says, args := range map[string][]string{
		`takes no argument "x"`:          {"x"},
		"-batch must be between 1 and 1": {"-batch", "0"},
		"-nope":                          {"-nope"},
	} {
		code, stdout, stderr = run(args...)
		assert.Equal(t, 2, code)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, says)
	}
	code, stdout, _ = run("-h")
	assert.Equal(t, 0, code)
	assert.Contains(t, stdout, "Usage: worker rotate-keys")
}

func TestRotateKeysNeedsTheSchema(t *testing.T) {
	path, _ := rotatedRing(t)
	t.Setenv("DATABASE_URL", pgtest.NewEmptyURL(t))
	t.Setenv("SEAL_KEYS_FILE", path)
	var out, diagnostics bytes.Buffer
	assert.Equal(t, 1, Main(t.Context(), []string{"rotate-keys"}, nil, &out, &diagnostics))
	assert.Contains(t, diagnostics.String(), "run `worker migrate`")
	assert.Empty(t, out.String())
}
