package website

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// forbiddenServer counts the connections to an address that the crawlers of these tests must
// not connect to, and returns its port.
func forbiddenServer(t *testing.T) (port string, connections *atomic.Int64) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.2:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	connections = &atomic.Int64{}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			_ = conn.Close()
		}
	}()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port, connections
}

// Each way in which a website leads a crawl to an address is tried with a forbidden one, as a
// literal and as a name.
func TestNoWayLeadsInside(t *testing.T) {
	t.Parallel()
	const text = "<html lang=en><title>home</title><h1>home</h1><p>This page says enough to be a page.</p>"
	port, connections := forbiddenServer(t)
	resolver := fakeDNS(t, map[string]string{"inside.test": "127.0.0.2", "name.test": "127.0.0.1"})
	// Each page has INSIDE where the forbidden address belongs. A page that only leads there
	// fails with the code, others are read.
	ways := map[string]struct {
		pages  map[string]string
		header http.Header
		code   onboarding.FailureCode
	}{
		"redirect":         {header: http.Header{"Location": {"INSIDE"}}, code: onboarding.FailureRedirectForbidden},
		"cookie redirect":  {header: http.Header{"Location": {"INSIDE"}, "Set-Cookie": {"a=1"}}, code: onboarding.FailureRedirectForbidden},
		"refresh":          {pages: map[string]string{"/": refresh("INSIDE")}, code: onboarding.FailureRedirectForbidden},
		"second refresh":   {pages: map[string]string{"/": refresh("/1"), "/1": refresh("INSIDE")}, code: onboarding.FailureRedirectForbidden},
		"refresh header":   {header: http.Header{"Refresh": {"0;url=INSIDE"}}, code: onboarding.FailureRedirectForbidden},
		"noscript refresh": {pages: map[string]string{"/": "<noscript>" + refresh("INSIDE") + "</noscript>"}, code: onboarding.FailureRedirectForbidden},
		"script":           {pages: map[string]string{"/": `<script>location="INSIDE"</script>`}, code: onboarding.FailureRedirectForbidden},
		"base":             {pages: map[string]string{"/": `<base href="INSIDE">` + refresh("/x")}, code: onboarding.FailureRedirectForbidden},
		"frame":            {pages: map[string]string{"/": `<frameset><frame src="INSIDE"></frameset>`}, code: onboarding.FailureRedirectForbidden},
		"filling iframe":   {pages: map[string]string{"/": `<iframe src="INSIDE" height="100%"></iframe>`}, code: onboarding.FailureRedirectForbidden},
		"iframe":           {pages: map[string]string{"/": text + `<iframe src="INSIDE"></iframe>`}},
		"frame in a frame": {pages: map[string]string{"/": text + `<iframe src="/1"></iframe>`, "/1": `<iframe src="INSIDE"></iframe>`}},
		"frame that leads": {pages: map[string]string{"/": text + `<iframe src="/1"></iframe>`, "/1": refresh("INSIDE")}},
		"object":           {pages: map[string]string{"/": text + `<object type="text/html" data="INSIDE"></object>`}},
		"canonical":        {pages: map[string]string{"/": text + `<link rel=canonical href="INSIDE">`}},
		"link":             {pages: map[string]string{"/": text + `<p>Go <a href="INSIDE">inside</a>`}},
		"later refresh":    {pages: map[string]string{"/": text + `<p>Go <a href="/1">there</a>`, "/1": refresh("INSIDE")}},
		"sitemap entry":    {pages: map[string]string{"/": text, "/sitemap.xml": "<urlset><url><loc>INSIDE</loc></url></urlset>"}},
		"sitemap of maps":  {pages: map[string]string{"/": text, "/sitemap.xml": "<sitemapindex><sitemap><loc>INSIDE</loc></sitemap></sitemapindex>"}},
		"robots.txt":       {pages: map[string]string{"/": text, "/robots.txt": "Sitemap: INSIDE"}},
	}
	for name, way := range ways {
		for _, inside := range []string{"http://127.0.0.2:" + port + "/", "http://inside.test:" + port + "/", "http://10.0.0.1/"} {
			t.Run(name+" "+inside, func(t *testing.T) {
				t.Parallel()
				site := newFakeSite(t, nil, func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/" && way.header != nil {
						for key, values := range way.header {
							w.Header().Set(key, strings.ReplaceAll(values[0], "INSIDE", inside))
						}
						if w.Header().Get("Location") != "" {
							w.WriteHeader(http.StatusFound)
						}
						return
					}
					page, known := way.pages[r.URL.Path]
					if !known {
						http.NotFound(w, r)
						return
					}
					body("text/html", strings.ReplaceAll(page, "INSIDE", inside))(w, r)
				})
				_, err := newTestCrawler(t, limits{}, resolver).Crawl(t.Context(), onboarding.Crawl{URL: site.URL})
				if way.code == "" {
					require.NoError(t, err)
				} else {
					assert.Equal(t, way.code, failureIn(t, err).Code)
				}
			})
		}
	}
	t.Cleanup(func() { assert.Zero(t, connections.Load(), "connections to the forbidden address") })
}

// A name that another lookup resolves to a forbidden address is refused when it is dialled,
// also when http takes the place of https.
func TestHTTPInPlaceOfHTTPSIsGuarded(t *testing.T) {
	t.Parallel()
	port, connections := forbiddenServer(t)
	first := fakeDNS(t, map[string]string{"inside.test": "127.0.0.2", "turning.test": "127.0.0.1"})
	then := fakeDNS(t, map[string]string{"turning.test": "127.0.0.2"})
	var asked atomic.Pointer[net.Resolver]
	asked.Store(first)
	crawler := newTestCrawler(t, limits{}, &net.Resolver{
		PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			return asked.Load().Dial(ctx, network, address)
		},
	})
	for _, host := range []string{"127.0.0.2", "inside.test"} {
		_, err := crawler.Crawl(t.Context(), onboarding.Crawl{URL: "https://" + host + ":" + port, AssumedScheme: true})
		assert.Equal(t, onboarding.FailureAddressForbidden, failureIn(t, err).Code)
	}
	site := newFakeSite(t, map[string]string{"/": htmlPage("plain")}, nil)
	turning := strings.Replace(site.URL, "http://127.0.0.1", "https://turning.test", 1)
	_, err := crawler.Crawl(t.Context(), onboarding.Crawl{
		URL: turning, AssumedScheme: true, Acquire: func(context.Context, string) (func(error), error) {
			return func(error) { asked.Store(then) }, nil // after the first request
		},
	})
	assert.Equal(t, onboarding.FailureAddressForbidden, failureIn(t, err).Code)
	assert.Zero(t, connections.Load())
}
