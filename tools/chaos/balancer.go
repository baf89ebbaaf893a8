package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// balancer is the load balancer of a deployment: it polls /readyz of several APIs and
// sends each request once, to the next API that is ready. It retries nothing: a failed
// request becomes a 502.
type balancer struct {
	backends []*backend
	next     atomic.Uint64
	server   *http.Server
	address  string
	done     context.CancelFunc
	watching sync.WaitGroup
	// unavailable counts the requests for which no API was ready, broken those whose
	// backend gave no response, repeated those that the HTTP client sent twice by itself.
	unavailable, broken, repeated atomic.Int64
}

type backend struct {
	base  *url.URL
	proxy *httputil.ReverseProxy
	ready atomic.Bool
}

// readyEvery is how often the balancer polls: well within the time for which a stopping
// API still accepts requests.
const readyEvery = 100 * time.Millisecond

// startBalancer serves until stop. It returns after it has polled every backend once.
func startBalancer(ctx context.Context, bases []string) (*balancer, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the balancer: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	b := &balancer{address: "http://" + listener.Addr().String(), done: cancel}
	for _, base := range bases {
		u, err := url.Parse(base)
		if err != nil {
			return nil, errors.Join(err, listener.Close())
		}
		b.add(ctx, u)
	}
	b.server = &http.Server{Handler: b, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = b.server.Serve(listener) }()
	return b, nil
}

func (b *balancer) add(ctx context.Context, base *url.URL) {
	backend := &backend{base: base, proxy: httputil.NewSingleHostReverseProxy(base)}
	backend.proxy.ErrorLog = log.New(io.Discard, "", 0) // of streams whose users leave
	backend.proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 100}
	backend.proxy.ErrorHandler = func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() == nil { // else the client left
			b.broken.Add(1)
		}
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
	b.backends = append(b.backends, backend)
	backend.poll(ctx)
	b.watching.Go(func() {
		for ctx.Err() == nil {
			_ = wait(ctx, readyEvery)
			backend.poll(ctx)
		}
	})
}

// poll records whether the backend is ready.
func (b *backend) poll(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base.JoinPath("readyz").String(), http.NoBody)
	if err != nil {
		b.ready.Store(false)
		return
	}
	response, err := http.DefaultClient.Do(request)
	if err == nil {
		_, _ = io.Copy(io.Discard, response.Body) // so that the connection is reused
		_ = response.Body.Close()
	}
	b.ready.Store(err == nil && response.StatusCode == http.StatusOK)
}

// ServeHTTP implements http.Handler.
func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for range b.backends {
		chosen := b.backends[b.next.Add(1)%uint64(len(b.backends))]
		if !chosen.ready.Load() {
			continue
		}
		var connections int
		trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connections++ }}
		chosen.proxy.ServeHTTP(w, r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
		if connections > 1 { // Go retries an idempotent request on a closed connection
			b.repeated.Add(1)
		}
		return
	}
	b.unavailable.Add(1)
	http.Error(w, "no API is ready", http.StatusServiceUnavailable)
}

func (b *balancer) stop() {
	b.done()
	_ = b.server.Close()
	b.watching.Wait()
}

// counted counts the users' requests and those that failed. A failed request counts even
// if the user repeats it with success.
type counted struct {
	http.RoundTripper
	requests, failed atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.requests.Add(1)
	response, err := c.RoundTripper.RoundTrip(r)
	switch {
	case errors.Is(err, context.Canceled): // the run has ended
	case err != nil, response.StatusCode >= http.StatusInternalServerError:
		c.failed.Add(1)
	}
	return response, err
}
