package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// repeatEvery is how often the same message of River is logged: its producers repeat
// theirs ten times a second while the database is unavailable.
const repeatEvery = 10 * time.Second

// riverLog passes on River's warnings and errors, each message at most once in repeatEvery.
// How a run ended is logged by the supervisor in package jobs.
type riverLog struct {
	slog.Handler
	// last holds when each message was last logged. Messages are constants.
	last *sync.Map
}

// NewLog returns a handler for River's log that repeats no message too often.
func NewLog(handler slog.Handler) slog.Handler {
	return riverLog{Handler: handler, last: &sync.Map{}}
}

// Enabled implements slog.Handler.
func (l riverLog) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (l riverLog) Handle(ctx context.Context, record slog.Record) error {
	last, seen := l.last.LoadOrStore(record.Message, record.Time)
	if seen && (record.Time.Sub(last.(time.Time)) < repeatEvery ||
		!l.last.CompareAndSwap(record.Message, last, record.Time)) {
		return nil
	}
	return l.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (l riverLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return riverLog{Handler: l.Handler.WithAttrs(attrs), last: l.last}
}

// WithGroup implements slog.Handler.
func (l riverLog) WithGroup(name string) slog.Handler {
	return riverLog{Handler: l.Handler.WithGroup(name), last: l.last}
}
