// Package edge is what every request passes through: tokens, request ids, deadlines,
// idempotency keys, ETags, logs and metrics, and the one renderer of errors. Operations
// are added with Register.
package edge

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/cors"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

const (
	// readBufferSize bounds the headers of a request: tokens are long.
	readBufferSize = 16 << 10
	// readTimeout bounds the arrival of a request, against clients that send slowly.
	readTimeout = 30 * time.Second
	// writeTimeout bounds the sending of a response, against clients that don't read it.
	writeTimeout = time.Minute
	idleTimeout  = 2 * time.Minute

	// exposedHeaders are those that pages of a listed origin may read.
	exposedHeaders = "ETag,Location,Retry-After,X-Request-ID,Idempotency-Replayed"
)

// Config configures an Edge. Fingerprint, Traces, CORSOrigins and TrustedProxies may be left out.
type Config struct {
	Verifier *auth.Verifier
	Metrics  prometheus.Registerer
	Log      *slog.Logger
	// Fingerprint of a user's id stands for it in the log.
	Fingerprint func(key []byte) string
	// Requests remembers the answers to requests that name an idempotency key.
	Requests *postgres.Requests
	// Traces makes a span of each request; nil makes none.
	Traces trace.TracerProvider
	// CORSOrigins lists the origins whose pages may call; none by default.
	CORSOrigins []string
	// PlainCookies allows session cookies over http, on a developer's machine.
	PlainCookies bool
	// TrustedProxies are the proxies whose X-Forwarded-For counts; none by default.
	TrustedProxies []netip.Prefix
	// BodyLimit is the largest accepted body in bytes.
	BodyLimit int
	// RequestTimeout bounds the work for one request.
	RequestTimeout time.Duration
	// Limits bound the calls of a user and of an address, and the waiting calls of a user.
	Limits onboarding.Limits
}

// Edge serves operations, all in the same way.
type Edge struct {
	Config

	App     *fiber.App
	API     huma.API
	metrics *metrics
	routes  map[string]bool // the patterns that are used as labels

	users, addresses *limiter
	waiting, unread  places
	responses        keptResponses
}

// New returns an edge without operations.
func New(cfg Config) *Edge {
	e := &Edge{
		Config: cfg, metrics: newMetrics(cfg.Metrics), routes: map[string]bool{},
	}
	e.users, e.addresses = limiters(cfg.Limits)
	e.App = fiber.New(fiber.Config{
		Immutable:             true, // else strings that are kept change
		CaseSensitive:         true,
		BodyLimit:             cfg.BodyLimit,
		ReadBufferSize:        readBufferSize,
		ReadTimeout:           readTimeout,
		WriteTimeout:          writeTimeout,
		IdleTimeout:           idleTimeout,
		DisableStartupMessage: true,
		ErrorHandler:          e.handleError,
		// Without proxies, which Fiber is not told of, it ignores forwarded headers.
		EnableTrustedProxyCheck: true,
	})
	e.App.Use(e.observe, refuseAmbiguous)
	if len(cfg.CORSOrigins) > 0 { // the middleware takes an empty list for "all"
		e.App.Use(cors.New(cors.Config{
			AllowOrigins:     strings.Join(cfg.CORSOrigins, ","),
			AllowMethods:     "GET,POST,PUT,DELETE",
			AllowHeaders:     "Authorization,Content-Type,If-None-Match,Idempotency-Key,Last-Event-ID,X-Request-ID",
			ExposeHeaders:    exposedHeaders,
			AllowCredentials: true,
			MaxAge:           600,
		}))
	}
	e.App.Use(e.admitAddress, refuseEncoded)
	e.API = newAPI(e)
	return e
}

// Finish completes the routes when all operations are registered.
func (e *Edge) Finish() {
	e.metrics.waits = waitingRoutes(e.API.OpenAPI())
	for _, route := range e.App.GetRoutes(true) {
		e.routes[route.Path] = true
		e.metrics.begin(route.Method, route.Path)
		if route.Method == http.MethodGet { // the server leaves out the body
			e.App.Add(http.MethodHead, route.Path, route.Handlers...)
		}
	}
	e.App.Server().Handler = knownMethods(e.App.Handler())
	e.App.Server().KeepHijackedConns = true // streams close their own
}

// knownMethods gives requests with a method that Fiber doesn't know one that no route has. Fiber would
// respond in plain text; so the response is a problem with the methods of the path.
func knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if !slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			ctx.Request.Header.SetMethod(http.MethodTrace)
		}
		next(ctx)
	}
}
