package edge

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/gofiber/fiber/v2"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/auth"
)

// startSpan begins the span of a request, within the trace that the client's
// traceparent names. What else a client sends with that (tracestate) is left out: it
// may be any text, and would be stored with the jobs.
func (e *Edge) startSpan(c *fiber.Ctx, ctx context.Context) (context.Context, trace.Span) {
	if e.Traces == nil {
		return ctx, nil
	}
	sent := propagation.MapCarrier{"traceparent": c.Get("traceparent")}
	ctx = propagation.TraceContext{}.Extract(ctx, sent)
	return e.Traces.Tracer("httpapi").Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
}

// endSpan names the span after its route, which is known by now.
func endSpan(span trace.Span, c *fiber.Ctx, route string) {
	if span == nil {
		return
	}
	status := c.Response().StatusCode()
	span.SetName(c.Method() + " " + route)
	span.SetAttributes(
		attribute.String("http.request.method", c.Method()), attribute.String("http.route", route),
		attribute.Int("http.response.status_code", status), attribute.String("request_id", exchangeOf(c).requestID),
	)
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// Note keeps who asks for the log: a fingerprint, since the id is a personal datum.
func (e *Edge) Note(c *fiber.Ctx, user auth.User) {
	if e.Fingerprint != nil {
		exchangeOf(c).user = e.Fingerprint([]byte(user.ID))
	}
}

// LogAttrs returns what a line that is logged within a request says of it, for
// ops.NewLogger.
func LogAttrs(ctx context.Context) []slog.Attr {
	x, ok := ctx.Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil
	}
	attrs := []slog.Attr{slog.String("request_id", x.requestID)}
	if x.user != "" {
		attrs = append(attrs, slog.String("user", x.user))
	}
	return attrs
}
