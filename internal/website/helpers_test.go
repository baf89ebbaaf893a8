package website

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// loopback is the only address that the crawlers of these tests may read.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// newTestCrawler returns a crawler that may read loopback and looks names up in resolver
// unless that is nil. A limit of zero is the default.
func newTestCrawler(t *testing.T, bounds limits, resolver *net.Resolver) *Crawler {
	t.Helper()
	c := newGuardedCrawler(t, loopback, resolver)
	c.limits = limits{
		pageTimeout: cmp.Or(bounds.pageTimeout, c.limits.pageTimeout),
		siteBudget:  cmp.Or(bounds.siteBudget, c.limits.siteBudget),
		maxPages:    cmp.Or(bounds.maxPages, c.limits.maxPages), maxBytes: cmp.Or(bounds.maxBytes, c.limits.maxBytes),
	}
	return c
}

// newGuardedCrawler returns a crawler that may read what is public or allowed.
func newGuardedCrawler(t *testing.T, allowed []netip.Prefix, resolver *net.Resolver) *Crawler {
	t.Helper()
	c := New(allowed, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	if resolver != nil {
		c.transport = newTransport(c.guard, resolver)
	}
	t.Cleanup(c.transport.CloseIdleConnections)
	return c
}

// fakeSite is a web server that remembers what it was asked.
type fakeSite struct {
	*httptest.Server
	mu      sync.Mutex
	paths   []string
	headers []http.Header
	running int
	most    int
}

// newFakeSite serves handler; a path of pages is answered with that HTML.
func newFakeSite(t *testing.T, pages map[string]string, handler http.HandlerFunc) *fakeSite {
	t.Helper()
	s := &fakeSite{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.enter(r)
		defer s.leave()
		page, known := pages[r.URL.RequestURI()]
		switch {
		case known:
			if !strings.HasPrefix(r.URL.Path, "/robots") && !strings.HasSuffix(r.URL.Path, ".xml") {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			_, _ = io.WriteString(w, page)
		case handler != nil:
			handler(w, r)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *fakeSite) enter(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths = append(s.paths, r.URL.RequestURI())
	s.headers = append(s.headers, r.Header.Clone())
	s.running++
	s.most = max(s.most, s.running)
}

func (s *fakeSite) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
}

// asked returns how often a path was requested.
func (s *fakeSite) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	count := 0
	for _, p := range s.paths {
		if p == path {
			count++
		}
	}
	return count
}

// htmlPage returns a small page with text of its own and links.
func htmlPage(title string, links ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b,
		"<html lang=en><head><title>%s</title></head><body><h1>%s</h1><p>This page speaks about %s in a sentence "+
			"of its own.</p>", title, title, title)
	for _, link := range links {
		fmt.Fprintf(&b, `<p>Go to <a href="%s">the page %s</a> now.</p>`, link, link)
	}
	return b.String() + "</body></html>"
}

// fakeDNS resolves the names it is given; "broken." names fail for now and others
// do not exist.
func fakeDNS(t *testing.T, names map[string]string) *net.Resolver {
	t.Helper()
	return nameServer(t, func(name string) []string {
		if address, known := names[name]; known {
			return []string{address}
		}
		return nil
	})
}

// nameServer is a name server that answers each lookup with the addresses that answer gives; "broken."
// names fail for now, and without addresses a name does not exist. It returns a resolver that asks it.
func nameServer(t *testing.T, answer func(name string) []string) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply, err := answerDNS(buf[:n], answer); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func answerDNS(query []byte, answer func(string) []string) ([]byte, error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(query)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(question.Name.String(), ".")
	reply := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: header.ID, Response: true, RecursionAvailable: true},
		Questions: []dnsmessage.Question{question},
	}
	addresses := answer(name)
	switch {
	case strings.HasPrefix(name, "broken."):
		reply.RCode = dnsmessage.RCodeServerFailure
	case len(addresses) == 0:
		reply.RCode = dnsmessage.RCodeNameError
	}
	resource := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 1}
	for _, address := range addresses {
		var body dnsmessage.ResourceBody
		switch ip := netip.MustParseAddr(address); {
		case ip.Is4() && question.Type == dnsmessage.TypeA:
			body = &dnsmessage.AResource{A: ip.As4()}
		case ip.Is6() && question.Type == dnsmessage.TypeAAAA:
			body = &dnsmessage.AAAAResource{AAAA: ip.As16()}
		default:
			continue
		}
		reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: resource, Body: body})
	}
	return reply.Pack()
}

// failureIn returns the failure that an error must hold.
func failureIn(t *testing.T, err error) *onboarding.Failure {
	t.Helper()
	var failure *onboarding.Failure
	require.ErrorAs(t, err, &failure)
	return failure
}

func mustURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}
