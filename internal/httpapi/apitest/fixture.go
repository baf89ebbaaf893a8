package apitest

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
	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/wizard"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/seal"
)

// DevIssuer signs the tokens of all tests of this package.
var DevIssuer = sync.OnceValues(func() (*auth.DevIssuer, error) {
	dir, err := os.MkdirTemp("", "httpapi-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return auth.OpenDevIssuer(dir)
})

// Fixture is the real server on a real socket.
type Fixture struct {
	T        testing.TB
	URL      string
	Server   *httpapi.Server
	Health   *ops.Health
	Registry *prometheus.Registry
	Log      *logBuffer
	DB       pgtest.Database // zero without a database
	router   routers.Router
}

// New serves with a migrated database of the test's own; set changes the settings.
func New(t testing.TB, set ...func(*httpapi.Config)) *Fixture {
	t.Helper()
	db := pgtest.New(t)
	f := NewOn(t, db.App, append([]func(*httpapi.Config){func(c *httpapi.Config) {
		queues, err := queue.NewQueues(db.System, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		c.Admin = admin.Config{
			Pool: db.System, Queues: queues,
			Dead: &bulk.DeadJobs{All: db.System, Changer: &NewSubmitter(t, db.App, db.System).Changer},
		}
		c.Wizard.Submitter = NewSubmitter(t, db.App, db.System)
	}}, set...)...)
	f.DB = db
	return f
}

// NewOn serves with the database of a pool.
func NewOn(t testing.TB, pool *pgxpool.Pool, set ...func(*httpapi.Config)) *Fixture {
	t.Helper()
	return Serve(t, func(c *httpapi.Config) {
		c.Wizard.Pool, c.Wizard.Submitter, c.Edge.Requests = pool, NewSubmitter(t, pool, pool), postgres.NewRequests(pool)
		for _, set := range set {
			set(c)
		}
	}, ops.Check{
		Name: "database", Probe: func(ctx context.Context) error { return postgres.Ready(ctx, pool) },
	})
}

// NewSubmitter returns a submitter that writes through pool and waits with reader, which assumes
// the system role.
func NewSubmitter(t testing.TB, pool, reader *pgxpool.Pool) *flow.Submitter {
	t.Helper()
	submitter, err := flow.NewSubmitter(pool, reader, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return submitter
}

// Serve serves with the settings that set changes.
func Serve(t testing.TB, set func(*httpapi.Config), checks ...ops.Check) *Fixture {
	t.Helper()
	f, config := newFixture(t, checks...)
	ring, err := KeyRing()
	require.NoError(t, err)
	whole := httpapi.Config{
		Edge: config, Wizard: wizard.Config{Keys: ring, DefaultInputs: someDefaults()},
		Health: f.Health,
	}
	set(&whole)
	f.Server, err = httpapi.New(whole)
	require.NoError(t, err)
	f.router, err = describedRouter()
	require.NoError(t, err)
	f.serve(f.Server.Serve, f.Server.Shutdown)
	return f
}

// ServeEdge serves the operations that a test registers. They are in no document.
func ServeEdge(t *testing.T, set func(*edge.Config), register func(*edge.Edge)) *Fixture {
	t.Helper()
	f, config := newFixture(t)
	set(&config)
	e := edge.New(config)
	register(e)
	e.Finish()
	f.serve(e.App.Listener, e.App.ShutdownWithContext)
	return f
}

// newFixture returns a fixture that does not serve yet, and the settings of its edge.
func newFixture(t testing.TB, checks ...ops.Check) (*Fixture, edge.Config) {
	t.Helper()
	f := &Fixture{T: t, Registry: prometheus.NewRegistry(), Log: &logBuffer{}}
	log := ops.NewLogger(f.Log, slog.LevelDebug, "api")
	f.Health = ops.NewHealth(f.Registry, log, checks...)
	ring, err := KeyRing()
	require.NoError(t, err)
	issuer, err := DevIssuer()
	require.NoError(t, err)
	return f, edge.Config{
		Verifier: issuer.Verifier(f.Registry), Metrics: f.Registry, Log: log, Fingerprint: ring.Fingerprint,
		CORSOrigins: []string{"https://app.example.com"}, BodyLimit: 1 << 20, RequestTimeout: 5 * time.Second,
	}
}

// serve serves on a port of this machine until the test ends.
func (f *Fixture) serve(serve func(net.Listener) error, shutdown func(context.Context) error) {
	f.T.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(f.T, err)
	f.URL = "http://" + listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- serve(listener) }()
	f.T.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = shutdown(ctx)
		require.NoError(f.T, <-served)
	})
}

// describedRouter finds the operation of a request. All servers have the same document,
// and reading it takes longer than most tests.
var describedRouter = sync.OnceValues(func() (routers.Router, error) {
	doc, err := Described()
	if err != nil {
		return nil, err
	}
	return gorillamux.NewRouter(doc)
})

// Token returns a token of a user.
func (f *Fixture) Token(userID string) string {
	return f.TokenOf(auth.User{ID: userID})
}

// TokenOf returns a token that says the same of its user.
func (f *Fixture) TokenOf(user auth.User) string {
	issuer, err := DevIssuer()
	require.NoError(f.T, err)
	token, err := issuer.Mint(user, time.Hour)
	require.NoError(f.T, err)
	return token
}

// Response is an answer that has been read.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Object returns the body as a JSON Object.
func (r Response) Object(t testing.TB) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal(r.Body, &object), "%s", r.Body)
	return object
}

// As sends a request of a user; headers are pairs of name and value. The answer is
// checked against the OpenAPI document.
func (f *Fixture) As(userID, method, path, body string, headers ...string) Response {
	f.T.Helper()
	return f.Send(method, path, body, append([]string{"Authorization", "Bearer " + f.Token(userID)}, headers...)...)
}

// AsAdmin sends a request of an operator, whose id is ops.
func (f *Fixture) AsAdmin(method, path, body string) Response {
	f.T.Helper()
	token := f.TokenOf(auth.User{ID: "ops", Role: auth.RoleAdmin})
	return f.Send(method, path, body, "Authorization", "Bearer "+token)
}

// Send sends a request; headers are pairs of name and value.
func (f *Fixture) Send(method, path, body string, headers ...string) Response {
	f.T.Helper()
	request, err := http.NewRequestWithContext(f.T.Context(), method, f.URL+path, strings.NewReader(body))
	require.NoError(f.T, err)
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := (&http.Client{Timeout: 30 * time.Second}).Do(request)
	require.NoError(f.T, err)
	content, err := io.ReadAll(answer.Body)
	require.NoError(f.T, errors.Join(err, answer.Body.Close()))
	r := Response{Status: answer.StatusCode, Header: answer.Header, Body: content}
	f.checkContract(request, r)
	return r
}

// checkContract holds an answer against the document, unless the document has no
// such operation; HEAD is held against GET by its test.
func (f *Fixture) checkContract(request *http.Request, r Response) {
	f.T.Helper()
	if f.router == nil || request.Method == http.MethodOptions || request.Method == http.MethodHead {
		return
	}
	route, params, err := f.router.FindRoute(request)
	if err != nil {
		refusals := []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusTooManyRequests}
		require.Contains(f.T, refusals, r.Status, "%s is not in the document", request.URL.Path)
		return
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true}
	err = openapi3filter.ValidateResponse(f.T.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: request, PathParams: params, Route: route,
			Options: options,
		},
		Status: r.Status, Header: r.Header, Body: io.NopCloser(bytes.NewReader(r.Body)), Options: options,
	})
	require.NoError(f.T, err, "%s %s: %s", request.Method, request.URL.Path, r.Body)
	held.note(route.Operation.OperationID, r.Status)
}

// RequireProblem checks that an answer is a whole problem and returns it.
func RequireProblem(t *testing.T, r Response, status int, code string) map[string]any {
	t.Helper()
	require.Equal(t, status, r.Status, "%s", r.Body)
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"))
	problem := r.Object(t)
	require.Equal(t, code, problem["code"], "%s", r.Body)
	require.Equal(t, "about:blank", problem["type"])
	require.Equal(t, http.StatusText(status), problem["title"])
	require.InDelta(t, status, problem["status"], 0)
	detail, ok := problem["detail"].(string)
	require.True(t, ok, "detail is a string")
	require.Regexp(t, `^[A-Z].*\.$`, detail, "detail is a sentence")
	require.NotEmpty(t, r.Header.Get("X-Request-ID"))
	require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
	require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	require.Contains(t, strings.Join(r.Header.Values("Vary"), ", "), "Authorization")
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

// KeyRing seals the API keys of all tests of this package.
var KeyRing = sync.OnceValues(func() (*seal.Ring, error) {
	dir, err := os.MkdirTemp("", "httpapi-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "ring.json")
	if err := seal.Create(context.Background(), path, nil); err != nil {
		return nil, err
	}
	return seal.Load(context.Background(), seal.Source{File: path})
})

// NoDatabase returns a pool of a database that does not answer.
func NoDatabase(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), "postgres://127.0.0.1:1/none?connect_timeout=1")
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// Works serves without a database, for requests that never reach it.
func Works(t *testing.T) *Fixture {
	t.Helper()
	return NewOn(t, NoDatabase(t))
}
