package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/seal"
)

// buffer is a bytes.Buffer for concurrent use.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func local(t *testing.T, databaseURL string) config.Options {
	return config.Options{Environment: map[string]string{
		"DEPLOY_ENV": "local", "DATA_DIR": t.TempDir(), "DATABASE_URL": databaseURL,
		"DATABASE_POOLER": pgtest.Pooler(databaseURL),
		"HTTP_ADDR":       "127.0.0.1:0", "METRICS_ADDR": "127.0.0.1:0", "DRAIN_DELAY": "0s",
	}}
}

// program is the API as a running program.
type program struct {
	log   *buffer
	stop  context.CancelFunc
	ended chan error
	// http and metrics are the addresses that it listens on.
	http, metrics string
}

func start(t *testing.T, o config.Options) *program {
	t.Helper()
	log := &buffer{}
	return startWith(t, o, log, log)
}

// startWith starts the program with a log that what it writes ends up in.
func startWith(t *testing.T, o config.Options, log *buffer, stderr io.Writer) *program {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	p := &program{log: log, stop: stop, ended: make(chan error, 1)}
	go func() {
		var err error
		if code := run(ctx, []string{"run"}, o, io.Discard, stderr); code != 0 {
			err = fmt.Errorf("exit code %d", code)
		}
		p.ended <- err
	}()
	require.Eventually(t, p.findAddresses, 10*time.Second, 5*time.Millisecond, "%s", p.log)
	return p
}

func (p *program) findAddresses() bool {
	for line := range strings.Lines(p.log.String()) {
		var entry struct{ Msg, HTTP, Metrics string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
			p.http, p.metrics = "http://"+entry.HTTP, "http://"+entry.Metrics
			return true
		}
	}
	return false
}

func get(t *testing.T, url, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	return response.StatusCode, string(body)
}

func minted(t *testing.T, o config.Options) string {
	t.Helper()
	var out bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"token", "-user", "ada"}, o, &out, io.Discard))
	return strings.TrimSpace(out.String())
}

func TestTheProgramServesAndStops(t *testing.T) {
	t.Parallel()
	o := local(t, pgtest.NewURL(t))
	p := start(t, o)

	status, body := get(t, p.http+"/readyz", "")
	assert.Equal(t, 200, status, body)
	status, body = get(t, p.http+"/api/onboarding/status", minted(t, o))
	assert.Equal(t, 200, status, body)
	status, _ = get(t, p.http+"/api/onboarding/status", "nonsense")
	assert.Equal(t, 401, status)
	_, body = get(t, p.metrics+"/metrics", "")
	for _, name := range []string{
		"onboarding_build_info", "onboarding_http_requests_total",
		"onboarding_auth_verifications_total",
	} {
		assert.Contains(t, body, name)
	}

	assert.Contains(t, p.log.String(), `"HTTP_ADDR":"127.0.0.1:0 (environment)"`)
	assert.Contains(t, p.log.String(), `"DATABASE_URL":"REDACTED (environment)"`)

	p.stop()
	require.NoError(t, <-p.ended)
	_, err := net.DialTimeout("tcp", strings.TrimPrefix(p.http, "http://"), time.Second)
	require.Error(t, err, "nothing listens any more")
	assert.Contains(t, p.log.String(), `"msg":"stopped"`)
}

// gate is a log that is held up by the line of one message.
type gate struct {
	*buffer
	message        string
	reached, going chan struct{}
}

func (g gate) Write(p []byte) (int, error) {
	n, err := g.buffer.Write(p)
	if strings.Contains(string(p), `"msg":"`+g.message+`"`) {
		close(g.reached)
		<-g.going
	}
	return n, err
}

func TestAStoppingProgramIsNotReadyFirst(t *testing.T) {
	t.Parallel()
	const delay = 200 * time.Millisecond
	o := local(t, pgtest.NewURL(t))
	o.Environment["DRAIN_DELAY"] = delay.String()
	held := gate{&buffer{}, "draining", make(chan struct{}), make(chan struct{})}
	p := startWith(t, o, held.buffer, held)
	status, body := get(t, p.http+"/readyz", "")
	require.Equal(t, 200, status, body)

	p.stop()
	<-held.reached
	status, body = get(t, p.http+"/readyz", "")
	assert.Equal(t, 503, status)
	assert.Contains(t, body, `"draining"`)
	status, _ = get(t, p.http+"/healthz", "")
	assert.Equal(t, 200, status, "requests that still come are answered")

	released := time.Now()
	close(held.going)
	require.NoError(t, <-p.ended)
	assert.GreaterOrEqual(t, time.Since(released), delay, "load balancers get their time")
}

func TestTokensOfAnIdentityProvider(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	jwk, err := jwkset.NewJWKFromKey(key.Public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: "k1"}})
	require.NoError(t, err)
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jwkset.JWKSMarshal{Keys: []jwkset.JWKMarshal{jwk.Marshal()}})
	}))
	t.Cleanup(provider.Close)
	token := jwt.NewWithClaims(jwt.SigningMethodRS256,
		jwt.MapClaims{"iss": "https://id.example.com", "sub": "user_1", "exp": time.Now().Add(time.Minute).Unix()})
	token.Header["kid"] = "k1"
	signed, err := token.SignedString(key)
	require.NoError(t, err)

	o := local(t, pgtest.NewURL(t))
	dev := minted(t, o)
	const warning = "tokens that the issuer made for other applications are accepted"
	// As in production; keys may come over plain http from the machine itself.
	o.Environment["DEPLOY_ENV"] = "production"
	o.Environment["SEAL_KEYS_FILE"] = filepath.Join(t.TempDir(), "ring.json")
	require.NoError(t, seal.Create(t.Context(), o.Environment["SEAL_KEYS_FILE"], nil))
	o.Environment["AUTH_ISSUER"], o.Environment["AUTH_JWKS_URL"] = "https://id.example.com", provider.URL
	p := start(t, o)
	status, body := get(t, p.http+"/api/onboarding/status", signed)
	assert.Equal(t, 200, status, body)
	status, _ = get(t, p.http+"/api/onboarding/status", dev)
	assert.Equal(t, 401, status, "the development issuer is nobody here")
	p.stop()
	require.NoError(t, <-p.ended)
	assert.Contains(t, p.log.String(), warning)

	o.Environment["AUTH_AUDIENCE"] = "onboarding"
	p = start(t, o)
	status, _ = get(t, p.http+"/api/onboarding/status", signed)
	assert.Equal(t, 401, status, "the token is for nobody in particular")
	p.stop()
	require.NoError(t, <-p.ended)
	assert.NotContains(t, p.log.String(), warning)
}

func TestTheProgramStartsWithoutItsDatabase(t *testing.T) {
	t.Parallel()
	o := local(t, "postgres://nobody:hunter2@127.0.0.1:1/none?sslmode=disable")
	p := start(t, o)
	status, _ := get(t, p.http+"/healthz", "")
	assert.Equal(t, 200, status)
	status, body := get(t, p.http+"/api/onboarding/status", minted(t, o))
	assert.Equal(t, 503, status)
	assert.Contains(t, body, "database_unavailable")
	status, body = get(t, p.metrics+"/readyz", "")
	assert.Equal(t, 503, status)
	var report struct{ Checks, Reasons map[string]string }
	require.NoError(t, json.Unmarshal([]byte(body), &report))
	assert.Equal(t, map[string]string{"database": "failed", "schema": "failed", "api_keys": "failed", "token_keys": "ok"},
		report.Checks)
	assert.Contains(t, report.Reasons["database"], "127.0.0.1")
	assert.NotContains(t, body, "hunter2")
	_, body = get(t, p.http+"/readyz", "")
	assert.NotContains(t, body, "127.0.0.1", "reasons are for operators")
	p.stop()
	require.NoError(t, <-p.ended)
	assert.NotContains(t, p.log.String(), "hunter2")
}

func TestAnAddressInUseEndsTheProgram(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	for _, name := range []string{"HTTP_ADDR", "METRICS_ADDR"} {
		o := local(t, "postgres://127.0.0.1:1/none")
		o.Environment[name] = listener.Addr().String()
		var stderr bytes.Buffer
		assert.Equal(t, 1, run(t.Context(), nil, o, io.Discard, &stderr))
		assert.Contains(t, stderr.String(), "address already in use")
	}
}

func TestTokensAreMintedLocallyOnly(t *testing.T) {
	t.Parallel()
	for _, environment := range []map[string]string{{}, {"DEPLOY_ENV": "production"}} {
		environment["DATA_DIR"] = t.TempDir()
		code, _, stderr := invoke(t, environment, "token", "-user", "ada")
		assert.Equal(t, 1, code)
		assert.Contains(t, stderr, "DEPLOY_ENV=local")
	}
	code, _, stderr := invoke(t, map[string]string{
		"DATABASE_URL": "postgres://h/d", "AUTH_ISSUER": "onboarding-development", "AUTH_JWKS_URL": "https://a.example/jwks",
	})
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "the development issuer is for DEPLOY_ENV=local only")
}

// The API must stay small and must not be able to fetch anything: crawling and
// models belong to the worker.
func TestTheProgramLinksNeitherCrawlerNorModelClient(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	linked := strings.Fields(string(out))
	require.Contains(t, linked, "github.com/alwrity/onboarding/internal/httpapi")
	for _, name := range linked {
		for _, forbidden := range []string{
			"alwrity/onboarding/jobs", "alwrity/onboarding/internal/website", "alwrity/onboarding/internal/webpage",
			"alwrity/onboarding/internal/sitemap", "alwrity/onboarding/internal/textstat", "alwrity/onboarding/internal/style",
			"alwrity/onboarding/internal/llm",
			"alwrity/onboarding/internal/persona/", "goquery", "readability", "langdetect", "govader", "openai", "anthropic",
			"dny.dev/ssrf", "alwrity/onboarding/internal/legacy", "modernc.org/sqlite",
		} {
			assert.NotContains(t, name+"/", forbidden) // personalize is pure and may be linked
		}
	}
}
