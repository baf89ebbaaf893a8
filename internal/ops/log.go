package ops

import (
	"context"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// ContextAttrs returns the attributes of the work that a line is logged in: a
// request, a job.
type ContextAttrs func(context.Context) []slog.Attr

// NewLogger returns a logger that writes one JSON object per line to w, each with
// the name of the process, what read finds in the line's context, and the trace that
// it belongs to, if there is one.
func NewLogger(w io.Writer, level slog.Leveler, process string, read ...ContextAttrs) *slog.Logger {
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	return slog.New(&contextHandler{handler, append(read, traceAttrs)}).With("process", process)
}

// contextHandler adds attributes of the context to each line.
type contextHandler struct {
	slog.Handler
	read []ContextAttrs
}

// Handle adds what the line does not say itself.
func (h *contextHandler) Handle(ctx context.Context, line slog.Record) error {
	var found []slog.Attr
	for _, read := range h.read {
		found = append(found, read(ctx)...)
	}
	if len(found) == 0 {
		return h.Handler.Handle(ctx, line)
	}
	own := make(map[string]bool, line.NumAttrs())
	line.Attrs(func(a slog.Attr) bool {
		own[a.Key] = true
		return true
	})
	line = line.Clone()
	for _, attr := range found {
		if !own[attr.Key] {
			line.AddAttrs(attr)
		}
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs implements slog.Handler.
func (h *contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &contextHandler{h.Handler.WithAttrs(attrs), h.read}
}

// WithGroup implements slog.Handler.
func (h *contextHandler) WithGroup(name string) slog.Handler {
	return &contextHandler{h.Handler.WithGroup(name), h.read}
}

func traceAttrs(ctx context.Context) []slog.Attr {
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		return nil
	}
	return []slog.Attr{slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String())}
}
