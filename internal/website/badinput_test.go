package website

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// endless writes a page until the client leaves, at most size bytes.
func endless(size int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		chunk := []byte(strings.Repeat("<p>word</p>", 6000))
		for sent := 0; sent < size; sent += len(chunk) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
}

// gzipBomb is a small answer that unpacks to size bytes.
func gzipBomb(t *testing.T, size int64) http.HandlerFunc {
	t.Helper()
	var packed bytes.Buffer
	zipper := gzip.NewWriter(&packed)
	_, err := io.CopyN(zipper, zeros{}, size)
	require.NoError(t, err)
	require.NoError(t, zipper.Close())
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// drip sends a byte at a time and never ends by itself.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func body(contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		_, _ = io.WriteString(w, text)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", code) }
}

func redirect(target string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusFound)
	}
}

func TestStartPageThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		page      http.HandlerFunc
		robots    http.HandlerFunc
		code      onboarding.FailureCode
		temporary bool
	}{
		"not found":         {page: status(404), code: onboarding.FailurePageNotFound},
		"gone":              {page: status(410), code: onboarding.FailurePageNotFound},
		"unauthorized":      {page: status(401), code: onboarding.FailureAccessDenied},
		"forbidden":         {page: status(403), code: onboarding.FailureAccessDenied},
		"server error":      {page: status(500), code: onboarding.FailureSiteError, temporary: true},
		"unavailable":       {page: status(503), code: onboarding.FailureSiteError, temporary: true},
		"not modified":      {page: status(304), code: onboarding.FailureSiteError, temporary: true},
		"pdf":               {page: body("application/pdf", "%PDF-1.7 ..."), code: onboarding.FailureNotHTML},
		"pdf called html":   {page: body("text/html", "%PDF-1.7 ..."), code: onboarding.FailureNotHTML},
		"image called html": {page: body("text/html", "\x89PNG\r\n\x1a\n..."), code: onboarding.FailureNotHTML},
		"json":              {page: body("application/json", `{"a":1}`), code: onboarding.FailureNotHTML},
		"plain text":        {page: body("text/plain", "just some words that are no page"), code: onboarding.FailureNotHTML},
		"feed":              {page: body("application/rss+xml", "<rss></rss>"), code: onboarding.FailureNotHTML},
		"100 MB":            {page: endless(100 << 20), code: onboarding.FailureTooLarge},
		"gzip bomb":         {page: gzipBomb(t, 16<<20), code: onboarding.FailureTooLarge},
		"drip feed":         {page: drip, code: onboarding.FailureTooSlow, temporary: true},
		"no header in time": {
			page: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			code: onboarding.FailureTooSlow, temporary: true,
		},
		"header flood": {page: func(
			w http.ResponseWriter, _ *http.Request,
		) {
			w.Header().Set("X-Big", strings.Repeat("x", 200<<10))
		}, code: onboarding.FailureSiteError, temporary: true},
		"gzip cut in its header": {page: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			body("text/html", "\x1f\x8b\x08")(w, nil)
		}, code: onboarding.FailureSiteError, temporary: true},
		"cut connection": {
			page: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			code: onboarding.FailureSiteError, temporary: true,
		},
		"invalid UTF-8": {
			page: body("text/html; charset=utf-8", "<p>"+strings.Repeat("\xff\xfe\xfd\xc0 ", 200)),
			code: onboarding.FailureUnreadable,
		},
		"ten thousand deep": {
			page: body("text/html", strings.Repeat("<div>", 10_000)+"deep"),
			code: onboarding.FailureTooComplex,
		},
		"too many tags":      {page: body("text/html", strings.Repeat("<p>x", 100_000)), code: onboarding.FailureTooComplex},
		"empty":              {page: body("text/html", ""), code: onboarding.FailureEmptyPage},
		"empty without type": {page: func(http.ResponseWriter, *http.Request) {}, code: onboarding.FailureEmptyPage},
		"script shell": {page: body(
			"text/html", `<title>App</title><div id=root></div><script>render("lots of words that are no text")</script>`,
		), code: onboarding.FailureEmptyPage},
		"robots forbid": {robots: body("text/plain", "User-agent: *\nDisallow: /\n"), code: onboarding.FailureRobots},
		"robots forbid us": {
			robots: body("text/plain", "User-agent: alwritybot\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
			code:   onboarding.FailureRobots,
		},
		"robots broken":      {robots: status(500), code: onboarding.FailureSiteError, temporary: true},
		"robots too slow":    {robots: drip, code: onboarding.FailureTooSlow, temporary: true},
		"redirect to itself": {page: redirect("/?token=canary"), code: onboarding.FailureTooManyRedirects},
		"to a file":          {page: redirect("file:///etc/passwd?token=canary"), code: onboarding.FailureRedirectForbidden},
		"to a script":        {page: redirect("javascript:alert(1)"), code: onboarding.FailureRedirectForbidden},
		"to a user name": {
			page: redirect("http://user:canary@127.0.0.1/?token=canary"),
			code: onboarding.FailureRedirectForbidden,
		},
		"to no address": {page: redirect("http://[::1/?token=canary"), code: onboarding.FailureRedirectForbidden},
		"to no host":    {page: redirect("http://?token=canary"), code: onboarding.FailureRedirectForbidden},
		"to bad escape": {
			page: redirect("http://example.com/%zz?token=canary"),
			code: onboarding.FailureRedirectForbidden,
		},
		"to loopback": {page: redirect("http://127.0.0.2/?token=canary"), code: onboarding.FailureRedirectForbidden},
		"to private":  {page: redirect("http://10.1.2.3/"), code: onboarding.FailureRedirectForbidden},
		"to metadata": {
			page: redirect("http://169.254.169.254/latest/meta-data/"),
			code: onboarding.FailureRedirectForbidden,
		},
		"to NAT64":          {page: redirect("http://[64:ff9b::a9fe:a9fe]/"), code: onboarding.FailureRedirectForbidden},
		"to another port":   {page: redirect("http://93.184.216.34:8080/"), code: onboarding.FailureRedirectForbidden},
		"to a private name": {page: redirect("http://private.test/?token=canary"), code: onboarding.FailureRedirectForbidden},
	}
	resolver := fakeDNS(t, map[string]string{"private.test": "10.0.0.1"})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/robots.txt" && test.robots != nil:
					test.robots(w, r)
				case r.URL.Path == "/" && test.page != nil:
					test.page(w, r)
				default:
					http.NotFound(w, r)
				}
			})
			crawler := newTestCrawler(t, limits{pageTimeout: time.Second, siteBudget: 30 * time.Second}, resolver)
			if test.code == onboarding.FailureTooLarge {
				crawler.limits.pageTimeout = 20 * time.Second
			}
			_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: site.URL + "/?token=canary"})
			failure := failureIn(t, err)
			assert.Equal(t, test.code, failure.Code, "%v", err)
			assert.NotContains(t, err.Error(), "canary", "an error must not hold a query")
			assert.Equal(t, test.temporary, failure.Temporary())
			assert.NotContains(t, failure.Subject, "/")
		})
	}
}

func TestAddressThatMustNotBeRead(t *testing.T) {
	t.Parallel()
	resolver := fakeDNS(t, map[string]string{
		"loopback.test": "127.0.0.1", "private.test": "192.168.1.1", "metadata.test": "169.254.169.254",
		"azure.test":  "168.63.129.16",
		"public.test": "93.184.216.34",
	})
	tests := map[string]onboarding.FailureCode{
		"http://127.0.0.1/":                   onboarding.FailureAddressForbidden,
		"http://127.0.0.1:8080/":              onboarding.FailureAddressForbidden,
		"http://10.0.0.1/":                    onboarding.FailureAddressForbidden,
		"http://172.16.0.1/":                  onboarding.FailureAddressForbidden,
		"http://192.168.0.1/":                 onboarding.FailureAddressForbidden,
		"http://169.254.169.254/":             onboarding.FailureAddressForbidden,
		"http://100.100.100.200/":             onboarding.FailureAddressForbidden,
		"http://168.63.129.16/":               onboarding.FailureAddressForbidden,
		"http://0.0.0.0/":                     onboarding.FailureAddressForbidden,
		"http://[::1]/":                       onboarding.FailureAddressForbidden,
		"http://[::ffff:127.0.0.1]/":          onboarding.FailureAddressForbidden,
		"http://[64:ff9b::a00:1]/":            onboarding.FailureAddressForbidden,
		"http://[64:ff9b:1::a00:1]/":          onboarding.FailureAddressForbidden,
		"http://[fd00:ec2::254]/":             onboarding.FailureAddressForbidden,
		"http://[fe80::1]/":                   onboarding.FailureAddressForbidden,
		"http://[2002:a00:1::]/":              onboarding.FailureAddressForbidden,
		"http://①②⑦.0.0.1/":                   onboarding.FailureAddressForbidden,
		"http://loopback.test/":               onboarding.FailureAddressForbidden,
		"http://private.test/":                onboarding.FailureAddressForbidden,
		"https://metadata.test/":              onboarding.FailureAddressForbidden,
		"http://azure.test/":                  onboarding.FailureAddressForbidden,
		"http://public.test:22/":              onboarding.FailurePortForbidden,
		"http://93.184.216.34:8080/":          onboarding.FailurePortForbidden,
		"http://nowhere.test/":                onboarding.FailureHostNotFound,
		"http://broken.test/?token=forbidden": onboarding.FailureHostLookup,
	}
	crawler := newGuardedCrawler(t, nil, resolver)
	for address, code := range tests {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: address})
			assert.Equal(t, code, failureIn(t, err).Code, "%v", err)
			assert.NotContains(t, err.Error(), "token", "an error must not hold a query")
		})
	}
}

// TestNameOfAForbiddenAddress asks the hook of the dialer: a machine without IPv6
// would not get as far as to dial.
func TestNameOfAForbiddenAddress(t *testing.T) {
	t.Parallel()
	g := newGuard(nil)
	for _, address := range []string{
		"[64:ff9b::a00:1]:80", "[64:ff9b:1::a00:1]:443", "[::1]:80", "[fd00:ec2::254]:80",
		"[2002:a00:1::]:80", "[::ffff:10.0.0.1]:80",
	} {
		err := g.control("tcp6", address, nil)
		require.Error(t, err, address)
		assert.Equal(t, onboarding.FailureAddressForbidden,
			failureOf(&net.OpError{Op: "dial", Err: err}, &url.URL{Host: "nat64.test"}).Code, address)
	}
	assert.NoError(t, g.check(netip.MustParseAddrPort("[2606:4700::1]:443")))
}

func TestInvalidAddress(t *testing.T) {
	t.Parallel()
	crawler := newTestCrawler(t, limits{}, nil)
	for _, address := range []string{
		"", "file:///etc/passwd", "javascript:alert(1)", "http://user@example.com/",
		"http://", "::", "ftp://example.com/",
	} {
		_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: address})
		var input *onboarding.InputError
		assert.ErrorAs(t, err, &input, address)
	}
}

func TestConnectionThatFails(t *testing.T) {
	t.Parallel()
	crawler := newTestCrawler(t, limits{pageTimeout: 5 * time.Second}, nil)
	secure := httptest.NewUnstartedServer(body("text/html", htmlPage("secret")))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := newFakeSite(t, nil, body("text/html", htmlPage("plain")))
	closed := httptest.NewServer(nil)
	closed.Close()
	for address, code := range map[string]onboarding.FailureCode{
		secure.URL: onboarding.FailureCertificate,
		strings.Replace(plain.URL, "http:", "https:", 1): onboarding.FailureNoTLS,
		closed.URL: onboarding.FailureUnreachable,
	} {
		_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: address + "/?token=canary"})
		assert.Equal(t, code, failureIn(t, err).Code, "%v", err)
		assert.NotContains(t, err.Error(), "canary")
	}
}

func TestErrorsHoldNoAddress(t *testing.T) {
	t.Parallel()
	inner := &url.Error{Op: "parse", URL: "http://example.com/?token=canary", Err: errors.New("cause")}
	for _, err := range []error{inner, fmt.Errorf("make request: %w",
		inner), &url.Error{Op: "Get", URL: inner.URL, Err: fmt.Errorf("again: %w", inner)}} {
		failure := failureOf(err, mustURL(t, "http://example.com/?token=canary"))
		assert.Equal(t, "website_error example.com: cause", failure.Error())
	}
}

func TestParseRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-5": 0, "0": 0, " 7 ": 7 * time.Second, "1.5": 0, "3600": time.Hour, "3601": time.Hour,
		"2147483648":          time.Hour,
		"9223372036854775807": time.Hour, "99999999999999999999": time.Hour, "-99999999999999999999": 0,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute, "Fri, 02 Jan 2099 03:04:05 GMT": time.Hour,
		"Thu, 01 Jan 1970 00:00:00 GMT": 0,
	} {
		assert.Equal(t, want, parseRetryAfter(value, now), value)
	}
}

func TestWebsiteThatAsksToWait(t *testing.T) {
	t.Parallel()
	wait := func(code int, after string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if after != "" {
				w.Header().Set("Retry-After", after)
			}
			w.WriteHeader(code)
		}
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		path    string
		after   time.Duration
	}{
		"429 with seconds":    {wait(429, "7"), "/", 7 * time.Second},
		"429 without":         {wait(429, ""), "/", 0},
		"503 with seconds":    {wait(503, "2"), "/", 2 * time.Second},
		"429 of robots":       {wait(429, "3"), "/robots.txt", 3 * time.Second},
		"429 with a past day": {wait(429, "Mon, 02 Jan 2006 15:04:05 GMT"), "/", 0},
		"429 for ever":        {wait(429, "99999999999999999999"), "/", time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == test.path {
					test.handler(w, r)
					return
				}
				http.NotFound(w, r)
			})
			_, err := newTestCrawler(t, limits{}, nil).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
			var limit *onboarding.RateLimitError
			require.ErrorAs(t, err, &limit)
			assert.Equal(t, test.after, limit.RetryAfter)
			assert.Equal(t, "127.0.0.1", limit.Subject)
		})
	}
}

func TestLargePageIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			endless(100<<20)(countingWriter{w, &sent}, r)
		}
	})
	crawler := newTestCrawler(t, limits{maxBytes: 100_000}, nil)
	_, err := crawler.get(t.Context(),
		request{address: mustURL(t, site.URL+"/"), purpose: forPage, limit: 100_000}, time.Minute)
	assert.Equal(t, onboarding.FailureTooLarge, failureIn(t, err).Code)
	assert.Less(t, sent.Load(), int64(50<<20), "what the connection buffers, and not all of it")
}

// countingWriter counts what a website has sent.
type countingWriter struct {
	http.ResponseWriter
	sent *atomic.Int64
}

func (w countingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.sent.Add(int64(n))
	return n, err
}

// TestProxyOfTheEnvironment is not parallel: it changes the environment.
func TestProxyOfTheEnvironment(t *testing.T) {
	proxy := newFakeSite(t, nil, body("text/html", htmlPage("proxy")))
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	site := newFakeSite(t, map[string]string{"/": htmlPage("direct")}, nil)
	crawler := newTestCrawler(t, limits{}, fakeDNS(t, map[string]string{"site.test": "127.0.0.1"}))
	found, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: strings.Replace(site.URL, "127.0.0.1", "site.test", 1)})
	require.NoError(t, err)
	assert.Equal(t, "direct", found.Pages[0].Title)
	assert.Empty(t, proxy.paths)
}
