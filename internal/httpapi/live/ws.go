package live

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fasthttp/websocket"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

const (
	// wsReadLimit is the longest message of a client in bytes: none is expected.
	wsReadLimit = 512
	// wsSilence is how long a client may ignore heartbeats.
	wsSilence = 3 * heartbeatEvery
)

// webSocket sends the same events as text messages on a WebSocket.
func (s *Streams) webSocket(c *fiber.Ctx) error {
	if !websocket.FastHTTPIsWebSocketUpgrade(c.Context()) {
		c.Set(fiber.HeaderUpgrade, "websocket")
		return edge.NewProblem(http.StatusUpgradeRequired, "upgrade_required",
			"This address speaks WebSocket only; use /api/onboarding/events for server-sent events.")
	}
	// Checked here: browsers let any page open a WebSocket to anywhere.
	if !s.allowsOrigin(c.Get(fiber.HeaderOrigin), c.Get(fiber.HeaderHost)) {
		return edge.NewProblem(http.StatusForbidden, "origin_not_allowed",
			"This page may not watch the onboarding; ask the operator to allow its origin.")
	}
	user, err := s.streamUser(c)
	if err != nil {
		return err
	}
	st, err := s.openStream(c.UserContext(), user, kindWS, lastEventID(c))
	if err != nil {
		return err
	}
	upgrader := websocket.FastHTTPUpgrader{
		ReadBufferSize: wsReadLimit, WriteBufferSize: 1024,
		CheckOrigin: func(*fasthttp.RequestCtx) bool { return true },
	}
	err = upgrader.Upgrade(c.Context(), func(conn *websocket.Conn) {
		s.hub.serve(st, newWSSink(conn))
	})
	if err != nil {
		st.giveBack()
		c.Set(edge.HeaderRequestID, edge.RequestID(c)) // the upgrader has dropped all headers
		return edge.NewProblem(http.StatusBadRequest, "bad_handshake",
			"The WebSocket handshake is not complete.").WithCause(err)
	}
	return nil
}

// allowsOrigin reports whether a page of an origin may open a WebSocket: the server's own or a listed
// one. Only browsers send an origin.
func (s *Streams) allowsOrigin(origin, host string) bool {
	if origin == "" || slices.Contains(s.edge.CORSOrigins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}

// wsMessage is a text message.
type wsMessage struct {
	Event string   `json:"event"`
	ID    *int64   `json:"id,omitempty"`
	Data  jsonText `json:"data"`
}

// jsonText is encoded JSON.
type jsonText []byte

// MarshalJSON returns the text.
func (t jsonText) MarshalJSON() ([]byte, error) { return t, nil }

// wsSink writes events as messages on a WebSocket.
type wsSink struct {
	conn     *websocket.Conn
	watching bool
	gone     chan struct{}
}

func newWSSink(conn *websocket.Conn) *wsSink {
	return &wsSink{conn: conn, gone: make(chan struct{})}
}

func (o *wsSink) begin(_ int64, events []event) error {
	o.conn.SetReadLimit(wsReadLimit)
	o.conn.SetPongHandler(func(string) error { return o.conn.SetReadDeadline(time.Now().Add(wsSilence)) })
	if err := o.conn.SetReadDeadline(time.Now().Add(wsSilence)); err != nil {
		return err
	}
	o.watching = true
	go o.watch()
	return o.send(events)
}

// watch handles the client's control messages and notices that it closes.
func (o *wsSink) watch() {
	defer close(o.gone)
	for {
		if _, _, err := o.conn.NextReader(); err != nil {
			return
		}
	}
}

func (o *wsSink) left() <-chan struct{} { return o.gone }

func (o *wsSink) send(events []event) error {
	for _, e := range events {
		message := wsMessage{Event: e.name, Data: e.data}
		if e.id != noID {
			message.ID = &e.id
		}
		if err := o.conn.SetWriteDeadline(time.Now().Add(streamWriteTimeout)); err != nil {
			return err
		}
		if err := o.conn.WriteMessage(websocket.TextMessage, encode(message)); err != nil {
			return err
		}
	}
	return nil
}

// ping asks for a pong as well: a client that is gone sends none.
func (o *wsSink) ping() error {
	if err := o.send(heartbeat); err != nil {
		return err
	}
	return o.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(streamWriteTimeout))
}

// wsClosings are the close codes and reasons of RFC 6455 section 7.4.
var wsClosings = map[endReason][]byte{
	endExpired:  websocket.FormatCloseMessage(websocket.ClosePolicyViolation, "the token has expired"),
	endStopping: websocket.FormatCloseMessage(websocket.CloseServiceRestart, "the server restarts"),
	endGone:     websocket.FormatCloseMessage(websocket.CloseNormalClosure, "the session was deleted"),
}

func (o *wsSink) end(reason endReason) {
	if message := wsClosings[reason]; message != nil {
		_ = o.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(time.Second))
	}
	_ = o.conn.Close()
	if o.watching { // the HTTP server takes the read buffer back
		<-o.gone
	}
}

// isTimeout reports whether a write took too long.
func isTimeout(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) && netErr.Timeout()
}
