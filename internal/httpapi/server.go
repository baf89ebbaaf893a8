package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/jobs"
)

const (
	// readBufferSize bounds the headers of a request: tokens are long.
	readBufferSize = 16 << 10
	// readTimeout bounds the arrival of a request, against clients that drip.
	readTimeout = 30 * time.Second
	// writeTimeout bounds the sending of an answer once it is made, against clients
	// that don't read it.
	writeTimeout = time.Minute
	idleTimeout  = 2 * time.Minute

	// exposedHeaders are those that pages of a listed origin may read.
	exposedHeaders = "ETag,Location,Retry-After,X-Request-ID,Idempotency-Replayed"
)

// Config is what a Server is made of. CORSOrigins, ReadableKeys, WriteEnv, RemoveEnv,
// DevelopmentToken, Console and Traces may be left out.
type Config struct {
	Verifier  *auth.Verifier
	State     State
	Submitter Submitter
	Health    *ops.Health
	Metrics   prometheus.Registerer
	Log       *slog.Logger
	// Keys seals users' API keys: *seal.Ring.
	Keys KeyRing
	// Requests remembers the answers to requests that name an idempotency key.
	Requests *postgres.Requests
	// ReadableKeys lets owners read their API keys back in full; each time is audited.
	ReadableKeys bool
	// WriteEnv is told every API key that was stored, RemoveEnv every one that was
	// removed, by the environment variable of its provider: for a developer's other
	// programs. Nil in production.
	WriteEnv  func(name, value string) error
	RemoveEnv func(name string) error
	// DevelopmentToken makes a token for a user who signs in on the web page with one
	// click; nil but with the development issuer.
	DevelopmentToken func(userID string) (string, error)
	// DefaultInputs are the personalization inputs of users before the first build.
	DefaultInputs onboarding.Inputs
	// Streams feeds live progress; without it streams are answered as unavailable.
	Streams Streams
	// Admin assumes the system role. Nothing but the operations of operators uses it.
	Admin *postgres.Pool
	// Queues pauses and resumes queues for them.
	Queues *jobs.Queues
	// Dead shows and replays dead jobs for them.
	Dead *jobs.DeadJobs
	// Console is the page of the queue, which expects to be served at PathConsole; nil
	// for none.
	Console http.Handler
	// PlainCookies lets the cookie of operators go over http, on a developer's machine.
	PlainCookies bool
	// Traces makes a span of each request; nil makes none.
	Traces trace.TracerProvider
	// CORSOrigins lists the origins whose pages may call; none by default.
	CORSOrigins []string
	// BodyLimit is the largest accepted body in bytes.
	BodyLimit int
	// RequestTimeout bounds the work for one request.
	RequestTimeout time.Duration
}

// Server answers the API's requests.
type Server struct {
	cfg     Config
	metrics *metrics
	hub     *hub
	app     *fiber.App
	api     huma.API
	exports chan struct{} // holds a value for each export under way
	openAPI func() ([]byte, error)
	routes  map[string]bool // the patterns that are used as labels
}

// New returns a server that does not listen yet.
func New(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, metrics: newMetrics(cfg.Metrics), routes: map[string]bool{}, exports: make(chan struct{}, exportsAtOnce)}
	s.hub = newHub(cfg.Streams, newStreamMetrics(cfg.Metrics), cfg.Log)
	s.app = fiber.New(fiber.Config{
		Immutable:             true, // else strings change under who keeps them
		CaseSensitive:         true,
		BodyLimit:             cfg.BodyLimit,
		ReadBufferSize:        readBufferSize,
		ReadTimeout:           readTimeout,
		WriteTimeout:          writeTimeout,
		IdleTimeout:           idleTimeout,
		DisableStartupMessage: true,
		ErrorHandler:          s.failed,
	})
	s.app.Use(s.observe)
	if len(cfg.CORSOrigins) > 0 { // the middleware takes an empty list for "all"
		s.app.Use(cors.New(corsConfig(cfg.CORSOrigins)))
	}
	s.app.Use(refuseEncoded)
	s.api = newAPI(s)
	s.registerAll()
	if err := s.serveDocument(); err != nil {
		return nil, err
	}
	if err := s.servePage(); err != nil {
		return nil, err
	}
	s.serveDevelopmentToken()
	s.serveSessions()
	s.serveConsole()
	if err := s.serveDocs(); err != nil {
		return nil, fmt.Errorf("serve the documentation: %w", err)
	}
	s.metrics.waits = waitingRoutes(s.api.OpenAPI())
	for _, route := range s.app.GetRoutes(true) {
		s.routes[route.Path] = true
		s.metrics.begin(route.Method, route.Path)
		if route.Method == http.MethodGet { // the server leaves the body of the answer out
			s.app.Add(http.MethodHead, route.Path, route.Handlers...)
		}
	}
	s.app.Server().Handler = s.knownMethods(s.app.Handler())
	s.app.Server().KeepHijackedConns = true // streams close their own
	return s, nil
}

func corsConfig(origins []string) cors.Config {
	return cors.Config{
		AllowOrigins:     strings.Join(origins, ","),
		AllowMethods:     "GET,POST,PUT,DELETE",
		AllowHeaders:     "Authorization,Content-Type,If-None-Match,Idempotency-Key,Last-Event-ID,X-Request-ID",
		ExposeHeaders:    exposedHeaders,
		AllowCredentials: true,
		MaxAge:           600,
	}
}

// knownMethods lets requests of a method that Fiber doesn't know, which it would
// answer itself in plain text, go on as those of one that no route has: the
// answer is a problem, with the methods that the path has.
func (s *Server) knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if !slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			ctx.Request.Header.SetMethod(http.MethodTrace)
		}
		next(ctx)
	}
}

// Serve answers requests on listener until Shutdown.
func (s *Server) Serve(listener net.Listener) error {
	s.hub.begin()
	if err := s.app.Listener(listener); err != nil {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// Shutdown ends the streams, stops listening and lets requests that are being
// answered end until ctx does.
func (s *Server) Shutdown(ctx context.Context) error {
	s.hub.close(ctx)
	if err := s.app.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop HTTP server: %w", err)
	}
	return nil
}

// Document returns the description of the API, an OpenAPI 3.1 document in JSON. It needs
// nothing that a server needs.
func Document() ([]byte, error) {
	s, err := New(Config{Metrics: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return s.openAPI()
}

func (s *Server) registerAll() {
	s.registerHealth()
	s.registerSession()
	s.registerStep()
	s.registerStepActions()
	s.registerFinish()
	s.registerInit()
	s.registerSummary()
	s.registerConfiguration()
	s.registerKeys()
	s.registerKeyChecks()
	s.registerResearch()
	s.registerCompetitors()
	s.registerAnalysis()
	s.registerStyleDetection()
	s.registerBusinessInfo()
	s.registerPersona()
	s.registerInputs()
	s.registerPersonalization()
	s.registerStreams()
	s.registerAccount()
	s.registerAudit()
	s.registerAnalytics()
	s.registerAdminUsers()
	s.registerAdminBulk()
	s.registerAdminQueues()
	s.registerAdminDead()
}

// serveDocument makes the document from the registered operations.
func (s *Server) serveDocument() error {
	if err := describe(s.api.OpenAPI()); err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	s.openAPI = sync.OnceValues(func() ([]byte, error) { return json.MarshalIndent(s.api.OpenAPI(), "", "  ") })
	s.app.Add(http.MethodGet, "/openapi.json", func(c *fiber.Ctx) error {
		document, err := s.openAPI()
		if err != nil {
			return fmt.Errorf("encode the document: %w", err)
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Status(http.StatusOK).Send(document)
	})
	return nil
}
