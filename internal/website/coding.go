package website

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
)

// acceptEncoding names the content codings that decoded knows.
const acceptEncoding = "gzip, deflate, br"

// decoded returns the body without its content codings. What a coding names does not bind
// servers: deflate comes with and without the header of zlib, and plain text under each of
// them. Checksums are not compared, so that a cut end loses nothing. ended is called when the
// compressed data end; more may follow.
func decoded(body io.Reader, headers []string, ended func()) io.Reader {
	for _, coding := range slices.Backward(codings(headers)) {
		switch coding {
		case "gzip", "x-gzip", "deflate", "br":
			body = &decoder{in: bufio.NewReader(body), coding: coding, ended: ended}
		default: // identity, and names that mean nothing, such as utf-8
		}
	}
	return body
}

// decoder undoes one content coding. It looks at the data first when it is read first.
type decoder struct {
	in     *bufio.Reader
	coding string
	ended  func()
	// out reads the data, or the open member of a gzip'd body, which may have several.
	out    io.Reader
	isGzip bool
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.out == nil {
		if err := d.open(); err != nil {
			return 0, err
		}
	}
	n, err := d.out.Read(p)
	if !errors.Is(err, io.EOF) || !d.isGzip {
		return n, err
	}
	d.ended()
	if d.nextMember() {
		d.out, err = flate.NewReader(d.in), nil
	}
	return n, err
}

// open chooses how the data are read by their first bytes.
func (d *decoder) open() error {
	head, err := d.in.Peek(2)
	switch {
	case len(head) == 0:
		return err
	case isGzip(head):
		d.isGzip = true
		if _, err := gzip.NewReader(d.in); err != nil { // reads the header only
			return err
		}
		d.out = flate.NewReader(d.in)
	case d.coding != "br" && isZlib(head):
		_, _ = d.in.Discard(len(head))
		d.out = flate.NewReader(d.in)
	case d.isPlain():
		d.out = d.in
	case d.coding == "br":
		d.out = brotli.NewReader(d.in)
	default:
		d.out = flate.NewReader(d.in)
	}
	return nil
}

// nextMember skips the trailer of a member, and reports whether another one follows, whose
// header it skips too. What else follows belongs to nothing.
func (d *decoder) nextMember() bool {
	const trailer = 8
	if next, _ := d.in.Peek(trailer + 2); len(next) < trailer+2 || !isGzip(next[trailer:]) {
		return false
	}
	_, _ = d.in.Discard(trailer)
	_, err := gzip.NewReader(d.in)
	return err == nil
}

// isPlain reports whether the data are text that was not compressed: compressed data have
// bytes that no text has.
func (d *decoder) isPlain() bool {
	head, _ := d.in.Peek(64)
	begin := bytes.TrimLeft(head, "\t\n\r ")
	return strings.HasPrefix(http.DetectContentType(head), "text/") &&
		(bytes.HasPrefix(begin, []byte("<")) || utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)]))
}

// isGzip reports whether data begin as those of gzip do.
func isGzip(head []byte) bool { return len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b }

// isZlib reports whether data begin with the header of zlib (RFC 1950, section 2.2).
func isZlib(head []byte) bool {
	return len(head) >= 2 && head[0]&0x0f == 8 && head[0]>>4 <= 7 && head[1]&0x20 == 0 &&
		binary.BigEndian.Uint16(head)%31 == 0
}
