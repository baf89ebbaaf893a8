package live

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Scripts of a browser see events only, no comments: a heartbeat is an event, and leaves the position as it is.
func TestAHeartbeatIsAnEvent(t *testing.T) {
	t.Parallel()
	server, client := net.Pipe()
	defer client.Close()
	out := &sseSink{conn: server}
	go func() {
		assert.NoError(t, out.ping())
		assert.NoError(t, server.Close())
	}()
	text := make([]byte, 200)
	n, err := client.Read(text)
	require.NoError(t, err)
	assert.Equal(t, "event: heartbeat\ndata: {}\n\n", string(text[:n]))
}
