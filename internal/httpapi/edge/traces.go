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

// startSpan begins the span of a request, within the trace that the client's traceparent names.
// tracestate is ignored: it may be any text, and would be stored with the jobs.
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

// NoteUser adds the user to the log lines of the request, as a fingerprint: the id is personal data.
func (e *Edge) NoteUser(c *fiber.Ctx, user auth.User) {
	exchangeOf(c).userID = user.ID
	if e.Fingerprint != nil {
		exchangeOf(c).user = e.Fingerprint([]byte(user.ID))
	}
}

// LogAttrs returns the attributes of log lines within a request, for ops.NewLogger.
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
