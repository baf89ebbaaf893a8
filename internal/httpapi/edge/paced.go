package edge

import (
	"bytes"
	"io"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/alwrity/onboarding/internal/onboarding"
)

const (
	// ReadLeast is how many bytes of a paced response a client takes in ReadWithin, or it is cut off.
	ReadLeast = 128 << 10
	// ReadWithin is the time for them.
	ReadWithin = 8 * time.Second
	// largeResponse is the size from which responses are paced, in bytes; the network holds smaller ones.
	largeResponse = 128 << 10
	// MostUnread is how many large responses of a user may be on their way at a time.
	MostUnread = 4
)

// PacedBody is the body of a response that must be read at a least rate.
type PacedBody struct {
	From io.Reader
	// End is called at the end of the response, however it ends.
	End  func()
	Conn net.Conn
	// taken counts the bytes since the deadline was set.
	taken int
	began bool
}

// Read is called when the client has taken what was read before.
func (b *PacedBody) Read(p []byte) (int, error) {
	if !b.began || b.taken >= ReadLeast {
		b.began, b.taken = true, 0
		if err := b.Conn.SetWriteDeadline(time.Now().Add(ReadWithin)); err != nil {
			return 0, err
		}
	}
	n, err := b.From.Read(p)
	b.taken += n
	return n, err
}

// Close ends the response.
func (b *PacedBody) Close() error {
	b.End()
	return nil
}

// pace has a large response of a user read at a least rate, and counts it until it is. What a user does not read stays
// in memory: beyond MostUnread a response that can be asked for again is refused.
func (e *Edge) pace(c *fiber.Ctx, x *exchange) error {
	response := c.Response()
	if x.userID == "" || response.IsBodyStream() || len(response.Body()) < largeResponse {
		return nil
	}
	done, ok := e.unread.take(x.userID, MostUnread)
	switch {
	case !ok && isRead(c.Method()):
		response.SwapBody(nil)
		response.Header.Del(fiber.HeaderETag)
		return &onboarding.LimitError{
			Code:       "too_many_unread_responses",
			Reason:     "You have not read the answers to your last requests; read them and try again.",
			RetryAfter: RetryAfter,
		}
	case !ok:
		return nil
	}
	body := response.Body()
	response.SwapBody(nil) // else the buffer is used for another response
	response.SetBodyStream(&PacedBody{From: bytes.NewReader(body), End: done, Conn: c.Context().Conn()}, len(body))
	return nil
}
