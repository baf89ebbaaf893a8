package live

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

const (
	pathEvents = edge.BasePath + "/events"
	pathWS     = edge.BasePath + "/ws"

	headerLastEventID = "Last-Event-ID"
	queryLastEventID  = "last_event_id"
)

func (s *Streams) registerStreams() {
	s.edge.App.Add(http.MethodGet, pathEvents, s.events)
	s.edge.App.Add(http.MethodGet, pathWS, s.webSocket)
	s.registerTicket()
	s.describeStreams()
}

// events responds with a stream of server-sent events. The connection is taken from the HTTP server,
// which would keep its buffers for as long as the stream lives.
func (s *Streams) events(c *fiber.Ctx) error {
	user, err := s.streamUser(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set("X-Accel-Buffering", "no") // else nginx buffers events
	c.Status(http.StatusOK)
	if c.Method() == http.MethodHead {
		return nil
	}
	st, err := s.openStream(c.UserContext(), user, kindSSE, lastEventID(c))
	if err != nil {
		return err
	}
	out := newSSESink(c)
	c.Context().HijackSetNoResponse(true)
	c.Context().Hijack(func(conn net.Conn) {
		out.conn = bare(conn)
		go s.hub.serve(st, out) // returning releases the request's buffers
	})
	return nil
}

// streamUser returns who opens a stream: by a token, or by a ticket where no header
// can be sent.
func (s *Streams) streamUser(c *fiber.Ctx) (auth.User, error) {
	c.Vary(fiber.HeaderAuthorization)
	c.Set(fiber.HeaderCacheControl, edge.NoStore)
	ticket, header := c.Query(edge.QueryTicket), c.Get(fiber.HeaderAuthorization)
	if ticket != "" && header == "" {
		return s.redeem(c.UserContext(), ticket)
	}
	return s.edge.UserOf(c.UserContext(), header)
}

// lastEventID returns the last event that the client has seen, "" for a new stream. Only browsers' own
// reconnects can send the header.
func lastEventID(c *fiber.Ctx) string {
	if id := c.Get(headerLastEventID); id != "" {
		return id
	}
	return c.Query(queryLastEventID)
}

// bare returns the connection under one that was hijacked. What a client sends with its request, before
// the answer, is ignored.
func bare(conn net.Conn) net.Conn {
	if wrapped, ok := conn.(interface{ UnsafeConn() net.Conn }); ok {
		return wrapped.UnsafeConn()
	}
	return conn
}

// sseSink writes server-sent events. It has no buffer of its own.
type sseSink struct {
	conn    net.Conn
	head    []byte // status line and headers
	chunked bool   // HTTP/1.0 reads until the end of the connection
	gone    chan struct{}
}

func newSSESink(c *fiber.Ctx) *sseSink {
	header := &c.Response().Header
	chunked := c.Request().Header.IsHTTP11()
	if chunked {
		header.SetContentLength(-1)
	} else {
		header.SetContentLength(-2)
	}
	header.SetConnectionClose()
	head := append([]byte(nil), header.Header()...)
	return &sseSink{head: head, chunked: chunked, gone: make(chan struct{})}
}

// reconnectAfter is when browsers connect again, in milliseconds: spread, so that not all clients of a
// restarted process connect at once.
func reconnectAfter() int { return 1000 + rand.IntN(2000) } //nolint:gosec // no secret

func (o *sseSink) begin(position int64, events []event) error {
	go o.watch()
	text := fmt.Appendf(nil, "retry: %d\n", reconnectAfter())
	if position != noID {
		text = fmt.Appendf(text, "id: %d\n", position)
	}
	text = append(text, '\n')
	frame := slices.Concat(o.head, o.chunk(appendEvents(text, events)))
	o.head = nil
	return o.write(frame)
}

// watch notices that the client closes the connection. A client sends nothing after
// its request.
func (o *sseSink) watch() {
	defer close(o.gone)
	buffer := make([]byte, 16)
	for {
		if _, err := o.conn.Read(buffer); err != nil {
			return
		}
	}
}

func (o *sseSink) left() <-chan struct{} { return o.gone }

func (o *sseSink) send(events []event) error { return o.write(o.chunk(appendEvents(nil, events))) }

func appendEvents(text []byte, events []event) []byte {
	for _, e := range events {
		text = append(append(text, "event: "...), e.name...)
		if e.id != noID {
			text = strconv.AppendInt(append(text, "\nid: "...), e.id, 10)
		}
		text = append(append(append(text, "\ndata: "...), e.data...), "\n\n"...)
	}
	return text
}

func (o *sseSink) ping() error { return o.send(heartbeat) }

func (o *sseSink) end(reason endReason) {
	if reason != endLeft && reason != endSlow && o.head == nil {
		text := o.chunk([]byte(": " + string(reason) + "\n\n"))
		if o.chunked {
			text = append(text, "0\r\n\r\n"...)
		}
		_ = o.write(text)
	}
	_ = o.conn.Close()
}

// chunk frames a part of the body.
func (o *sseSink) chunk(text []byte) []byte {
	if !o.chunked || len(text) == 0 { // an empty chunk would be the end
		return text
	}
	frame := make([]byte, 0, len(text)+16)
	frame = append(strconv.AppendInt(frame, int64(len(text)), 16), "\r\n"...)
	return append(append(frame, text...), "\r\n"...)
}

func (o *sseSink) write(frame []byte) error {
	if err := o.conn.SetWriteDeadline(time.Now().Add(streamWriteTimeout)); err != nil {
		return err
	}
	_, err := o.conn.Write(frame)
	return err
}
