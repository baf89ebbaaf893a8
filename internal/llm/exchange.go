package llm

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

const (
	// maxAnswer bounds the body of an answer, in bytes after decompression. The largest
	// honest ones have some 100 KiB.
	maxAnswer = 4 << 20
	// maxProblem bounds how much of an error's body is read, in bytes.
	maxProblem = 64 << 10
)

var errTooLarge = errors.New("the answer is larger than the limit")

// exchange carries the one request of a call and keeps what is needed to tell what went
// wrong. It is used by one goroutine.
type exchange struct {
	next http.RoundTripper

	status   int
	header   http.Header
	problem  []byte // the start of the body, for a status that is no success
	err      error  // of the connection
	tooLarge bool
}

// RoundTrip sends the request; the body of the response is bounded.
func (e *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := e.next.RoundTrip(req)
	if err != nil {
		e.err = err
		return nil, err
	}
	e.status, e.header = resp.StatusCode, resp.Header
	if resp.StatusCode >= http.StatusMultipleChoices {
		defer resp.Body.Close()
		// A body that breaks off still leaves the status, which says more.
		e.problem, _ = io.ReadAll(io.LimitReader(resp.Body, maxProblem))
		resp.Body = io.NopCloser(bytes.NewReader(e.problem))
		return resp, nil
	}
	resp.Body = &boundedBody{body: resp.Body, left: maxAnswer, of: e}
	return resp, nil
}

// boundedBody is the body of an answer up to its limit; beyond, reading fails.
type boundedBody struct {
	body io.ReadCloser
	left int
	of   *exchange
}

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p[:min(len(p), b.left+1)])
	if n > b.left {
		b.of.tooLarge = true
		return 0, errTooLarge
	}
	b.left -= n
	if err != nil && !errors.Is(err, io.EOF) {
		b.of.err = err
	}
	return n, err
}

func (b *boundedBody) Close() error { return b.body.Close() }
