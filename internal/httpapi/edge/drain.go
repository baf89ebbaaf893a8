package edge

import (
	"net"
	"time"
)

// How much of a body that is too large is still read, and for how long, before the response. Closing a
// connection with unread data resets it: a client that is still sending loses the response and sees a
// broken connection instead.
const (
	drainBytes = 8 << 20
	drainTime  = 3 * time.Second
	// drainQuiet ends the reading when nothing more arrives, drainRest when all but
	// what the server has buffered was read.
	drainQuiet = 500 * time.Millisecond
	drainRest  = 20 * time.Millisecond
)

// drain reads and drops the rest of a body. length is the announced one, negative if there is none.
func drain(conn net.Conn, length int) {
	if conn == nil || length > drainBytes {
		return
	}
	end, buffer, read := time.Now().Add(drainTime), make([]byte, readBufferSize), 0
	for read < drainBytes {
		quiet := drainQuiet
		if length >= 0 && read >= length-readBufferSize {
			quiet = drainRest
		}
		now := time.Now()
		if now.After(end) || conn.SetReadDeadline(now.Add(quiet)) != nil {
			return
		}
		n, err := conn.Read(buffer)
		if err != nil {
			return
		}
		read += n
	}
}
