package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// issuer makes tokens and publishes its keys as an identity provider does. The development
// issuer publishes none.
type issuer struct {
	key    *rsa.PrivateKey
	server *httptest.Server
}

const (
	issuerName = "https://issuer.example"
	issuerKey  = "ops"
)

func startIssuer() (*issuer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, fmt.Errorf("make the issuer's key: %w", err)
	}
	i := &issuer{key: key}
	encode := base64.RawURLEncoding.EncodeToString
	keys := fmt.Sprintf(`{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":%q,"n":%q,"e":%q}]}`,
		issuerKey, encode(key.N.Bytes()), encode(big.NewInt(int64(key.E)).Bytes()))
	i.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(keys))
	}))
	return i, nil
}

func (i *issuer) stop() { i.server.Close() }

// settings make an api accept the tokens.
func (i *issuer) settings() map[string]string {
	return map[string]string{"AUTH_ISSUER": issuerName, "AUTH_JWKS_URL": i.server.URL}
}

// token returns a token of the user that expires after lasts, which may be negative.
func (i *issuer) token(user string, lasts time.Duration) (string, error) {
	now := time.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"sub": user, "iss": issuerName, "iat": now.Add(-time.Hour).Unix(), "exp": now.Add(lasts).Unix(),
	})
	token.Header["kid"] = issuerKey
	signed, err := token.SignedString(i.key)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return signed, nil
}
