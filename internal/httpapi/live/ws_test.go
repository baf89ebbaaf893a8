package live_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// dial opens a WebSocket; headers are pairs.
func (f streamFixture) dial(query string, headers ...string) (*websocket.Conn, apitest.Response) {
	f.T.Helper()
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header.Set(headers[i], headers[i+1])
	}
	address := "ws" + strings.TrimPrefix(f.URL, "http") + pathWS + query
	//nolint:bodyclose // of a failed handshake only, whose body is read
	conn, answer, err := websocket.DefaultDialer.Dial(address, header)
	if err != nil {
		require.ErrorIs(f.T, err, websocket.ErrBadHandshake)
		body, err := io.ReadAll(answer.Body)
		require.NoError(f.T, err)
		return nil, apitest.Response{Status: answer.StatusCode, Header: answer.Header, Body: body}
	}
	f.T.Cleanup(func() { _ = conn.Close() })
	return conn, apitest.Response{Status: answer.StatusCode, Header: answer.Header}
}

type wsEvent struct {
	Event string
	ID    *int64
	Data  map[string]any
}

func receive(t *testing.T, conn *websocket.Conn) wsEvent {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	var e wsEvent
	require.NoError(t, conn.ReadJSON(&e))
	apitest.CheckEvent(t, "streamWebSocket", http.StatusSwitchingProtocols, e.Event, e.Data)
	return e
}

func TestAWebSocketShowsEveryChange(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	conn, r := f.dial("", "Authorization", "Bearer "+f.Token("ada"))
	require.NotNil(t, conn, "%s", r.Body)
	first := receive(t, conn)
	assert.Equal(t, "session", first.Event)
	assert.Nil(t, first.ID)
	assert.Equal(t, 0.0, first.Data["version"])
	for version := range int64(3) {
		f.change()
		step := receive(t, conn)
		require.Equal(t, "step", step.Event)
		require.Equal(t, version+1, *step.ID)
		require.Equal(t, "session", receive(t, conn).Event)
	}

	again, _ := f.dial("?last_event_id=1&ticket=" + f.ticket())
	require.NotNil(t, again)
	assert.EqualValues(t, 2, *receive(t, again).ID)
	assert.EqualValues(t, 3, *receive(t, again).ID)
	assert.Equal(t, "session", receive(t, again).Event)
	require.NoError(t, conn.Close())
	require.Eventually(t, func() bool { return f.sum("onboarding_streams") == 1 }, 2*time.Second, time.Millisecond)
}

func TestOriginsOfWebSockets(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	tests := map[string]struct {
		origin  string
		allowed bool
	}{
		"no browser":        {"", true},
		"a listed page":     {"https://app.example.com", true},
		"our own page":      {f.URL, true},
		"a foreign page":    {"https://evil.example", false},
		"a similar page":    {"https://app.example.com.evil.example", false},
		"another scheme":    {"http://app.example.com", false},
		"a sandboxed frame": {"null", false},
		"nonsense":          {"://", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			headers := []string{"Authorization", "Bearer " + f.Token("ada")}
			if test.origin != "" {
				headers = append(headers, "Origin", test.origin)
			}
			conn, r := f.dial("", headers...)
			if test.allowed {
				require.NotNil(t, conn, "%s", r.Body)
				return
			}
			apitest.RequireProblem(t, r, 403, "origin_not_allowed")
		})
	}
	ticket := f.ticket()
	_, r := f.dial("?ticket="+ticket, "Origin", "https://evil.example")
	require.Equal(t, 403, r.Status)
	conn, _ := f.dial("?ticket=" + ticket)
	assert.NotNil(t, conn, "a refused page does not use up the ticket")
}

func TestWebSocketsOnly(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	r := f.As("ada", http.MethodGet, pathWS, "")
	apitest.RequireProblem(t, r, 426, "upgrade_required")
	assert.Equal(t, "websocket", r.Header.Get("Upgrade"))
	_, r = f.dial("", "Authorization", "Bearer nonsense")
	apitest.RequireProblem(t, r, 401, "invalid_token")
	r = f.As("ada", http.MethodGet, pathWS, "", "Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13")
	apitest.RequireProblem(t, r, 400, "bad_handshake")
	assert.Zero(t, f.sum("onboarding_streams"))
}

func closeCode(t *testing.T, conn *websocket.Conn) int {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	for {
		_, _, err := conn.ReadMessage()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		require.ErrorAs(t, err, &closed)
		return closed.Code
	}
}

func TestWebSocketsSayWhyTheyEnd(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	short, _ := f.dial("", "Authorization", "Bearer "+mint(t, "ada", time.Second))
	long, _ := f.dial("", "Authorization", "Bearer "+f.Token("ada"))
	assert.Equal(t, websocket.ClosePolicyViolation, closeCode(t, short))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, f.Server.Shutdown(ctx))
	assert.Equal(t, websocket.CloseServiceRestart, closeCode(t, long))
}

func TestAClientThatTalksTooMuchIsLeft(t *testing.T) {
	t.Parallel()
	f := newStreams(t)
	conn, _ := f.dial("", "Authorization", "Bearer "+f.Token("ada"))
	receive(t, conn)
	require.NoError(t, conn.WriteMessage(websocket.TextMessage, []byte("hello")))
	f.change()
	require.Equal(t, "step", receive(t, conn).Event, "what it says is ignored")
	_ = conn.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("a"), 10_000)) // it may be cut off in the middle
	require.Eventually(t, func() bool { return f.sum("onboarding_streams") == 0 }, 5*time.Second, time.Millisecond)
}
