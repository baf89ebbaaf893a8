package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/seal"
	"github.com/alwrity/onboarding/jobs"
)

// devIssuer signs the tokens of all tests of this package.
var devIssuer = sync.OnceValues(func() (*auth.DevIssuer, error) {
	dir, err := os.MkdirTemp("", "httpapi-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return auth.OpenDevIssuer(dir)
})

// fixture is the real server on a real socket.
type fixture struct {
	t      *testing.T
	url    string
	server *httpapi.Server
	health *ops.Health
	reg    *prometheus.Registry
	log    *logBuffer
	db     pgtest.Database // zero without a database
	router routers.Router
}

// newFixture serves with a migrated database of the test's own.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	db := pgtest.New(t)
	f := newFixtureOn(t, db.App, func(c *httpapi.Config) {
		queues, err := jobs.NewQueues(db.System, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		c.Admin, c.Queues, c.Dead = db.System, queues, jobs.NewDeadJobs(db.System, newSubmitter(t, db.App))
	})
	f.db = db
	return f
}

func newFixtureOn(t *testing.T, pool *pgxpool.Pool, set ...func(*httpapi.Config)) *fixture {
	t.Helper()
	return serveWith(t, func(c *httpapi.Config) {
		storeIn(t, c, pool)
		for _, set := range set {
			set(c)
		}
	}, ops.Check{
		Name: "database", Probe: func(ctx context.Context) error { return postgres.Ready(ctx, pool) },
	})
}

// storeIn sets what stands in a database.
func storeIn(t *testing.T, c *httpapi.Config, pool *pgxpool.Pool) {
	t.Helper()
	c.State, c.Submitter, c.Requests = httpapi.NewState(pool), newSubmitter(t, pool), postgres.NewRequests(pool)
}

func newSubmitter(t *testing.T, pool *pgxpool.Pool) *jobs.Submitter {
	t.Helper()
	submitter, err := jobs.NewSubmitter(pool, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return submitter
}

func serve(t *testing.T, state httpapi.State, submitter httpapi.Submitter, checks ...ops.Check) *fixture {
	t.Helper()
	return serveWith(t, func(c *httpapi.Config) { c.State, c.Submitter = state, submitter }, checks...)
}

// serveWith serves with the settings that set changes.
func serveWith(t *testing.T, set func(*httpapi.Config), checks ...ops.Check) *fixture {
	t.Helper()
	f := &fixture{t: t, reg: prometheus.NewRegistry(), log: &logBuffer{}}
	log := ops.NewLogger(f.log, slog.LevelDebug, "api")
	f.health = ops.NewHealth(f.reg, log, checks...)
	ring, err := keyRing()
	require.NoError(t, err)
	issuer, err := devIssuer()
	require.NoError(t, err)
	verifier, err := issuer.Verifier(f.reg)
	require.NoError(t, err)
	config := httpapi.Config{
		Verifier: verifier, Health: f.health, Metrics: f.reg, Log: log, Keys: ring,
		DefaultInputs: someDefaults(),
		CORSOrigins:   []string{"https://app.example.com"}, BodyLimit: 1 << 20, RequestTimeout: 5 * time.Second,
	}
	set(&config)
	f.server, err = httpapi.New(config)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f.url = "http://" + listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- f.server.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = f.server.Shutdown(ctx)
		require.NoError(t, <-served)
	})
	f.router, err = describedRouter()
	require.NoError(t, err)
	return f
}

// describedRouter finds the operation of a request. All servers have the same document,
// and reading it takes longer than most tests.
var describedRouter = sync.OnceValues(func() (routers.Router, error) {
	doc, err := described()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

func (f *fixture) token(userID string) string {
	return f.tokenOf(auth.User{ID: userID})
}

func (f *fixture) tokenOf(user auth.User) string {
	issuer, err := devIssuer()
	require.NoError(f.t, err)
	token, err := issuer.Mint(user, time.Hour)
	require.NoError(f.t, err)
	return token
}

// response is an answer that has been read.
type response struct {
	status int
	header http.Header
	body   []byte
}

// object returns the body as a JSON object.
func (r response) object(t *testing.T) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal(r.body, &object), "%s", r.body)
	return object
}

// as sends a request of a user; headers are pairs of name and value. The answer is
// checked against the OpenAPI document.
func (f *fixture) as(userID, method, path, body string, headers ...string) response {
	f.t.Helper()
	return f.send(method, path, body, append([]string{"Authorization", "Bearer " + f.token(userID)}, headers...)...)
}

// asAdmin sends a request of an operator, whose id is ops.
func (f *fixture) asAdmin(method, path, body string) response {
	f.t.Helper()
	token := f.tokenOf(auth.User{ID: "ops", Role: auth.RoleAdmin})
	return f.send(method, path, body, "Authorization", "Bearer "+token)
}

func (f *fixture) send(method, path, body string, headers ...string) response {
	f.t.Helper()
	request, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, strings.NewReader(body))
	require.NoError(f.t, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	require.NoError(f.t, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(f.t, errors.Join(err, answer.Body.Close()))
	r := response{status: answer.StatusCode, header: answer.Header, body: content}
	f.checkContract(request, r)
	return r
}

// checkContract holds an answer against the document, unless the document has no
// such operation; HEAD is held against GET by its test.
func (f *fixture) checkContract(request *http.Request, r response) {
	f.t.Helper()
	if request.Method == http.MethodOptions || request.Method == http.MethodHead {
		return
	}
	route, params, err := f.router.FindRoute(request)
	if err != nil {
		require.Contains(f.t, []int{http.StatusNotFound, http.StatusMethodNotAllowed}, r.status, "%s is not in the document", request.URL.Path)
		return
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true}
	err = openapi3filter.ValidateResponse(f.t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: params, Route: route, Options: options},
		Status:                 r.status, Header: r.header, Body: io.NopCloser(bytes.NewReader(r.body)), Options: options,
	})
	require.NoError(f.t, err, "%s %s: %s", request.Method, request.URL.Path, r.body)
	held.note(route.Operation.OperationID, r.status)
}

// requireProblem checks that an answer is a whole problem and returns it.
func requireProblem(t *testing.T, r response, status int, code string) map[string]any {
	t.Helper()
	require.Equal(t, status, r.status, "%s", r.body)
	require.Equal(t, "application/problem+json", r.header.Get("Content-Type"))
	problem := r.object(t)
	require.Equal(t, code, problem["code"], "%s", r.body)
	require.Equal(t, "about:blank", problem["type"])
	require.Equal(t, http.StatusText(status), problem["title"])
	require.InDelta(t, status, problem["status"], 0)
	detail, ok := problem["detail"].(string)
	require.True(t, ok, "detail is a string")
	require.Regexp(t, `^[A-Z].*\.$`, detail, "detail is a sentence")
	require.NotEmpty(t, r.header.Get("X-Request-ID"))
	require.Equal(t, "no-store", r.header.Get("Cache-Control"))
	require.Equal(t, "nosniff", r.header.Get("X-Content-Type-Options"))
	require.Contains(t, strings.Join(r.header.Values("Vary"), ", "), "Authorization")
	return problem
}

// logBuffer keeps what is logged.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// keyRing seals the API keys of all tests of this package.
var keyRing = sync.OnceValues(func() (*seal.Ring, error) {
	dir, err := os.MkdirTemp("", "httpapi-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return seal.LoadOrCreate(context.Background(), seal.Source{File: filepath.Join(dir, "ring.json")})
})

// broken is a Submitter, and has a State, that do what the test says.
type broken struct {
	httpapi.Submitter

	do func() error
}

func (b broken) state() httpapi.State {
	return httpapi.State{
		Session: func(context.Context, string) (onboarding.Session, error) { return onboarding.Session{}, b.do() },
		LatestAnalysis: func(context.Context, string) (onboarding.StoredAnalysis, error) {
			return onboarding.StoredAnalysis{}, b.do()
		},
		Keys: func(context.Context, string) ([]onboarding.StoredKey, error) { return nil, b.do() },
		Preferences: func(context.Context, string) (onboarding.ResearchPreferences, error) {
			return onboarding.ResearchPreferences{}, b.do()
		},
		Personas: func(context.Context, string) (onboarding.StoredPersonas, error) {
			return onboarding.StoredPersonas{}, b.do()
		},
	}
}

func (b broken) SubmitWebsite(context.Context, string, onboarding.WebsiteInput) (onboarding.Submission, error) {
	return onboarding.Submission{}, b.do()
}

// serveBroken serves with nothing behind.
func serveBroken(t *testing.T, do func() error) *fixture {
	t.Helper()
	return serve(t, broken{do: do}.state(), broken{do: do})
}
