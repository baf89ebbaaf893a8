package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
)

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	return key
}

func devVerifier(t *testing.T, d *auth.DevIssuer) *auth.Verifier {
	t.Helper()
	return d.Verifier(prometheus.NewRegistry())
}

func TestDevIssuer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	issuer, err := auth.OpenDevIssuer(dir)
	require.NoError(t, err)
	token, err := issuer.Mint(auth.User{
		ID: "ada", Email: "ada@example.com", Role: "admin",
		Scopes: []string{"inputs:read", "b"},
	}, time.Hour)
	require.NoError(t, err)

	info, err := os.Stat(filepath.Join(dir, auth.DevKeyFile))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "no temporary file is left")

	again, err := auth.OpenDevIssuer(dir)
	require.NoError(t, err)
	user, err := devVerifier(t, again).Verify(t.Context(), token)
	require.NoError(t, err, "the key outlives the process")
	assert.WithinDuration(t, time.Now().Add(time.Hour), user.Expires, time.Minute)
	user.Expires = time.Time{}
	assert.Equal(t,
		auth.User{ID: "ada", Email: "ada@example.com", Role: "admin", Scopes: []string{"inputs:read", "b"}}, user)

	expired, err := issuer.Mint(auth.User{ID: "ada"}, -time.Minute)
	require.NoError(t, err)
	_, err = devVerifier(t, again).Verify(t.Context(), expired)
	require.ErrorIs(t, err, auth.ErrToken)

	_, err = issuer.Mint(auth.User{}, time.Hour)
	require.Error(t, err, "a token without a user is of no use")
}

func TestTheLeewayOfAnExpiredToken(t *testing.T) {
	t.Parallel()
	issuer, err := auth.OpenDevIssuer(t.TempDir())
	require.NoError(t, err)
	synctest.Test(t, func(t *testing.T) { // time only moves in Sleep
		v := devVerifier(t, issuer)
		token, err := issuer.Mint(auth.User{ID: "ada"}, time.Minute)
		require.NoError(t, err)
		time.Sleep(time.Minute + 4*time.Second)
		_, err = v.Verify(t.Context(), token)
		require.NoError(t, err)
		time.Sleep(2 * time.Second)
		_, err = v.Verify(t.Context(), token)
		require.ErrorIs(t, err, auth.ErrToken)
	})
}

func TestDevVerifierRefusesOtherKeys(t *testing.T) {
	t.Parallel()
	mine, err := auth.OpenDevIssuer(t.TempDir())
	require.NoError(t, err)
	theirs, err := auth.OpenDevIssuer(t.TempDir())
	require.NoError(t, err)
	token, err := theirs.Mint(auth.User{ID: "ada"}, time.Hour)
	require.NoError(t, err)
	_, err = devVerifier(t, mine).Verify(t.Context(), token)
	require.ErrorIs(t, err, auth.ErrToken)

	forged := sign(t, jwt.SigningMethodNone, "dev", jwt.UnsafeAllowNoneSignatureType, with("iss", auth.DevIssuerName))
	_, err = devVerifier(t, mine).Verify(t.Context(), forged)
	require.ErrorIs(t, err, auth.ErrToken)
}

func TestDevIssuersThatStartAtOnceShareTheKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	issuers := make([]*auth.DevIssuer, 8)
	var group sync.WaitGroup
	for i := range issuers {
		group.Go(func() {
			issuer, err := auth.OpenDevIssuer(dir)
			assert.NoError(t, err)
			issuers[i] = issuer
		})
	}
	group.Wait()
	v := devVerifier(t, issuers[0])
	for _, issuer := range issuers {
		token, err := issuer.Mint(auth.User{ID: "ada"}, time.Hour)
		require.NoError(t, err)
		_, err = v.Verify(t.Context(), token)
		require.NoError(t, err)
	}
}

func TestBrokenDevKeyIsNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, auth.DevKeyFile)
	require.NoError(t, os.WriteFile(path, []byte("not a key"), 0o600))
	_, err := auth.OpenDevIssuer(dir)
	require.ErrorContains(t, err, "delete it to get a new one")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "not a key", string(data))
}
