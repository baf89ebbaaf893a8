package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fasthttp/websocket"
)

// hearer is called with each version that arrives.
type hearer func(version int64, at time.Time)

// opener opens one kind of stream and returns its connection when its first event has
// arrived.
type opener func(ctx context.Context, a *api, userID string, heard hearer) (net.Conn, error)

const pathEvents, pathWS = "/api/onboarding/events", "/api/onboarding/ws"

// connectTimeout bounds the opening of one stream.
const connectTimeout = 20 * time.Second

// openSSE opens a stream of server-sent events. It reads the connection itself,
// because an HTTP client would cost more than what is measured.
func openSSE(ctx context.Context, a *api, userID string, heard hearer) (net.Conn, error) {
	token, err := a.token(userID)
	if err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", a.http)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	_ = conn.SetDeadline(time.Now().Add(connectTimeout))
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", pathEvents, token)
	lines := bufio.NewReaderSize(conn, 1024)
	for line := []byte(nil); err == nil && !bytes.HasPrefix(line, []byte("event: session")); {
		if line, err = lines.ReadSlice('\n'); bytes.HasPrefix(line, []byte("HTTP/")) &&
			!bytes.Contains(line, []byte(" 200 ")) {
			err = fmt.Errorf("answered %q", bytes.TrimSpace(line))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	_ = conn.SetDeadline(time.Time{})
	go readSSE(lines, heard)
	return conn, nil
}

func readSSE(lines *bufio.Reader, heard hearer) {
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return
		}
		if id, ok := bytes.CutPrefix(line, []byte("id: ")); ok {
			if version, err := strconv.ParseInt(string(bytes.TrimSpace(id)), 10, 64); err == nil {
				heard(version, time.Now())
			}
		}
	}
}

// openWS opens a WebSocket.
func openWS(ctx context.Context, a *api, userID string, heard hearer) (net.Conn, error) {
	token, err := a.token(userID)
	if err != nil {
		return nil, err
	}
	dialer := websocket.Dialer{HandshakeTimeout: connectTimeout, ReadBufferSize: 1024, WriteBufferSize: 256}
	conn, answer, err := dialer.DialContext(ctx, "ws://"+a.http+pathWS, http.Header{"Authorization": {"Bearer " + token}})
	if answer != nil {
		_ = answer.Body.Close()
	}
	if err == nil {
		_, _, err = conn.ReadMessage()
	}
	if err != nil {
		return nil, fmt.Errorf("open a stream: %w", err)
	}
	go readWS(conn, heard)
	return conn.NetConn(), nil
}

func readWS(conn *websocket.Conn, heard hearer) {
	for {
		_, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		at := time.Now()
		var e struct {
			Event string
			ID    int64
		}
		if json.Unmarshal(message, &e) == nil && strings.EqualFold(e.Event, "step") {
			heard(e.ID, at)
		}
	}
}
