package edge_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/httpapi/apitest"
)

// answersTo sends bytes on one connection and returns the statuses of all answers, and whether the server
// closed the connection after them.
func answersTo(t *testing.T, f *apitest.Fixture, request string) (statuses []int, closed bool) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(f.URL, "http://"))
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(10*time.Second)))
	_, err = io.WriteString(conn, request)
	require.NoError(t, err)
	reader := bufio.NewReader(conn)
	for {
		answer, err := http.ReadResponse(reader, nil)
		if err != nil {
			return statuses, true
		}
		_, err = io.Copy(io.Discard, answer.Body)
		require.NoError(t, errors.Join(err, answer.Body.Close()))
		statuses = append(statuses, answer.StatusCode)
		if !answer.Close && answer.Header.Get("X-Request-ID") == "last" {
			return statuses, false
		}
	}
}

func succeed(context.Context) error { return nil }

// behind is a request that must not be read as one where it stands behind an ambiguous one.
const behind = "POST /own HTTP/1.1\r\nHost: a\r\nX-Request-ID: last\r\nContent-Length: 0\r\n\r\n"

func TestAmbiguousRequestsAreRefused(t *testing.T) {
	t.Parallel()
	f := serveOwn(t, asItIs, succeed)
	token := "Authorization: Bearer " + f.Token("ada") + "\r\n"
	post := func(lines string) string { return "POST /own HTTP/1.1\r\nHost: a\r\n" + token + lines + "\r\n" }
	const chunks, noChunk = "5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n"
	for name, request := range map[string]string{
		"length and chunks":          post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + noChunk,
		"chunks and length":          post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + noChunk,
		"length and identity":        post("Content-Length: 0\r\nTransfer-Encoding: identity\r\n"),
		"two lengths":                post("Content-Length: 0\r\nContent-Length: 5\r\n"),
		"two equal lengths":          post("Content-Length: 0\r\nContent-Length: 0\r\n"),
		"a list of lengths":          post("Content-Length: 0, 5\r\n"),
		"a length with a sign":       post("Content-Length: +0\r\n"),
		"a length below zero":        post("Content-Length: -1\r\n"),
		"a length in hexadecimal":    post("Content-Length: 0x0\r\n"),
		"a length that overflows":    post("Content-Length: 18446744073709551616\r\n"),
		"an empty length":            post("Content-Length:\r\n"),
		"chunked twice":              post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + chunks,
		"chunked, and identity":      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n") + chunks,
		"a list of encodings":        post("Transfer-Encoding: gzip, chunked\r\n") + chunks,
		"an unknown encoding":        post("Transfer-Encoding: xchunked\r\n") + chunks,
		"an encoding after a tab":    post("Transfer-Encoding:\tchunked\r\nContent-Length: 0\r\n"),
		"an encoding in quotes":      post("Transfer-Encoding: \"chunked\"\r\n") + chunks,
		"identity alone":             post("Transfer-Encoding: identity\r\n"),
		"space before the colon":     post("Content-Length : 5\r\n"),
		"tab before the colon":       post("Transfer-Encoding\t: chunked\r\n"),
		"encoding with a space":      post("Transfer-Encoding : chunked\r\nContent-Length: 0\r\n"),
		"space within a name":        post("X Y: 1\r\n"),
		"space before a name":        post("X: 1\r\n Content-Length: 5\r\n"),
		"a continued line":           post("Transfer-Encoding: chun\r\n ked\r\n"),
		"a name with a control":      post("Content-Length\x0b: 5\r\n"),
		"no name":                    post(": 5\r\n"),
		"no colon":                   post("Content-Length 5\r\n"),
		"a bare line feed":           post("X: 1\nContent-Length: 5\r\n"),
		"a bare carriage return":     post("X: 1\rContent-Length: 5\r\n"),
		"a zero byte":                post("X: 1\x00\r\n"),
		"two hosts":                  post("Host: b\r\n"),
		"no host":                    "POST /own HTTP/1.1\r\n" + token + "Content-Length: 0\r\n\r\n",
		"another host in the target": "POST http://b/own HTTP/1.1\r\nHost: a\r\n" + token + "Content-Length: 0\r\n\r\n",
		"no target":                  "POST own HTTP/1.1\r\nHost: a\r\n" + token + "Content-Length: 0\r\n\r\n",
		"a tab in the target":        "POST /own\tx HTTP/1.1\r\nHost: a\r\n" + token + "Content-Length: 0\r\n\r\n",
		"chunks by HTTP/1.0":         "POST /own HTTP/1.0\r\nHost: a\r\n" + token + "Transfer-Encoding: chunked\r\n\r\n" + chunks,
		"HTTP/1.2":                   "POST /own HTTP/1.2\r\nHost: a\r\n" + token + "Content-Length: 0\r\n\r\n",
		"the preface of HTTP/2":      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
		"a header behind the body":   post("Transfer-Encoding: chunked\r\n") + "0\r\nIdempotency-Key: x\r\n\r\n",
		"a token behind the body": "POST /own HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" +
			token + "\r\n",
		"chunks with a line feed": post("Transfer-Encoding: chunked\r\n") + "5\nhello\n0\n\n",
		"a chunk that is longer":  post("Transfer-Encoding: chunked\r\n") + "4\r\nhello\r\n0\r\n\r\n",
		"a chunk below zero":      post("Transfer-Encoding: chunked\r\n") + "-1\r\nhello\r\n0\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			statuses, closed := answersTo(t, f, request+behind)
			assert.Equal(t, []int{http.StatusBadRequest}, statuses)
			assert.True(t, closed)
		})
	}
}

// What follows a body in chunks is never a request: the server is lenient with the sizes of chunks.
func TestNothingIsReadBehindABodyInChunks(t *testing.T) {
	t.Parallel()
	f := serveOwn(t, asItIs, succeed)
	head := "POST /own HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + f.Token("ada") +
		"\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, body := range map[string]string{
		"plain":      "5\r\nhello\r\n0\r\n\r\n",
		"empty":      "0\r\n\r\n",
		"extensions": "5;a=b\r\nhello\r\n0;c\r\n\r\n",
	} {
		statuses, closed := answersTo(t, f, head+body+behind)
		assert.Equal(t, []int{http.StatusOK}, statuses, name)
		assert.True(t, closed, name)
	}
	statuses, closed := answersTo(t, f, head+"0x5\r\nhello\r\n0\r\n\r\n"+behind) // is read as 0
	assert.Equal(t, []int{http.StatusBadRequest}, statuses)
	assert.True(t, closed)
}

func TestPlainRequestsFollowEachOther(t *testing.T) {
	t.Parallel()
	f := serveOwn(t, asItIs, succeed)
	token := "authorization:Bearer " + f.Token("ada") + "\r\n"
	for name, request := range map[string]string{
		"a body":              "POST /own HTTP/1.1\r\nHost: a\r\n" + token + "Content-Length: 2\r\n\r\n{}",
		"a body of a GET":     "GET /own HTTP/1.1\r\nHost: a\r\n" + token + "Content-Length: 2\r\n\r\n{}",
		"a URL as the target": "GET http://A/own HTTP/1.1\r\nHost: a\r\n" + token + "\r\n",
		"odd names":           "GET /own HTTP/1.1\r\nHOST: a\r\n" + token + "x_y.z!: 1\r\nEmpty:\r\n\r\n",
	} {
		statuses, closed := answersTo(t, f, request+behind)
		assert.Equal(t, []int{http.StatusOK, http.StatusUnauthorized}, statuses, name)
		assert.False(t, closed, name)
	}
}
