package httpapi_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
)

const (
	tokenIssuer   = "https://id.example.com"
	tokenAudience = "onboarding"
	tokenParty    = "https://app.example.com"
)

// provider is an identity provider that publishes two keys: one for signatures, one for encryption.
type provider struct {
	url                 string
	signs, encrypts, no *rsa.PrivateKey // no is published by nobody
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{}
	var keys []jwkset.JWKMarshal
	for _, key := range []struct {
		to   **rsa.PrivateKey
		kid  string
		use  jwkset.USE
		hide bool
	}{{&p.signs, "signs", jwkset.UseSig, false}, {&p.encrypts, "encrypts", jwkset.UseEnc, false}, {to: &p.no, hide: true}} {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		require.NoError(t, err)
		*key.to = made
		about := jwkset.JWKMetadataOptions{KID: key.kid, USE: key.use}
		jwk, err := jwkset.NewJWKFromKey(made.Public(), jwkset.JWKOptions{Metadata: about})
		require.NoError(t, err)
		if !key.hide {
			keys = append(keys, jwk.Marshal())
		}
	}
	document, err := json.Marshal(jwkset.JWKSMarshal{Keys: keys})
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(document) }))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

func (p *provider) settings() auth.Settings {
	return auth.Settings{
		Issuer: tokenIssuer, JWKSURL: p.url, Audience: tokenAudience, AuthorizedParties: []string{tokenParty},
	}
}

// claims are those of an accepted token of a user, with some changed, or left out where the value is nil.
func (p *provider) claims(userID string, changes jwt.MapClaims) jwt.MapClaims {
	claims := jwt.MapClaims{
		"iss": tokenIssuer, "aud": tokenAudience, "azp": tokenParty, "sub": userID,
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// token returns an accepted token of a user, if the changes of its claims leave it one.
func (p *provider) token(t *testing.T, userID string, changes jwt.MapClaims) string {
	t.Helper()
	return sign(t, jwt.SigningMethodRS256, p.signs, map[string]any{"kid": "signs"}, p.claims(userID, changes))
}

func sign(t *testing.T, method jwt.SigningMethod, key any, header map[string]any, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	maps.Copy(token.Header, header)
	signed, err := token.SignedString(key)
	require.NoError(t, err)
	return signed
}

// wrongTokens are tokens in the name of a user which must not be accepted, by what is wrong with them.
func (p *provider) wrongTokens(t *testing.T, userID string) map[string]string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(p.signs.Public())
	require.NoError(t, err)
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	claims, kid := p.claims(userID, nil), map[string]any{"kid": "signs"}
	own, err := jwkset.NewJWKFromKey(p.no.Public(), jwkset.JWKOptions{})
	require.NoError(t, err)
	forged := func(header map[string]any) string {
		return sign(t, jwt.SigningMethodRS256, p.no, header, claims)
	}
	whole := strings.Split(p.token(t, userID, nil), ".")
	of := func(changes jwt.MapClaims) string { return p.token(t, userID, changes) }
	ago := func(d time.Duration) int64 { return time.Now().Add(-d).Unix() }
	none := jwt.SigningMethodNone
	return map[string]string{
		"alg none":                 sign(t, none, jwt.UnsafeAllowNoneSignatureType, kid, claims),
		"alg None":                 header(t, `{"alg":"None","kid":"signs"}`) + "." + whole[1] + ".",
		"no signature":             whole[0] + "." + whole[1] + ".",
		"no alg":                   header(t, `{"kid":"signs"}`) + "." + whole[1] + "." + whole[2],
		"HS256 by the public key":  sign(t, jwt.SigningMethodHS256, public, kid, claims),
		"HS256 by its DER":         sign(t, jwt.SigningMethodHS256, der, kid, claims),
		"HS256 by its modulus":     sign(t, jwt.SigningMethodHS256, p.signs.N.Bytes(), kid, claims),
		"HS256 by nothing":         sign(t, jwt.SigningMethodHS256, []byte{}, kid, claims),
		"RS512":                    sign(t, jwt.SigningMethodRS512, p.signs, kid, claims),
		"PS256":                    sign(t, jwt.SigningMethodPS256, p.signs, kid, claims),
		"another key":              forged(kid),
		"an unknown key":           forged(map[string]any{"kid": "other"}),
		"a key in the token":       forged(map[string]any{"kid": "other", "jwk": own.Marshal()}),
		"a key from elsewhere":     forged(map[string]any{"kid": "signs", "jku": p.url, "x5u": p.url}),
		"a key as a path":          forged(map[string]any{"kid": "../../../../dev/null"}),
		"a key as SQL":             forged(map[string]any{"kid": "' or '1'='1"}),
		"a key that is no text":    forged(map[string]any{"kid": 1}),
		"the key for encryption":   sign(t, jwt.SigningMethodRS256, p.encrypts, map[string]any{"kid": "encrypts"}, claims),
		"that key, unnamed":        sign(t, jwt.SigningMethodRS256, p.encrypts, nil, claims),
		"a critical extension":     sign(t, jwt.SigningMethodRS256, p.signs, map[string]any{"kid": "signs", "crit": []string{"x"}}, claims),
		"another's payload":        whole[0] + "." + strings.Split(p.token(t, "eve", nil), ".")[1] + "." + whole[2],
		"its payload, eve's":       strings.Split(p.token(t, "eve", nil), ".")[0] + "." + whole[1] + "." + strings.Split(p.token(t, "eve", nil), ".")[2],
		"a foreign issuer":         of(jwt.MapClaims{"iss": "https://evil.example.com"}),
		"an issuer with a slash":   of(jwt.MapClaims{"iss": tokenIssuer + "/"}),
		"the development issuer":   of(jwt.MapClaims{"iss": auth.DevIssuerName}),
		"no issuer":                of(jwt.MapClaims{"iss": nil}),
		"expired":                  of(jwt.MapClaims{"exp": ago(time.Minute)}),
		"no expiry":                of(jwt.MapClaims{"exp": nil}),
		"expiry as text":           of(jwt.MapClaims{"exp": "never"}),
		"not yet valid":            of(jwt.MapClaims{"nbf": ago(-time.Minute)}),
		"issued in the future":     of(jwt.MapClaims{"iat": ago(-time.Minute)}),
		"wrong azp":                of(jwt.MapClaims{"azp": "https://evil.example.com"}),
		"wrong aud":                of(jwt.MapClaims{"aud": "billing"}),
		"wrong auds":               of(jwt.MapClaims{"aud": []string{"billing", "mail"}}),
		"no aud":                   of(jwt.MapClaims{"aud": nil}),
		"a pending session":        of(jwt.MapClaims{"sts": "pending"}),
		"no user":                  of(jwt.MapClaims{"sub": nil}),
		"an empty user":            of(jwt.MapClaims{"sub": ""}),
		"a user with a zero byte":  of(jwt.MapClaims{"sub": userID + "\x00"}),
		"a user that is a list":    of(jwt.MapClaims{"sub": []string{userID}}),
		"two tokens":               p.token(t, "eve", nil) + ", " + p.token(t, userID, nil),
		"a part too many":          p.token(t, userID, nil) + ".x",
		"not a token":              "null",
		"the user's id as a token": base64.StdEncoding.EncodeToString([]byte(userID)),
	}
}

// header encodes the first part of a token.
func header(t *testing.T, document string) string {
	t.Helper()
	return base64.RawURLEncoding.EncodeToString([]byte(document))
}
