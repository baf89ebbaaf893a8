package website

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/alwrity/onboarding/internal/mediatype"
)

// purpose is what a response is read for.
type purpose struct {
	name string
	// ends reports whether the document may end with the last bytes of what has come.
	ends func(last []byte) bool
	// whole reports whether a body is of use although its transfer ended wrong.
	whole func(body []byte, header http.Header) bool
}

// The purposes of requests.
var (
	forPage = purpose{
		name: "page", ends: closesPage,
		whole: func(body []byte, header http.Header) bool {
			return mediatype.Complete(body, mediatype.Of(header.Values("Content-Type")))
		},
	}
	// A robots.txt that was cut in a line may have lost the path of a rule.
	forRobots = purpose{
		name: "robots", ends: endsLine,
		whole: func(body []byte, header http.Header) bool { return endsLine(body) || forPage.whole(body, header) },
	}
	// Each entry of a sitemap counts by itself.
	forSitemap = purpose{
		name: "sitemap", ends: closesSitemap,
		whole: func([]byte, http.Header) bool { return true },
	}
)

func closesPage(last []byte) bool {
	return containsFold(last, "</html") || containsFold(last, "</body") || containsFold(last, "</frameset")
}

func closesSitemap(last []byte) bool {
	return containsFold(last, "urlset>") || containsFold(last, "sitemapindex>")
}

func endsLine(body []byte) bool { return bytes.HasSuffix(body, []byte("\n")) }

func containsFold(text []byte, lower string) bool {
	return bytes.Contains(bytes.ToLower(text), []byte(lower))
}

const (
	// quietAfter is how long a transfer may pause once the document may be whole. Servers that
	// announce more than they send keep the connection open.
	quietAfter = time.Second
	// longestEnd is more than the bytes of a tag that ends a document.
	longestEnd = 16
)

// bodyReader reads the body of a response piece by piece.
type bodyReader struct {
	r      request
	header http.Header
	// stop ends the transfer; quiet calls it, and is nil until the document may be whole.
	stop  context.CancelFunc
	quiet *time.Timer
	// mu guards what follows: quiet reads it.
	mu   sync.Mutex
	body []byte
	// unpacked reports whether the compressed data have ended.
	unpacked bool
}

// readBody reads at most limit bytes, counted after decompression, so that a
// decompression bomb costs no more than the limit. When the transfer ends wrong, a body that
// is whole all the same is returned without an error. stop must end the transfer.
func readBody(resp *http.Response, r request, stop context.CancelFunc) ([]byte, error) {
	b := bodyReader{r: r, header: resp.Header, stop: stop}
	err := b.readAll(decoded(resp.Body, resp.Header.Values("Content-Encoding"), b.hasUnpacked))
	if b.quiet != nil {
		b.quiet.Stop()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case int64(len(b.body)) > r.limit && r.cut:
		return b.body[:r.limit], nil
	case int64(len(b.body)) > r.limit:
		return nil, errTooLarge
	case err != nil && b.isWhole():
		return b.body, nil
	case err != nil:
		return nil, fmt.Errorf("read body: %w", err)
	}
	return b.body, nil
}

func (b *bodyReader) readAll(from io.Reader) error {
	from = io.LimitReader(from, b.r.limit+1)
	for piece := make([]byte, 32<<10); ; {
		n, err := from.Read(piece)
		if n > 0 {
			b.add(piece[:n])
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// add takes what has come.
func (b *bodyReader) add(piece []byte) {
	b.mu.Lock()
	b.body = append(b.body, piece...)
	last := b.body[max(0, len(b.body)-len(piece)-longestEnd):]
	b.mu.Unlock()
	if b.quiet != nil || b.r.purpose.ends != nil && b.r.purpose.ends(last) {
		b.watch()
	}
}

// hasUnpacked notes that the compressed data have ended: what follows may be another part of
// them, or nothing.
func (b *bodyReader) hasUnpacked() {
	b.mu.Lock()
	b.unpacked = true
	b.mu.Unlock()
	b.watch()
}

// watch ends the transfer if no more comes for a while, and what has come is whole.
func (b *bodyReader) watch() {
	if b.quiet != nil {
		b.quiet.Reset(quietAfter)
		return
	}
	b.quiet = time.AfterFunc(quietAfter, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.unpacked || b.isWhole() {
			b.stop()
		}
	})
}

// isWhole reports whether the body is of use as it is. The caller holds mu.
func (b *bodyReader) isWhole() bool {
	return len(b.body) > 0 && b.r.purpose.whole != nil && b.r.purpose.whole(b.body, b.header)
}

// codings lists the content codings of a response in the order in which they were applied.
func codings(headers []string) []string {
	all := strings.ToLower(strings.Join(headers, ","))
	return strings.FieldsFunc(all, func(r rune) bool { return r == ',' || r == ' ' })
}
