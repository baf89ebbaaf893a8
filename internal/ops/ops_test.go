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
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/trace"

	"github.com/alwrity/onboarding/internal/ops"
)

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
	reg := ops.NewRegistry("api")
	health := ops.NewHealth(reg, quiet(), ops.Check{Name: "database", Probe: func(context.Context) error { return nil }})
	server, err := ops.Start(t.Context(), "127.0.0.1:0", reg, health, quiet())
	require.NoError(t, err)
	url := "http://" + server.Addr()

	status, body := get(t, url+"/healthz")
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"status":"ok"}`, body)

	status, body = get(t, url+"/readyz")
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"status":"ready","checks":{"database":"ok"}}`, body)

	health.Drain()
	status, body = get(t, url+"/readyz")
	assert.Equal(t, http.StatusServiceUnavailable, status, "at once")
	assert.JSONEq(t, `{"status":"draining","checks":{"database":"ok"}}`, body)

	status, body = get(t, url+"/metrics")
	assert.Equal(t, http.StatusOK, status)
	for _, want := range []string{
		`onboarding_build_info{process="api"`, `onboarding_readiness_failures_total{check="database"} 0`,
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
	server, err := ops.Start(t.Context(), "127.0.0.1:0", reg, health, quiet())
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	_, err = ops.Start(t.Context(), server.Addr(), reg, health, quiet())
	require.ErrorContains(t, err, "serve metrics")
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

// A line says what its context says, but nothing twice, and names the trace.
func TestLoggerReadsTheContext(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := ops.NewLogger(&out, nil, "worker", func(context.Context) []slog.Attr {
		return []slog.Attr{slog.Int("job_id", 1), slog.String("user", "f")}
	})
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}})
	log.With("kind", "k").InfoContext(trace.ContextWithSpanContext(t.Context(), span), "shown", "job_id", 7)
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	assert.Equal(t, 1, strings.Count(out.String(), "job_id"))
	assert.InDelta(t, 7, line["job_id"], 0)
	assert.Equal(t, "f", line["user"])
	assert.Equal(t, "k", line["kind"])
	assert.Equal(t, span.TraceID().String(), line["trace_id"])
}

// Without an endpoint there is no provider, so that nobody makes spans.
func TestTracesAreOffWithoutAnEndpoint(t *testing.T) {
	t.Parallel()
	provider, stop, err := ops.StartTraces(t.Context(), "", "api", quiet())
	require.NoError(t, err)
	assert.Nil(t, provider)
	require.NoError(t, stop(t.Context()))
}
