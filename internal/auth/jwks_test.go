package auth_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
)

// issuer is an identity provider: a real HTTP server that publishes keys.
type issuer struct {
	t      *testing.T
	url    string
	reads  atomic.Int32
	broken atomic.Bool

	mu       sync.Mutex
	keys     []jwkset.JWKMarshal
	redirect string // where the keys are instead
	padding  int    // bytes of white space in front of the keys
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t}
	server := httptest.NewServer(i)
	t.Cleanup(server.Close)
	i.url = server.URL
	return i
}

// serveOn publishes the keys on an address that was chosen before.
func (i *issuer) serveOn(addr string) {
	listener, err := net.Listen("tcp", addr)
	require.NoError(i.t, err)
	server := &http.Server{Handler: i}
	go func() { _ = server.Serve(listener) }()
	i.t.Cleanup(func() { _ = server.Close() })
}

func (i *issuer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	i.reads.Add(1)
	if i.broken.Load() {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.redirect != "" {
		w.Header().Set("Location", i.redirect)
		w.WriteHeader(http.StatusFound)
		return
	}
	_, _ = io.WriteString(w, strings.Repeat(" ", i.padding))
	_ = json.NewEncoder(w).Encode(jwkset.JWKSMarshal{Keys: i.keys})
}

// publish replaces the published keys by a new one and returns it. The key names
// no method, as many issuers leave it out: pinning it is the verifier's task.
func (i *issuer) publish(kid string) *rsa.PrivateKey {
	i.mu.Lock()
	i.keys = nil
	i.mu.Unlock()
	return i.add(2048, jwkset.JWKMetadataOptions{KID: kid})
}

// add publishes one more key, of so many bits, and what is said about it.
func (i *issuer) add(bits int, about jwkset.JWKMetadataOptions) *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(i.t, err)
	jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: about})
	require.NoError(i.t, err)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys = append(i.keys, jwk.Marshal())
	return key
}

func (i *issuer) verifier(url string) *auth.Verifier {
	i.t.Helper()
	return verifier(i.t, auth.Settings{
		Issuer: issuerName, JWKSURL: url, AuthorizedParties: []string{"https://app.example.com"},
	}, io.Discard)
}

func verifier(t *testing.T, s auth.Settings, log io.Writer) *auth.Verifier {
	t.Helper()
	v, err := auth.NewVerifier(t.Context(), s, prometheus.NewRegistry(), slog.New(slog.NewTextHandler(log, nil)))
	require.NoError(t, err)
	return v
}

const issuerName = "https://clerk.example.com"

// valid returns claims that are accepted.
func valid() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": issuerName, "sub": "user_2abc", "exp": time.Now().Add(time.Minute).Unix(),
		"azp": "https://app.example.com", "sid": "sess_1", "email": "a@example.com",
		"first_name": "Ada", "family_name": "Lovelace", "role": "admin",
	}
}

// with returns valid claims with one changed, or left out where value is nil.
func with(name string, value any) jwt.MapClaims {
	c := valid()
	if c[name] = value; value == nil {
		delete(c, name)
	}
	return c
}

func sign(t *testing.T, method jwt.SigningMethod, kid string, key any, c jwt.Claims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, c)
	token.Header["kid"] = kid
	signed, err := token.SignedString(key)
	require.NoError(t, err)
	return signed
}
