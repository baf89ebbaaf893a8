package edge_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
)

// deadlines notes the write deadlines of a connection.
type deadlines struct {
	net.Conn
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(at time.Time) error {
	d.set = append(d.set, at)
	return nil
}

// A client has ReadWithin for each ReadLeast bytes, however long the whole takes.
func TestPacedBodiesMustBeRead(t *testing.T) {
	t.Parallel()
	const size = 3*edge.ReadLeast - 1
	conn, ended := &deadlines{}, 0
	body := &edge.PacedBody{From: strings.NewReader(strings.Repeat("x", size)), End: func() { ended++ }, Conn: conn}
	before := time.Now()
	n, err := io.Copy(io.Discard, struct{ io.Reader }{body})
	require.NoError(t, err)
	assert.EqualValues(t, size, n)
	require.Len(t, conn.set, 3)
	assert.WithinDuration(t, before.Add(edge.ReadWithin), conn.set[0], time.Second)
	require.NoError(t, body.Close())
	assert.Equal(t, 1, ended)
}

// A user who does not read large answers gets no more of them, and others theirs; what was read counts no longer.
func TestLargeResponsesThatAreNotRead(t *testing.T) {
	t.Parallel()
	const size = 8 << 20
	f := apitest.ServeEdge(t, asItIs, func(e *edge.Edge) {
		large := func(context.Context, *struct{}) (*edge.Output[string], error) {
			return edge.OK(strings.Repeat("x", size)), nil
		}
		edge.Register(e, "GET "+pathOwn, "get", "tests", "Do it", large)
		edge.Register(e, "POST "+pathOwn, "post", "tests", "Do it", large)
	})
	unread := func(method string) *bufio.Reader {
		conn, err := net.Dial("tcp", strings.TrimPrefix(f.URL, "http://"))
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer %s\r\nContent-Length: 0\r\n\r\n",
			method, pathOwn, f.Token("ada"))
		require.NoError(t, err)
		reader := bufio.NewReader(conn)
		_, err = reader.Peek(1)
		require.NoError(t, err)
		return reader
	}
	readers := []*bufio.Reader{}
	for range edge.MostUnread {
		readers = append(readers, unread(http.MethodGet))
	}
	// In gzip it would be small.
	whole := func() apitest.Response {
		return f.As("ada", http.MethodGet, pathOwn, "", "Accept-Encoding", "identity")
	}
	r := whole()
	apitest.RequireProblem(t, r, 429, "too_many_unread_responses")
	assert.Equal(t, "2", r.Header.Get("Retry-After"))
	assert.Greater(t, len(f.As("bob", http.MethodGet, pathOwn, "").Body), size)
	assert.Equal(t, http.StatusOK, f.As("ada", http.MethodPost, pathOwn, "").Status, "what was done is answered")
	for _, reader := range readers {
		answer, err := http.ReadResponse(reader, nil)
		require.NoError(t, err)
		n, err := io.Copy(io.Discard, answer.Body)
		require.NoError(t, errors.Join(err, answer.Body.Close()))
		assert.Greater(t, n, int64(size))
	}
	for range edge.MostUnread + 1 {
		require.Eventually(t, func() bool { return whole().Status == http.StatusOK }, 10*time.Second, 10*time.Millisecond)
	}
}
