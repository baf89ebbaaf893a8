package queue

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// repeatEvery is how often one message of River is logged: its producers repeat
// theirs ten times a second while the database is away.
const repeatEvery = 10 * time.Second

// riverLog passes on what River says from warnings up, each message once in a
// while. How a job's run ended is logged by the supervisor.
type riverLog struct {
	slog.Handler
	said *messages
}

// messages knows when each message was last logged. Messages are constants.
type messages struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func NewLog(handler slog.Handler) riverLog {
	return riverLog{Handler: handler, said: &messages{last: make(map[string]time.Time)}}
}

// Enabled implements slog.Handler.
func (l riverLog) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && l.Handler.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (l riverLog) Handle(ctx context.Context, record slog.Record) error {
	if !l.said.due(record.Message, record.Time) {
		return nil
	}
	return l.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (l riverLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return riverLog{Handler: l.Handler.WithAttrs(attrs), said: l.said}
}

// WithGroup implements slog.Handler.
func (l riverLog) WithGroup(name string) slog.Handler {
	return riverLog{Handler: l.Handler.WithGroup(name), said: l.said}
}

// due tells whether message may be logged at now, and remembers that it was.
func (m *messages) due(message string, now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if now.Sub(m.last[message]) < repeatEvery {
		return false
	}
	m.last[message] = now
	return true
}
