package auth_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
)

// Of tokens with any header and any claims, signed by the issuer or with any signature, only those are accepted that
// the issuer signed for a user, and that have not ended.
func FuzzVerify(f *testing.F) {
	dir := f.TempDir()
	issuer, err := auth.OpenDevIssuer(dir)
	require.NoError(f, err)
	content, err := os.ReadFile(filepath.Join(dir, auth.DevKeyFile))
	require.NoError(f, err)
	key, err := jwt.ParseRSAPrivateKeyFromPEM(content)
	require.NoError(f, err)
	verifier := issuer.Verifier(prometheus.NewRegistry())
	never := time.Now().AddDate(100, 0, 0).Unix()
	good := fmt.Sprintf(`{"iss":%q,"sub":"ada","exp":%d,"scope":["a"],"role":"admin"}`, auth.DevIssuerName, never)
	f.Add([]byte(`{"alg":"RS256","typ":"JWT"}`), []byte(good), []byte(nil))
	f.Add([]byte(`{"alg":"none"}`), []byte(good), []byte("x"))
	f.Add([]byte(`{"alg":"RS256","crit":["exp"],"kid":7}`), []byte(`{"sub":"a\u0000","exp":1e300}`), []byte(nil))
	f.Add([]byte(`{"alg":"HS256"}`), []byte(`{"aud":[1],"exp":"soon","sub":{}}`), []byte(nil))
	f.Fuzz(func(t *testing.T, header, claims, signature []byte) {
		text := base64.RawURLEncoding.EncodeToString
		token := text(header) + "." + text(claims)
		forged := len(signature) > 0
		if !forged {
			signature = signedBy(t, key, token)
		}
		user, err := verifier.Verify(t.Context(), token+"."+text(signature))
		if err != nil {
			require.ErrorIs(t, err, auth.ErrToken)
			require.Zero(t, user)
			return
		}
		require.False(t, forged, "a forged signature")
		var said struct {
			Alg, Iss, Sub string
		}
		require.NoError(t, json.Unmarshal(header, &said))
		require.NoError(t, json.Unmarshal(claims, &said))
		assert.Equal(t, "RS256", said.Alg)
		assert.Equal(t, auth.DevIssuerName, said.Iss)
		assert.Equal(t, said.Sub, user.ID)
		assert.True(t, auth.IsUserID(user.ID))
		assert.Greater(t, time.Until(user.Expires), -time.Minute)
	})
}

func signedBy(t *testing.T, key *rsa.PrivateKey, text string) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	require.NoError(t, err)
	return signature
}
