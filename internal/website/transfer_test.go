package website

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// rawSite answers every request with bytes as they are, then closes the connection, or keeps
// it open if open is true. It returns its address.
func rawSite(t *testing.T, open bool, answers map[string]string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() {
		close(done)
		_ = listener.Close()
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				request, err := http.ReadRequest(bufio.NewReader(conn))
				if err != nil {
					return
				}
				answer, known := answers[request.URL.Path]
				if !known {
					_, _ = io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
					return
				}
				_, _ = io.WriteString(conn, answer)
				if open {
					<-done
				}
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

// answer is a response of raw bytes; header lines are separated by "\n".
func answer(headers, content string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + strings.ReplaceAll(headers, "\n", "\r\n") + "\r\n\r\n" + content
}

// packed compresses a text.
func packed(t *testing.T, text string, with func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var out bytes.Buffer
	w := with(&out)
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.String()
}

func gzipWriter(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

func zlibWriter(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }

func brotliWriter(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }

func flateWriter(w io.Writer) io.WriteCloser {
	out, _ := flate.NewWriter(w, flate.DefaultCompression)
	return out
}

// longText is more than one packet, and does not compress to nothing.
func longText() string {
	var b strings.Builder
	for i := range 900 {
		fmt.Fprintf(&b, "<p>Sentence %d of %x says something new.</p>\n", i, i*7919)
	}
	return b.String()
}

func TestTransfersThatEndWrong(t *testing.T) {
	t.Parallel()
	page := "<html lang=en><title>whole</title><body><h1>whole</h1>" + longText() + "</body></html>\n"
	zipped := packed(t, page, gzipWriter)
	chunked := func(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }
	length := func(n int) string { return fmt.Sprint("Content-Length: ", n) }
	gzipped := func(headers string) string { return "Content-Encoding: gzip\n" + headers }
	tests := map[string]struct {
		answer string
		open   bool
	}{
		"length too large":               {answer(length(len(page)+100), page), false},
		"length far too large":           {answer(length(100<<20), page), false},
		"length too large, left open":    {answer(length(len(page)+100), page), true},
		"length of the unpacked page":    {answer(gzipped(length(len(page))), zipped), false},
		"the same, left open":            {answer(gzipped(length(len(page))), zipped), true},
		"no last chunk":                  {answer("Transfer-Encoding: chunked", chunked(page)), false},
		"no last chunk, left open":       {answer("Transfer-Encoding: chunked", chunked(page)), true},
		"a broken last chunk":            {answer("Transfer-Encoding: chunked", chunked(page)+"none\r\n"), false},
		"gzip, no last chunk":            {answer(gzipped("Transfer-Encoding: chunked"), chunked(zipped)), false},
		"gzip without trailer":           {answer(gzipped(length(len(zipped)-8)), zipped[:len(zipped)-8]), false},
		"gzip with half a trailer":       {answer(gzipped(length(len(zipped)-5)), zipped[:len(zipped)-5]), false},
		"gzip with a false checksum":     {answer(gzipped(length(len(zipped))), zipped[:len(zipped)-8]+"12345678"), false},
		"gzip with bytes behind":         {answer(gzipped("Connection: close"), zipped+"\n<!-- cached -->"), false},
		"gzip with zeros behind":         {answer(gzipped("Connection: close"), zipped+strings.Repeat("\x00", 600)), false},
		"gzip in two members":            {answer(gzipped("Connection: close"), packed(t, page[:3000], gzipWriter)+packed(t, page[3000:], gzipWriter)), false},
		"gzip with an empty member":      {answer(gzipped("Connection: close"), zipped+packed(t, "", gzipWriter)), false},
		"x-gzip":                         {answer("Content-Encoding: x-gzip", zipped), false},
		"gzip that is plain":             {answer(gzipped(length(len(page))), page), false},
		"gzip that is zlib":              {answer(gzipped("Connection: close"), packed(t, page, zlibWriter)), false},
		"deflate with zlib":              {answer("Content-Encoding: deflate", packed(t, page, zlibWriter)), false},
		"deflate without":                {answer("Content-Encoding: deflate", packed(t, page, flateWriter)), false},
		"deflate without checksum":       {answer("Content-Encoding: deflate", strings.TrimSuffix(packed(t, page, zlibWriter), packed(t, page, zlibWriter)[len(packed(t, page, zlibWriter))-4:])), false},
		"deflate that is gzip":           {answer("Content-Encoding: deflate", zipped), false},
		"deflate that is plain":          {answer("Content-Encoding: deflate", page), false},
		"brotli":                         {answer("Content-Encoding: br", packed(t, page, brotliWriter)), false},
		"brotli with bytes behind":       {answer("Content-Encoding: br", packed(t, page, brotliWriter)+"more"), false},
		"brotli that is plain":           {answer("Content-Encoding: br", page), false},
		"two codings":                    {answer("Content-Encoding: deflate, gzip", packed(t, packed(t, page, zlibWriter), gzipWriter)), false},
		"a coding that is none":          {answer("Content-Encoding: utf-8", page), false},
		"identity":                       {answer("Content-Encoding: identity\n"+length(len(page)), page), false},
		"cut after all elements":         {answer(length(9000), "<!doctype html><title>whole</title><h1>whole</h1><main><p>A page of a few words that leaves out the tags it may.</p></main>\n"), false},
		"HTTP/1.0 without a length":      {strings.Replace(answer("Server: old", page), "HTTP/1.1", "HTTP/1.0", 1), false},
		"robots.txt of too large length": {answer(length(len(page)), page), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := map[string]string{"/": test.answer}
			if strings.HasPrefix(name, "robots") {
				answers["/robots.txt"] = answer(length(900), "User-agent: *\nDisallow: /x\n")
			}
			began := time.Now()
			crawler := newTestCrawler(t, limits{maxPages: 1}, nil)
			found, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: rawSite(t, test.open, answers)})
			require.NoError(t, err)
			assert.Equal(t, "whole", found.Pages[0].Title)
			assert.Less(t, time.Since(began), 10*time.Second)
			if name != "cut after all elements" {
				assert.Contains(t, found.Pages[0].Text(), "Sentence 899", "to the end")
			}
		})
	}
}

func TestTransfersThatEndTooEarly(t *testing.T) {
	t.Parallel()
	page := "<html><head><title>cut</title><script>w('</body></html>')</script></head><body><h1>cut</h1>" +
		"<!-- </html> --><p>A page of a few words ends in the middle"
	long := packed(t, page+longText(), gzipWriter)
	for name, response := range map[string]string{
		"by length":           answer("Content-Length: 9000", page),
		"by chunk":            answer("Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s\r\n", len(page), page)),
		"between two chunks":  answer("Transfer-Encoding: chunked", fmt.Sprintf("%x\r\n%s</p>\r\n", len(page)+4, page)),
		"gzip by length":      answer("Content-Encoding: gzip\nContent-Length: 90000", long[:len(long)/2]),
		"gzip by its end":     answer("Content-Encoding: gzip", long[:len(long)/2]),
		"gzip in its first":   answer("Content-Encoding: gzip", long[:12]),
		"brotli":              answer("Content-Encoding: br", packed(t, page+longText(), brotliWriter)[:2000]),
		"header and no body":  answer("Content-Length: 9000", ""),
		"in the last element": answer("Content-Length: 9000", page+"</p></bod"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			crawler := newTestCrawler(t, limits{maxPages: 1}, nil)
			_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: rawSite(t, false, map[string]string{"/": response})})
			failure := failureIn(t, err)
			assert.Equal(t, onboarding.FailureSiteError, failure.Code, "%v", err)
			assert.True(t, failure.Temporary())
		})
	}
}

// A robots.txt that was cut in the middle of a path might forbid something else.
func TestRobotsThatEndInALine(t *testing.T) {
	t.Parallel()
	site := rawSite(t, false, map[string]string{
		"/": answer("", htmlPage("home")), "/robots.txt": answer("Content-Length: 900", "User-agent: *\nAllow: /sec"),
	})
	_, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site})
	assert.Equal(t, onboarding.FailureSiteError, failureIn(t, err).Code)
}

// The part of a sitemap that arrived before a broken end counts.
func TestSitemapThatEndsTooEarly(t *testing.T) {
	t.Parallel()
	const listed = "<urlset><url><loc>/one</loc></url><url><loc>/two</loc></url><url><loc>/thr"
	zipped := packed(t, listed+longText(), gzipWriter)
	for name, response := range map[string]string{
		"by length":   answer("Content-Length: 9000", listed),
		"gzip":        answer("Content-Encoding: gzip", zipped[:len(zipped)/2]),
		"a gzip file": answer("Content-Length: 90000", zipped[:len(zipped)/2]),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := rawSite(t, false, map[string]string{
				"/": answer("", htmlPage("home")), "/sitemap.xml": response,
				"/one": answer("", htmlPage("one")), "/two": answer("", htmlPage("two")),
			})
			found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site})
			require.NoError(t, err)
			assert.Equal(t, []string{"", "/one", "/two"}, pathsOf(found, site)[:3])
		})
	}
}

// A page that pauses is waited for, whatever its scripts say.
func TestPageThatPausesGoesOn(t *testing.T) {
	t.Parallel()
	site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		body("text/html", "<html><head><script>w('</body></html>')</script></head><body>")(w, r)
		w.(http.Flusher).Flush()
		time.Sleep(quietAfter + quietAfter/2) // the pause is what is tested
		body("", htmlPage("late"))(w, r)
	})
	found, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
	require.NoError(t, err)
	assert.Contains(t, found.Pages[0].Text(), "This page speaks about late")
}
