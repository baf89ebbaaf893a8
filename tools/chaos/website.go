package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"html"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// websites serves every website of the users: one folder of three pages for each
// token, on many hosts, because a host is asked for one page at a time.
type websites struct {
	hosts  []string
	server *http.Server
	// mode is what goes wrong: websiteFail, websiteStall or "".
	mode atomic.Value
	gone chan struct{}
	// slowest bounds how long a page takes.
	slowest time.Duration
}

// hostCount is how many hosts there are.
const hostCount = 200

// gonePrefix begins the tokens of websites that have no page: a permanent failure.
const gonePrefix = "gone"

func startWebsites(ctx context.Context, slowest time.Duration) (*websites, error) {
	w := &websites{gone: make(chan struct{}), slowest: slowest}
	w.mode.Store(kind(""))
	w.server = &http.Server{Handler: w, ReadHeaderTimeout: 5 * time.Second}
	for i := range hostCount {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", fmt.Sprintf("127.0.%d.%d:0", 1+i/100, 1+i%100))
		if err != nil { // not every system has more than one loopback address
			listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		}
		if err != nil {
			return nil, fmt.Errorf("serve the websites: %w", err)
		}
		w.hosts = append(w.hosts, listener.Addr().String())
		go func() { _ = w.server.Serve(listener) }()
	}
	return w, nil
}

func (w *websites) stop() {
	close(w.gone)
	_ = w.server.Close()
}

// address is the website of a token.
func (w *websites) address(token string) string {
	return "http://" + w.hosts[int(hashOf(token)%uint64(len(w.hosts)))] + "/" + token + "/"
}

func hashOf(text string) uint64 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(text)) // it never fails
	return hash.Sum64()
}

// ServeHTTP responds slowly, and stalls or fails while that fault is active.
func (w *websites) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	token, page, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	text := pageOf(token, page)
	if strings.HasPrefix(token, gonePrefix) || text == "" {
		http.NotFound(out, r)
		return
	}
	wait := time.Duration(rand.Int64N(int64(w.slowest))) //nolint:gosec // no secret
	mode, _ := w.mode.Load().(kind)
	switch {
	case mode == websiteFail && rand.IntN(3) > 0: //nolint:gosec // no secret
		http.Error(out, "out of order", http.StatusServiceUnavailable)
		return
	case mode == websiteStall && rand.IntN(2) > 0: //nolint:gosec // no secret
		wait = 12 * time.Second
	}
	select {
	case <-w.gone:
	case <-r.Context().Done():
	case <-time.After(wait):
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = out.Write([]byte(text)) // a client that left does not matter
	}
}

// vocabulary are the words of the pages.
var vocabulary = strings.Fields(`bicycle repair workshop mechanic wheel brake chain gear customer service quality spring city
	journey cargo electric battery tyre saddle handlebar lamp helmet training course maintenance booking price honest
	careful quick neighbour family weekend mountain river road travel comfort steel frame paint restore classic modern`)

// pageOf is a page of a token's website, "" if there is no such page. Each contains the
// token, so that analyses can be told apart.
func pageOf(token, page string) string {
	titles := map[string]string{"": "Welcome", "services": "Services", "about": "About us"}
	title, ok := titles[page]
	if !ok || token == "" {
		return ""
	}
	random := rand.New(rand.NewPCG(hashOf(token), hashOf(page))) //nolint:gosec // it has to be repeatable
	var body strings.Builder
	for range 4 {
		body.WriteString("<p>")
		for range 4 {
			fmt.Fprintf(&body, "At %s we", name(token))
			for range 9 + random.IntN(6) {
				body.WriteString(" " + vocabulary[random.IntN(len(vocabulary))])
			}
			body.WriteString(". ")
		}
		body.WriteString("</p>")
	}
	n := html.EscapeString(name(token))
	return fmt.Sprintf(`<!doctype html><html lang="en"><head><title>%[1]s - %[2]s</title><meta name="description" content="%[1]s of %[2]s"></head>`+
		`<body><nav><a href="/%[3]s/">Welcome</a> <a href="/%[3]s/services">Services</a> <a href="/%[3]s/about">About us</a></nav>`+
		`<main><h1>%[1]s at %[2]s</h1>%[4]s</main></body></html>`, title, n, token, body.String())
}

// name is the company name of a token.
func name(token string) string { return strings.ToUpper(token[:1]) + token[1:] }
