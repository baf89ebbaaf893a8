package queue

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRiverLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	handler := NewLog(slog.NewTextHandler(&out, nil))
	log := slog.New(handler)
	log.Info("job errored")
	for range 5 {
		log.With("queue", "bulk").Error("error fetching jobs")
	}
	log.Warn("something else")
	assert.Equal(t, 2, strings.Count(out.String(), "\n"), out.String())
	later := slog.NewRecord(time.Now().Add(repeatEvery), slog.LevelError, "error fetching jobs", 0)
	require.NoError(t, handler.Handle(t.Context(), later))
	assert.Equal(t, 3, strings.Count(out.String(), "\n"), "again after a while")
}
