package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/postgres"
)

func TestProbesTellWhatAWorkerLacks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var log bytes.Buffer
	cfg := b.config(nil)
	cfg.Log = slog.New(slog.NewJSONHandler(&log, nil))
	cfg.Fleet = postgres.Fleet{APIs: 1000, Workers: 1, DatabaseConns: 8}
	w, err := NewWorker(b.t.Context(), cfg)
	require.NoError(t, err)
	unknown := errors.New("sealed by an unknown key")
	opens := func([]byte) error { return nil }
	failing := func() map[string]error {
		failed := map[string]error{}
		for name, probe := range w.Probes(func(sealed []byte) error { return opens(sealed) }) {
			if err := probe(t.Context()); err != nil {
				failed[name] = err
			}
		}
		return failed
	}
	assert.Equal(t, map[string]error{"fetching": errNotFetching}, failing(), "before it runs")

	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	require.Eventually(t, func() bool { return len(failing()) == 0 }, 10*time.Second, 10*time.Millisecond)

	opens = func(sealed []byte) error {
		assert.Equal(t, "12345", string(sealed))
		return unknown
	}
	assert.Empty(t, failing(), "nothing is stored")
	id := uuid.New()
	_, err = b.db.System.Exec(t.Context(), "insert into onboarding_sessions (id, user_id) values ($1, 'eve')", id)
	require.NoError(t, err)
	_, err = b.db.System.Exec(t.Context(),
		"insert into api_keys (session_id, user_id, provider, sealed, last_four, fingerprint) values ($1, 'eve', 'openai', "+
			"'123456', '', '')", id)
	require.NoError(t, err)
	assert.Equal(t, map[string]error{"api_keys": unknown}, failing())

	stop()
	require.NoError(t, <-done)
	assert.Contains(t, log.String(), "more connections than the database allows")
}
