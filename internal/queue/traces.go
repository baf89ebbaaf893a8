package queue

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/riverqueue/rivercontrib/otelriver"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// Traced returns the middleware that makes a job part of the trace in which it was queued,
// none without a provider. It must come before the supervisor, so that the span of a run
// includes the transaction that ends it.
func Traced(provider trace.TracerProvider) []rivertype.Middleware {
	if provider == nil {
		return nil
	}
	return []rivertype.Middleware{&resume{}, otelriver.NewMiddleware(&otelriver.MiddlewareConfig{
		EnableTracePropagation: true, EnableWorkSpanJobKindSuffix: true,
		TracerProvider: provider, MeterProvider: metricnoop.NewMeterProvider(),
	})}
}

// resume makes the span that queued a job the parent of the job's: otelriver alone
// would only link to it, in a trace of its own.
type resume struct{ river.MiddlewareDefaults }

// Work implements rivertype.WorkerMiddleware.
func (*resume) Work(ctx context.Context, job *rivertype.JobRow, next func(context.Context) error) error {
	return next(WithTraceOf(ctx, job.Metadata))
}

// WithTraceOf returns a context in the trace that a job's metadata name, ctx if none.
func WithTraceOf(ctx context.Context, metadata []byte) context.Context {
	var carried struct {
		Parent string `json:"traceparent"`
	}
	if json.Unmarshal(metadata, &carried) != nil || carried.Parent == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": carried.Parent})
}

// Span starts a span within the trace of ctx. Without a trace it costs next to nothing.
// Attributes hold neither content nor addresses.
func Span(ctx context.Context, name string, attrs ...attribute.KeyValue) (context.Context, trace.Span) {
	return trace.SpanFromContext(ctx).TracerProvider().Tracer("jobs").Start(ctx, name, trace.WithAttributes(attrs...))
}

// EndSpan ends a span and marks it as failed if err is not nil. onboarding.ErrSuperseded is
// no failure.
func EndSpan(s trace.Span, err error) {
	if err != nil && !errors.Is(err, onboarding.ErrSuperseded) {
		s.SetStatus(otelcodes.Error, "")
	}
	s.End()
}
