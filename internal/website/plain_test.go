package website

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// answering listens and treats each connection with do; it returns the address.
func answering(t *testing.T, do func(net.Conn)) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go do(conn)
		}
	}()
	return listener.Addr().String()
}

// closedPort is an address that refuses connections.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return listener.Addr().String()
}

// secureServer serves https by a certificate that nobody trusts, or refuses handshakes.
func secureServer(t *testing.T, refuses bool) string {
	t.Helper()
	server := httptest.NewUnstartedServer(body("text/html", htmlPage("secure")))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	if refuses {
		server.TLS = &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return nil, errors.New("no such name")
		}}
	}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func TestHTTPInPlaceOfHTTPS(t *testing.T) {
	t.Parallel()
	says := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			_, _ = io.WriteString(conn, text)
			_, _ = io.CopyN(io.Discard, conn, 1)
			_ = conn.Close()
		}
	}
	resets := func(conn net.Conn) {
		_, _ = io.CopyN(io.Discard, conn, 1)
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
	plain := newFakeSite(t, map[string]string{"/": htmlPage("plain")}, nil)
	tests := map[string]struct {
		// secure is the address behind port 443; code is that over https alone.
		secure string
		code   onboarding.FailureCode
		// plain reports whether http is tried.
		plain bool
	}{
		"refused":            {closedPort(t), onboarding.FailureUnreachable, true},
		"answers in HTTP":    {plain.Listener.Addr().String(), onboarding.FailureNoTLS, true},
		"speaks something":   {answering(t, says("SSH-2.0-OpenSSH_9.6\r\n")), onboarding.FailureNoTLS, true},
		"closes":             {answering(t, func(conn net.Conn) { _ = conn.Close() }), onboarding.FailureNoTLS, true},
		"closes after hello": {answering(t, says("")), onboarding.FailureNoTLS, true},
		"resets":             {answering(t, resets), onboarding.FailureNoTLS, true},
		"bad certificate":    {secureServer(t, false), onboarding.FailureCertificate, false},
		"refuses to shake":   {secureServer(t, true), onboarding.FailureNoTLS, false},
		"says nothing":       {answering(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }), onboarding.FailureTooSlow, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site := newFakeSite(t, map[string]string{"/": htmlPage("plain", "/about"), "/about": htmlPage("about")}, nil)
			crawler := newTestCrawler(t, limits{pageTimeout: 2 * time.Second}, nil)
			behind := map[string]string{"site.test:443": test.secure, "site.test:80": site.Listener.Addr().String()}
			crawler.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, behind[address])
			}
			_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: "https://site.test"})
			assert.Equal(t, test.code, failureIn(t, err).Code, "%v", err)
			assert.Empty(t, site.paths, "a scheme that was named is kept")

			found, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: "https://site.test", AssumedScheme: true})
			report, reportErr := crawler.Sitemap(t.Context(), onboarding.Crawl{URL: "https://site.test", AssumedScheme: true})
			if !test.plain {
				assert.Equal(t, test.code, failureIn(t, err).Code, "%v", err)
				assert.Equal(t, test.code, failureIn(t, reportErr).Code)
				assert.Empty(t, site.paths)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, []string{"", "/about"}, pathsOf(found, "http://site.test"))
			assert.Equal(t, "https://site.test", found.Pages[0].RequestedURL)
			assert.Equal(t, "https://site.test", found.URL)
			require.NoError(t, reportErr)
			assert.Equal(t, "http://site.test/sitemap.xml", report.SitemapURL)

			held, err := crawler.Crawl(t.Context(),
				onboarding.Crawl{URL: "https://site.test", AssumedScheme: true, Held: found.Pages})
			require.NoError(t, err)
			assert.Equal(t, found.Pages, held.Pages)
			assert.Equal(t, 1, site.asked("/"))
		})
	}
}

// A server that answers over https is taken at its word, wherever that leads.
func TestHTTPSThatAnswers(t *testing.T) {
	t.Parallel()
	refused := closedPort(t)
	for name, answer := range map[string]http.HandlerFunc{
		"an error":         status(http.StatusInternalServerError),
		"a redirect":       redirect("https://other.test/"),
		"a refused access": status(http.StatusForbidden),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secure := httptest.NewTLSServer(answer)
			t.Cleanup(secure.Close)
			site := newFakeSite(t, map[string]string{"/": htmlPage("plain")}, nil)
			crawler := newTestCrawler(t, limits{}, nil)
			crawler.transport.TLSClientConfig = secure.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
			behind := map[string]string{
				"example.com:443": secure.Listener.Addr().String(), "example.com:80": site.Listener.Addr().String(),
				"other.test:443": refused, "other.test:80": site.Listener.Addr().String(),
			}
			crawler.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, behind[address])
			}
			_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: "https://example.com", AssumedScheme: true})
			require.Error(t, err)
			assert.Empty(t, site.paths)
		})
	}
}
