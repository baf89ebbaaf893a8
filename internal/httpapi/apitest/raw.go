package apitest

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/ops"
)

// Raw sends bytes and reads one answer, for requests that a client library would
// not send.
func Raw(t *testing.T, f *Fixture, request string) Response {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.URL, "http://"))
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, request)
	require.NoError(t, err)
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, errors.Join(err, answer.Body.Close()))
	return Response{answer.StatusCode, answer.Header, body}
}

// MetricsText returns the metrics as Prometheus would read them.
func MetricsText(t *testing.T, f *Fixture) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	ops.Handler(f.Registry, f.Health).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return recorder.Body.String()
}
