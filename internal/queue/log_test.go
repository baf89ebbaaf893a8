package queue

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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
	assert.True(t, handler.(riverLog).said.due("error fetching jobs", time.Now().Add(repeatEvery)), "again after a while")
}
