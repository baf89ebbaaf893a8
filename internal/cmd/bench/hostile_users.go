package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/walk"
)

const pathOnboarding = "/api/onboarding"

// caller is a user who calls the api from a network address of their own.
type caller struct {
	api    *api
	name   string
	token  string
	from   net.IP
	client *http.Client
}

// newCaller returns the user of a name at a loopback address.
func newCaller(a *api, name, address string) (*caller, error) {
	token, err := a.token(name)
	from := net.ParseIP(address)
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	return &caller{
		api: a, name: name, token: token, from: from,
		client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{
			DialContext: dialer.DialContext, MaxIdleConnsPerHost: 16,
		}},
	}, err
}

// as returns another user at the same address.
func (c *caller) as(name string) (*caller, error) {
	token, err := c.api.token(name)
	return &caller{api: c.api, name: name, token: token, from: c.from, client: c.client}, err
}

// call makes a call and returns the status and the body of the answer.
func (c *caller) call(ctx context.Context, method, path string, body any) (status int, answer []byte, err error) {
	var content io.Reader = http.NoBody
	if body != nil {
		document, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		content = bytes.NewReader(document)
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://"+c.api.http+pathOnboarding+path, content)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// must makes a call that is answered with a success.
func (c *caller) must(ctx context.Context, method, path string, body any) ([]byte, error) {
	status, answer, err := c.call(ctx, method, path, body)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("%s %s: %d %s", method, path, status, answer)
	}
	return answer, err
}

// text is a text of a hundred words.
var text = strings.Repeat("We bake bread by hand and bring it to your door every morning. ", 9)

// hostile is a user who takes all that the api gives.
type hostile struct {
	*caller
	n int
	// slow is the address of a server that answers a byte at a time.
	slowPort string
	counts   *abuse
}

// abuse counts the submissions of all hostile users, and the other calls.
type abuse struct{ tried, accepted, waits, streams, exports, reads, answered atomic.Int64 }

// site is the address of a slow website of the user's own.
func (h *hostile) site(which, path int) string {
	return fmt.Sprintf("http://127.0.%d.%d:%s/%d", 10+which, h.n+1, h.slowPort, path)
}

// prepare gives the user a key of a silent provider, and something to export.
func (h *hostile) prepare(ctx context.Context) error {
	if _, err := h.must(ctx, http.MethodPost, "/step/2/complete", map[string]any{"data": map[string]any{
		"website": "https://example.com", "analysis": map[string]any{"writing_style": map[string]any{"tone": "dry"}},
	}}); err != nil {
		return err
	}
	_, err := h.must(ctx, http.MethodPost, "/api-keys",
		map[string]any{"provider": "openai", "api_key": "sk-hostile0123456789abcdef"})
	return err
}

// hostileReads are the reads that cost most.
var hostileReads = []string{"/status", "/init", "/step/2", "/summary", "/personalization-inputs", "/api-keys"}

// run abuses the api until ctx ends: it keeps submitting work that waits, keeps calls waiting, streams
// open and exports unread, and reads without a pause to speak of.
func (h *hostile) run(ctx context.Context) {
	var group errgroup.Group
	repeat := func(pause time.Duration, do func(i int)) {
		group.Go(func() error {
			for i := 0; ctx.Err() == nil; i++ {
				do(i)
				_ = walk.Wait(ctx, pause)
			}
			return nil
		})
	}
	repeat(200*time.Millisecond, func(i int) {
		h.submit(ctx, "/step/2/complete", map[string]any{"data": map[string]any{"website": h.site(0, i)}})
	})
	repeat(200*time.Millisecond, func(i int) {
		h.submit(ctx, "/step4/generate-personas-async", map[string]any{
			"selected_platforms": []string{"blog"}, "onboarding_data": analysisIn(fmt.Sprint("dry ", i)),
		})
	})
	repeat(200*time.Millisecond, func(i int) { // what only computes
		h.submit(ctx, "/style-detection/analyze", map[string]any{"content": map[string]any{
			"main_content": fmt.Sprint(strings.Repeat(text, 15), " Number ", i, "."),
		}})
	})
	for k := range 8 {
		repeat(500*time.Millisecond, func(i int) {
			h.counts.waits.Add(1)
			h.submit(ctx, "/style-detection/crawl", map[string]any{"url": h.site(1+k%2, 100*k+i)})
		})
	}
	for k := range 4 {
		repeat(20*time.Millisecond, func(i int) { h.read(ctx, hostileReads[(i+k)%len(hostileReads)]) })
	}
	for range 40 {
		repeat(2*time.Second, func(int) { h.hold(ctx, pathOnboarding+"/events", &h.counts.streams) })
	}
	for range 2 {
		repeat(500*time.Millisecond, func(int) { h.hold(ctx, pathOnboarding+"/export", &h.counts.exports) })
	}
	_ = group.Wait() // all that fails is meant to
	h.client.CloseIdleConnections()
}

// analysisIn is what personas are made from: a website's analysis with a tone.
func analysisIn(tone string) map[string]any {
	return map[string]any{"websiteAnalysis": map[string]any{"writing_style": map[string]any{"tone": tone}}}
}

// submit submits work and counts what became of it.
func (h *hostile) submit(ctx context.Context, path string, body any) {
	status, _, err := h.call(ctx, http.MethodPost, path, body)
	h.counts.tried.Add(1)
	if err == nil && status/100 == 2 {
		h.counts.accepted.Add(1)
	}
}

// read reads and counts what was answered.
func (h *hostile) read(ctx context.Context, path string) {
	status, _, err := h.call(ctx, http.MethodGet, path, nil)
	h.counts.reads.Add(1)
	if err == nil && status != http.StatusTooManyRequests {
		h.counts.answered.Add(1)
	}
}

// hold sends a request and reads nothing but the status of the answer, for fifteen seconds.
func (h *hostile) hold(ctx context.Context, path string, accepted *atomic.Int64) {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: h.from}}
	conn, err := dialer.DialContext(ctx, "tcp", h.api.http)
	if err != nil {
		return
	}
	defer conn.Close()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4096)
	}
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", path, h.token)
	head := make([]byte, 12)
	if err == nil {
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, err = io.ReadFull(conn, head)
	}
	if err == nil && strings.HasSuffix(string(head), " 200") {
		accepted.Add(1)
		_ = walk.Wait(ctx, 15*time.Second)
	}
}

// slowSite answers every page a byte at a time, without end, at any address of this machine.
func slowSite(ctx context.Context) (server *httptest.Server, port string, err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "0.0.0.0:0")
	if err != nil {
		return nil, "", err
	}
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" || r.URL.Path == "/sitemap.xml" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			_ = walk.Wait(r.Context(), time.Second)
		}
	}))
	_ = server.Listener.Close()
	server.Listener = listener
	server.Start()
	_, port, err = net.SplitHostPort(listener.Addr().String())
	return server, port, err
}
