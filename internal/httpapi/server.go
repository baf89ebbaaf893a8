package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/live"
	"github.com/alwrity/onboarding/internal/httpapi/wizard"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
)

// Config is what a Server is made of. CORSOrigins, ReadableKeys, WriteEnv, RemoveEnv,
// DevelopmentToken, Console and Traces may be left out.
type Config struct {
	Verifier  *auth.Verifier
	State     wizard.State
	Submitter wizard.Submitter
	Health    *ops.Health
	Metrics   prometheus.Registerer
	Log       *slog.Logger
	// Keys seals users' API keys: *seal.Ring.
	Keys wizard.KeyRing
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
	Streams live.Source
	// Admin assumes the system role. Nothing but the operations of operators uses it.
	Admin *postgres.Pool
	// Queues pauses and resumes queues for them.
	Queues *queue.Queues
	// Dead shows and replays dead jobs for them.
	Dead *bulk.DeadJobs
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
	edge    *edge.Edge
	streams *live.Streams
	openAPI func() ([]byte, error)
}

// New returns a server that does not listen yet.
func New(cfg Config) (*Server, error) {
	edgeConfig := edge.Config{
		Verifier: cfg.Verifier, Metrics: cfg.Metrics, Log: cfg.Log, Requests: cfg.Requests, Traces: cfg.Traces,
		CORSOrigins: cfg.CORSOrigins, BodyLimit: cfg.BodyLimit, RequestTimeout: cfg.RequestTimeout,
	}
	if cfg.Keys != nil {
		edgeConfig.Fingerprint = cfg.Keys.Fingerprint
	}
	s := &Server{cfg: cfg, edge: edge.New(edgeConfig)}
	s.registerHealth()
	wizard.Register(s.edge, wizard.Config{
		State: cfg.State, Submitter: cfg.Submitter, Keys: cfg.Keys, ReadableKeys: cfg.ReadableKeys,
		WriteEnv: cfg.WriteEnv, RemoveEnv: cfg.RemoveEnv, DefaultInputs: cfg.DefaultInputs,
	})
	s.streams = live.Register(s.edge, live.Config{Session: cfg.State.Session, Source: cfg.Streams, Metrics: cfg.Metrics, CORSOrigins: cfg.CORSOrigins})
	admin.Register(s.edge, admin.Config{
		Pool: cfg.Admin, Queues: cfg.Queues, Dead: cfg.Dead, Console: cfg.Console, PlainCookies: cfg.PlainCookies,
		RequestTimeout: cfg.RequestTimeout,
	})
	if err := s.serveDocument(); err != nil {
		return nil, err
	}
	if err := s.servePage(); err != nil {
		return nil, err
	}
	s.serveDevelopmentToken()
	if err := s.serveDocs(); err != nil {
		return nil, fmt.Errorf("serve the documentation: %w", err)
	}
	s.edge.Finish()
	return s, nil
}

// Serve answers requests on listener until Shutdown.
func (s *Server) Serve(listener net.Listener) error {
	s.streams.Begin()
	if err := s.edge.App.Listener(listener); err != nil {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// Shutdown ends the streams, stops listening and lets requests that are being
// answered end until ctx does.
func (s *Server) Shutdown(ctx context.Context) error {
	s.streams.Close(ctx)
	if err := s.edge.App.ShutdownWithContext(ctx); err != nil {
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

// serveDocument makes the document from the registered operations.
func (s *Server) serveDocument() error {
	if err := describe(s.edge.API.OpenAPI()); err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	s.openAPI = sync.OnceValues(func() ([]byte, error) { return json.MarshalIndent(s.edge.API.OpenAPI(), "", "  ") })
	s.edge.App.Add(http.MethodGet, "/openapi.json", func(c *fiber.Ctx) error {
		document, err := s.openAPI()
		if err != nil {
			return fmt.Errorf("encode the document: %w", err)
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Status(http.StatusOK).Send(document)
	})
	return nil
}
