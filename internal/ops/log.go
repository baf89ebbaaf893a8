package ops

import (
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes one JSON object per line to w, each with
// the name of the process.
func NewLogger(w io.Writer, level slog.Leveler, process string) *slog.Logger {
	handler := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})
	return slog.New(handler).With("process", process)
}
