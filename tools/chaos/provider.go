package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
)

// providers are two servers that speak the wire formats of the model providers, and are
// as slow as models.
type providers struct {
	openAI, anthropic *llmtest.Server
	mode              atomic.Value
	slowest           time.Duration
	gone              chan struct{}
}

// failures are the responses of a provider that fails. None of them is charged.
var failures = []llmtest.Fault{
	llmtest.ServerError, llmtest.Unavailable, llmtest.RateLimited, llmtest.Overloaded, llmtest.Dropped, llmtest.Gateway,
}

func startProviders(slowest time.Duration) (*providers, error) {
	p := &providers{slowest: slowest, gone: make(chan struct{})}
	p.mode.Store(kind(""))
	start := func(family llmtest.Family) (*llmtest.Server, error) {
		return llmtest.Start(llmtest.Config{
			Family: family,
			Wait:   p.wait, Script: func(n int, _ llmtest.Request) llmtest.Fault {
				if p.mode.Load() == providerFail && n%3 > 0 {
					return failures[n%len(failures)]
				}
				return llmtest.None
			},
		})
	}
	var errs [2]error
	p.openAI, errs[0] = start(llmtest.OpenAI)
	p.anthropic, errs[1] = start(llmtest.Anthropic)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	return p, nil
}

// urls are the settings by which workers find the providers.
func (p *providers) urls() map[string]string {
	return map[string]string{"MODEL_OPENAI_URL": p.openAI.URL(), "MODEL_ANTHROPIC_URL": p.anthropic.URL()}
}

// wait takes as long as a model takes to answer.
func (p *providers) wait(ctx context.Context) {
	wait := time.Duration(rand.Int64N(int64(p.slowest)))    //nolint:gosec // no secret
	if p.mode.Load() == providerStall && rand.IntN(2) > 0 { //nolint:gosec // no secret
		wait = 20 * time.Second
	}
	select {
	case <-p.gone:
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

func (p *providers) stop() {
	close(p.gone)
	p.openAI.Close()
	p.anthropic.Close()
}
