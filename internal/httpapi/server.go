package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/httpapi/admin"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/findings"
	"github.com/alwrity/onboarding/internal/httpapi/history"
	"github.com/alwrity/onboarding/internal/httpapi/live"
	"github.com/alwrity/onboarding/internal/httpapi/settings"
	"github.com/alwrity/onboarding/internal/httpapi/wizard"
	"github.com/alwrity/onboarding/internal/ops"
)

// Config configures a Server. Health is required, DevelopmentToken may be left out.
type Config struct {
	Edge   edge.Config
	Wizard wizard.Config
	Live   live.Config
	Admin  admin.Config
	Health *ops.Health
	// DevelopmentToken makes a token for a user who signs in on the web page with one
	// click; nil but with the development issuer.
	DevelopmentToken func(userID string) (string, error)
}

// Server serves the API.
type Server struct {
	cfg     Config
	edge    *edge.Edge
	streams *live.Streams
	openAPI func() ([]byte, error)
}

// New returns a server that does not listen yet.
func New(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, edge: edge.New(cfg.Edge)}
	s.registerHealth()
	wizard.Register(s.edge, cfg.Wizard)
	settings.Register(s.edge)
	history.Register(s.edge, history.Config{Pool: cfg.Wizard.Pool, Submitter: cfg.Wizard.Submitter})
	findings.Register(s.edge, findings.Config{Pool: cfg.Wizard.Pool})
	s.streams = live.Register(s.edge, cfg.Live)
	admin.Register(s.edge, cfg.Admin)
	if err := s.serveDocument(); err != nil {
		return nil, err
	}
	if err := s.servePage(); err != nil {
		return nil, err
	}
	s.serveSession()
	s.serveDevelopmentToken()
	if err := s.serveDocs(); err != nil {
		return nil, fmt.Errorf("serve the documentation: %w", err)
	}
	s.edge.Finish()
	if err := s.serveNotFound(); err != nil {
		return nil, err
	}
	return s, nil
}

// Serve serves on listener until Shutdown.
func (s *Server) Serve(listener net.Listener) error {
	s.streams.Begin()
	if err := s.edge.App.Listener(listener); err != nil {
		return fmt.Errorf("serve HTTP: %w", err)
	}
	return nil
}

// Shutdown ends the streams, answers the calls that wait for work, stops listening and waits for
// running requests until ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	if submitter := s.cfg.Wizard.Submitter; submitter != nil {
		submitter.EndWaits()
	}
	s.streams.Close(ctx)
	if err := s.edge.App.ShutdownWithContext(ctx); err != nil {
		return fmt.Errorf("stop HTTP server: %w", err)
	}
	return nil
}

// Document returns the description of the API, an OpenAPI 3.1 document in JSON. It needs
// nothing that a server needs.
func Document() ([]byte, error) {
	s, err := New(Config{Edge: edge.Config{Metrics: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler)}})
	if err != nil {
		return nil, err
	}
	return s.openAPI()
}

// pathDocument is where the OpenAPI document is.
const pathDocument = "/openapi.json"

// serveDocument makes the document from the registered operations.
func (s *Server) serveDocument() error {
	if err := describe(s.edge.API.OpenAPI()); err != nil {
		return fmt.Errorf("describe the API: %w", err)
	}
	s.openAPI = sync.OnceValues(func() ([]byte, error) { return encodeDocument(s.edge.API.OpenAPI()) })
	file := sync.OnceValues(func() (*pageFile, error) {
		document, err := s.openAPI()
		if err != nil {
			return nil, fmt.Errorf("encode the document: %w", err)
		}
		return newPageFile("openapi.json", document), nil
	})
	s.edge.App.Add(http.MethodGet, pathDocument, func(c *fiber.Ctx) error {
		document, err := file()
		if err != nil {
			return err
		}
		return document.sendContent(c, http.StatusOK)
	})
	return nil
}
