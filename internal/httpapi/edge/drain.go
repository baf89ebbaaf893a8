package edge

import (
	"net"
	"time"
)

// How much of a body that is too large is still read, and for how long, before the
// answer. Closing a connection with unread data resets it, and a client that is still
// sending then loses the answer and sees a broken connection instead.
const (
	drainBytes = 8 << 20
	drainTime  = 3 * time.Second
	// drainQuiet ends the reading when nothing more arrives, drainRest when all but
	// what the server has buffered was read.
	drainQuiet = 500 * time.Millisecond
	drainRest  = 20 * time.Millisecond
)

// drain reads and drops what a client still sends of a body of the announced length,
// negative if it did not say.
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
