package ops

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// StartTraces returns what makes the spans of a process, which are sent to endpoint by
// OTLP over HTTP, and what sends the last of them at its end. Without an endpoint there
// the provider is nil, which means no spans.
//
// Sampling, headers, timeouts and batching are the OTEL_ variables of OpenTelemetry's SDK.
func StartTraces(
	ctx context.Context, endpoint, process string, log *slog.Logger,
) (trace.TracerProvider, func(context.Context) error, error) {
	if endpoint == "" {
		return nil, func(context.Context) error { return nil }, nil
	}
	// The SDK has one place for what goes wrong in the background, and prints it as text.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.WarnContext(context.WithoutCancel(ctx), "traces not sent", "error", err)
	}))
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(strings.TrimSuffix(endpoint, "/")+"/v1/traces"))
	if err != nil {
		return nil, nil, fmt.Errorf("send traces: %w", err)
	}
	what, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "onboarding-"+process),
			attribute.String("service.version", Version())),
		resource.WithTelemetrySDK(), resource.WithFromEnv(), // which wins
	)
	if err != nil {
		return nil, nil, fmt.Errorf("describe the process for traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(textless{exporter}), sdktrace.WithResource(what))
	return provider, provider.Shutdown, nil
}

// textless keeps the texts of errors, which may quote what a user typed or a database
// was sent, out of the spans: that they failed stays, and the log has the reason.
type textless struct{ sdktrace.SpanExporter }

func (w textless) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	for i, span := range spans {
		spans[i] = textlessSpan{span}
	}
	return w.SpanExporter.ExportSpans(ctx, spans)
}

type textlessSpan struct{ sdktrace.ReadOnlySpan }

func (s textlessSpan) Status() sdktrace.Status {
	return sdktrace.Status{Code: s.ReadOnlySpan.Status().Code}
}

// Events are exceptions only.
func (s textlessSpan) Events() []sdktrace.Event { return nil }
