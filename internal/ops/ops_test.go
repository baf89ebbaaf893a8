package ops_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/ops"
)

// buffer is a bytes.Buffer for concurrent use.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	response, err := (&http.Client{Timeout: 10 * time.Second}).Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, errors.Join(err, response.Body.Close()))
	return response.StatusCode, string(body)
}

func TestServer(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	out := &buffer{}
	log := ops.NewLogger(out, slog.LevelInfo, "api")
	reg := ops.NewRegistry("api")
	health := ops.NewHealth(reg, log, ops.Check{Name: "database", Probe: func(context.Context) error {
		if down.Load() {
			return errors.New("connection refused")
		}
		return nil
	}})
	server, err := ops.Start("127.0.0.1:0", reg, health, log)
	require.NoError(t, err)
	url := "http://" + server.Addr()

	status, body := get(t, url+"/healthz")
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"status":"ok"}`, body)

	status, body = get(t, url+"/readyz")
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"status":"ready","checks":{"database":"ok"}}`, body)

	down.Store(true)
	for range 2 {
		status, body = get(t, url+"/readyz")
		assert.Equal(t, http.StatusServiceUnavailable, status)
		assert.JSONEq(t, `{"status":"not_ready","checks":{"database":"failed"}}`, body)
	}
	assert.Equal(t, 1, strings.Count(out.String(), "readiness check failed"), "a change is logged once")
	assert.Contains(t, out.String(), "connection refused")

	down.Store(false)
	status, _ = get(t, url+"/readyz")
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, out.String(), "readiness check recovered")

	health.Drain()
	status, body = get(t, url+"/readyz")
	assert.Equal(t, http.StatusServiceUnavailable, status)
	assert.Contains(t, body, `"status":"draining"`)

	status, body = get(t, url+"/metrics")
	assert.Equal(t, http.StatusOK, status)
	for _, want := range []string{
		`onboarding_build_info{process="api"`, `onboarding_readiness_failures_total{check="database"} 2`,
		"go_goroutines", "process_start_time_seconds",
	} {
		assert.Contains(t, body, want)
	}

	require.NoError(t, server.Stop(t.Context()))
	_, err = net.Dial("tcp", server.Addr())
	require.Error(t, err, "nothing listens any more")
}

func TestAddressInUse(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	health := ops.NewHealth(reg, quiet())
	server, err := ops.Start("127.0.0.1:0", reg, health, quiet())
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	_, err = ops.Start(server.Addr(), reg, health, quiet())
	require.ErrorContains(t, err, "serve metrics")
}

func TestACheckThatHangsOrPanicsFails(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	reg := prometheus.NewRegistry()
	health := ops.NewHealth(reg, quiet(),
		ops.Check{Name: "hangs", Probe: func(context.Context) error { <-release; return nil }},
		ops.Check{Name: "panics", Probe: func(context.Context) error { panic("no") }},
		ops.Check{Name: "works", Probe: func(context.Context) error { return nil }},
	)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	report := health.Report(ctx)
	assert.False(t, report.Ready())
	assert.Equal(t, map[string]string{"hangs": ops.CheckFailed, "panics": ops.CheckFailed, "works": ops.CheckOK}, report.Checks)
	require.NoError(t, testutil.GatherAndCompare(reg, strings.NewReader(`
# HELP onboarding_readiness_failures_total Readiness checks that failed, by check.
# TYPE onboarding_readiness_failures_total counter
onboarding_readiness_failures_total{check="hangs"} 1
onboarding_readiness_failures_total{check="panics"} 1
onboarding_readiness_failures_total{check="works"} 0
`), "onboarding_readiness_failures_total"))
}

func TestLoggerWritesJSON(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := ops.NewLogger(&out, slog.LevelInfo, "worker")
	log.Debug("hidden")
	log.Info("shown", "step", 2)
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line), "exactly one line")
	assert.Equal(t, "shown", line["msg"])
	assert.Equal(t, "worker", line["process"])
	assert.InDelta(t, 2, line["step"], 0)
}
