package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// providers are two servers that speak the wire formats of the model providers,
// each behind a proxy that makes it as slow as a model.
type providers struct {
	openAI, anthropic *llmtest.Server
	fronts            []*http.Server
	urls              map[string]string
	mode              atomic.Value
	slowest           time.Duration
	gone              chan struct{}
}

// failures are what a provider does while it fails. None of them is charged.
var failures = []llmtest.Fault{
	llmtest.ServerError, llmtest.Unavailable, llmtest.RateLimited, llmtest.Overloaded, llmtest.Dropped, llmtest.Gateway,
}

func startProviders(ctx context.Context, slowest time.Duration) (*providers, error) {
	p := &providers{urls: map[string]string{}, slowest: slowest, gone: make(chan struct{})}
	p.mode.Store(kind(""))
	script := func(n int, _ llmtest.Request) llmtest.Fault {
		if p.mode.Load() == providerFail && n%3 > 0 {
			return failures[n%len(failures)]
		}
		return llmtest.None
	}
	var err error
	if p.openAI, err = llmtest.Start(llmtest.Config{Family: llmtest.OpenAI, Script: script}); err != nil {
		return nil, err
	}
	if p.anthropic, err = llmtest.Start(llmtest.Config{Family: llmtest.Anthropic, Script: script}); err != nil {
		return nil, err
	}
	for variable, base := range map[string]string{"MODEL_OPENAI_URL": p.openAI.URL(), "MODEL_ANTHROPIC_URL": p.anthropic.URL()} {
		if err := p.front(ctx, variable, base); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// front serves a provider slowly.
func (p *providers) front(ctx context.Context, variable, base string) error {
	target, err := url.Parse(base)
	if err != nil {
		return fmt.Errorf("read the provider's address: %w", err)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serve the provider: %w", err)
	}
	p.urls[variable] = "http://" + listener.Addr().String() + target.Path
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wait := time.Duration(rand.Int64N(int64(p.slowest)))    //nolint:gosec // no secret
		if p.mode.Load() == providerStall && rand.IntN(2) > 0 { //nolint:gosec // no secret
			wait = 20 * time.Second
		}
		select {
		case <-p.gone:
		case <-r.Context().Done():
		case <-time.After(wait):
			proxy.ServeHTTP(w, r)
		}
	})}
	p.fronts = append(p.fronts, server)
	go func() { _ = server.Serve(listener) }()
	return nil
}

func (p *providers) stop() {
	close(p.gone)
	for _, front := range p.fronts {
		_ = front.Close()
	}
	p.openAI.Close()
	p.anthropic.Close()
}
