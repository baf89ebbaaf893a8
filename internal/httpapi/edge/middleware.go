package edge

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"
)

// HeaderRequestID is the header that names a request, in both directions.
const HeaderRequestID = "X-Request-ID"

var requestIDPattern = regexp.MustCompile(`^[\w-]{1,64}$`)

// exchange is what the middleware keeps about one request and its response.
type exchange struct {
	requestID string
	userID    string   // "" until it is known
	user      string   // a fingerprint of userID
	problem   *Problem // nil for a success
	secret    bool     // an API key came or goes with it
	// parent is the context without the deadline of ordinary requests.
	parent context.Context // for applyDeadline
}

type exchangeKey struct{}

// exchangeOf returns the exchange of a request, a blank one outside of observe.
func exchangeOf(c *fiber.Ctx) *exchange {
	if x, ok := c.Locals(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// RequestID returns the id of a request, "" outside of observe.
func RequestID(c *fiber.Ctx) string { return exchangeOf(c).requestID }

// observe is the outermost middleware: it gives the request an id and a deadline, turns errors and
// panics into problems, counts and logs.
func (e *Edge) observe(c *fiber.Ctx) error {
	begin := time.Now()
	x := &exchange{requestID: requestID(c.Get(HeaderRequestID))}
	c.Locals(exchangeKey{}, x)
	c.Set(HeaderRequestID, x.requestID)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")

	e.metrics.running.Inc()
	defer e.metrics.running.Dec()
	// Fiber's contexts don't end with the client's connection, so every request
	// needs a deadline of its own.
	var span trace.Span
	x.parent, span = e.startSpan(c, context.WithValue(c.UserContext(), exchangeKey{}, x))
	ctx, cancel := context.WithTimeout(x.parent, e.RequestTimeout)
	defer cancel()
	c.SetUserContext(ctx)

	err := e.next(c)
	if err == nil {
		err = e.pace(c, x)
	}
	if err != nil {
		x.problem = ProblemOf(err)
		x.problem.render(c)
	}
	x.forget(c)
	route := e.routeOf(c)
	took := time.Since(begin)
	e.metrics.observe(c, route, x.problem, took)
	e.write(c, x, c.Method(), route, slog.Float64("seconds", took.Seconds()))
	endSpan(span, c, route)
	return nil
}

// Secret says that an API key came with the request of ctx, or goes with its response.
func Secret(ctx context.Context) {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		x.secret = true
	}
}

// forget overwrites the body of a request, which the server keeps for the next one. Where a key was in it the
// connection is closed too, since its buffers hold what came last.
func (x *exchange) forget(c *fiber.Ctx) {
	clear(c.Request().Body())
	if x.secret {
		c.Context().SetConnectionClose()
	}
}

// applyDeadline applies the deadline of an operation, if it has one.
func applyDeadline(ctx huma.Context, next func(huma.Context)) {
	own, ok := ctx.Operation().Metadata[deadline].(time.Duration)
	if !ok {
		next(ctx)
		return
	}
	longer, cancel := context.WithTimeout(exchangeOf(humafiber.Unwrap(ctx)).parent, own)
	defer cancel()
	next(huma.WithContext(ctx, longer))
}

// refuseEncoded refuses bodies with a Content-Encoding. Fiber would decode them without
// any bound: 200 KB of gzip hold 200 MB.
func refuseEncoded(c *fiber.Ctx) error {
	if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && !strings.EqualFold(encoding, "identity") {
		c.Set(fiber.HeaderAcceptEncoding, "identity")
		return NewProblem(http.StatusUnsupportedMediaType, "unsupported_media_type",
			"Send the body as it is, without a Content-Encoding.")
	}
	return c.Next()
}

// next runs the rest of the chain; a panic there becomes an error.
func (e *Edge) next(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			e.metrics.panics.Inc()
			err = internalProblem(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	return c.Next()
}

// routeOf returns the pattern of the route that handled a request.
func (e *Edge) routeOf(c *fiber.Ctx) string {
	route := c.Route().Path
	// Where no route matched it is that of the middleware, the path of the page as well.
	if !e.routes[route] || route == "/" && c.Path() != "/" {
		return unmatched
	}
	return route
}

// write logs a request. Neither paths nor queries are logged: they may hold what users typed.
func (e *Edge) write(c *fiber.Ctx, x *exchange, method, route string, more ...slog.Attr) {
	status := c.Response().StatusCode()
	attrs := append([]slog.Attr{
		slog.String("request_id", x.requestID), slog.String("method", method), slog.String("route", route),
		slog.Int("status", status),
	}, more...)
	if !c.Response().IsBodyStream() { // reading it here would consume it
		attrs = append(attrs, slog.Int("bytes", len(c.Response().Body())))
	} else if length := c.Response().Header.ContentLength(); length >= 0 {
		attrs = append(attrs, slog.Int("bytes", length))
	}
	if x.problem != nil {
		attrs = append(attrs, slog.String("code", x.problem.Code))
		if status >= http.StatusInternalServerError && x.problem.cause != nil {
			attrs = append(attrs, slog.String("error", x.problem.cause.Error()))
		}
	}
	e.Log.LogAttrs(c.UserContext(), levelOf(route, status), "request", attrs...)
}

func levelOf(route string, status int) slog.Level {
	switch {
	case route == PathReady || route == PathHealth, status == http.StatusTooManyRequests: // they fill no log
		return slog.LevelDebug
	case status == http.StatusServiceUnavailable:
		return slog.LevelWarn
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	default:
		return slog.LevelInfo
	}
}

// requestID returns the id that the client sent if it is harmless, else a new one.
func requestID(sent string) string {
	if requestIDPattern.MatchString(sent) {
		return sent
	}
	id, err := uuid.NewV7()
	if err != nil { // there is no randomness
		return "unknown"
	}
	return id.String()
}

// handleError responds to requests that reach no route: too large, too slow or not HTTP. No middleware
// runs for them, so it does the same work; only their duration is unknown.
func (e *Edge) handleError(c *fiber.Ctx, err error) error {
	x := &exchange{requestID: requestID(c.Get(HeaderRequestID)), problem: ProblemOf(err)}
	if x.problem.Status == http.StatusRequestEntityTooLarge {
		x.problem.Detail = fmt.Sprintf("The request is too large; send at most %d KB.", e.BodyLimit>>10)
		drain(c.Context().Conn(), c.Request().Header.ContentLength())
	}
	method := "" // it becomes a label
	if len(c.Request().Header.Host()) > 0 && slices.Contains(fiber.DefaultMethods, c.Method()) {
		method = c.Method() // the request was read up to its body
	}
	c.Set(HeaderRequestID, x.requestID)
	e.allowOrigin(c)
	x.problem.render(c)
	e.metrics.count(method, unmatched, x.problem.Status, x.problem)
	e.write(c, x, method, unmatched)
	return nil
}

// allowOrigin lets a page of a listed origin read a response that is made before the CORS middleware.
// Headers that are too large are not parsed, Origin included: a single listed origin is assumed then.
func (e *Edge) allowOrigin(c *fiber.Ctx) {
	listed := e.CORSOrigins
	if len(listed) == 0 {
		return
	}
	c.Vary(fiber.HeaderOrigin)
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" && len(listed) == 1 {
		origin = listed[0]
	}
	if !slices.ContainsFunc(listed, func(o string) bool { return strings.EqualFold(o, origin) }) {
		return
	}
	c.Set(fiber.HeaderAccessControlAllowOrigin, strings.ToLower(origin))
	c.Set(fiber.HeaderAccessControlAllowCredentials, "true")
	c.Set(fiber.HeaderAccessControlExposeHeaders, exposedHeaders)
}
