package httpapi

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"
)

const headerRequestID = "X-Request-ID"

var requestIDPattern = regexp.MustCompile(`^[\w-]{1,64}$`)

// exchange is what the middleware has to know of one request and its answer.
type exchange struct {
	requestID string
	problem   *Problem // nil for a good answer
}

type exchangeKey struct{}

// exchangeOf returns the exchange of a request, a blank one outside of observe.
func exchangeOf(c *fiber.Ctx) *exchange {
	if x, ok := c.Locals(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// observe is the outermost middleware: it gives the request an id and a deadline,
// turns whatever goes wrong inside into a problem, counts and logs.
func (s *Server) observe(c *fiber.Ctx) error {
	begin := time.Now()
	x := &exchange{requestID: requestID(c.Get(headerRequestID))}
	c.Locals(exchangeKey{}, x)
	c.Set(headerRequestID, x.requestID)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")

	s.metrics.running.Inc()
	defer s.metrics.running.Dec()
	// Fiber's contexts don't end with the client's connection, so every request
	// needs a deadline of its own.
	ctx, cancel := context.WithTimeout(c.UserContext(), s.cfg.RequestTimeout)
	defer cancel()
	c.SetUserContext(ctx)

	if err := s.next(c); err != nil {
		x.problem = problemOf(err)
		x.problem.render(c)
	}
	s.record(c, x, time.Since(begin))
	return nil
}

// next runs the rest of the chain; a panic there becomes an error.
func (s *Server) next(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			s.metrics.panics.Inc()
			err = internalProblem(fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	return c.Next()
}

// record counts and logs an answered request. Neither paths nor queries are
// logged: they may hold what users typed.
func (s *Server) record(c *fiber.Ctx, x *exchange, took time.Duration) {
	route := c.Route().Path
	if !s.routes[route] {
		route = unmatched
	}
	s.metrics.observe(c, route, x.problem, took)

	status := c.Response().StatusCode()
	attrs := []slog.Attr{
		slog.String("request_id", x.requestID), slog.String("method", c.Method()), slog.String("route", route),
		slog.Int("status", status), slog.Float64("seconds", took.Seconds()), slog.Int("bytes", len(c.Response().Body())),
	}
	if x.problem != nil {
		attrs = append(attrs, slog.String("code", x.problem.Code))
		if status >= http.StatusInternalServerError && x.problem.cause != nil {
			attrs = append(attrs, slog.String("error", x.problem.cause.Error()))
		}
	}
	s.cfg.Log.LogAttrs(c.UserContext(), levelOf(route, status), "request", attrs...)
}

func levelOf(route string, status int) slog.Level {
	switch {
	case route == pathReady || route == pathHealth:
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
	if err != nil { // the system's randomness is gone: an id is the least worry
		return "unknown"
	}
	return id.String()
}

// failed renders what goes wrong before any route is reached: requests that are
// too large, too slow or not HTTP.
func (s *Server) failed(c *fiber.Ctx, err error) error {
	x := &exchange{requestID: requestID(""), problem: problemOf(err)}
	if x.problem.Status == http.StatusRequestEntityTooLarge {
		x.problem.Detail = fmt.Sprintf("The request is too large; send at most %d KB.", s.cfg.BodyLimit>>10)
	}
	c.Set(headerRequestID, x.requestID)
	x.problem.render(c)
	s.metrics.requests.WithLabelValues("", unmatched, fmt.Sprint(x.problem.Status), x.problem.Code).Inc()
	return nil
}
