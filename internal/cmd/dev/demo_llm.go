package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
	"github.com/alwrity/onboarding/internal/walk"
)

// The keys of the demo. They open the demo's own model servers and nothing else.
const (
	demoOpenAIKey    = "sk-demo-0123456789abcdef"
	demoAnthropicKey = "sk-ant-demo-0123456789abcdef"
	demoWrongKey     = "sk-demo-that-is-not-valid"
)

// modelServers are servers that speak the wire formats of both provider families.
// They are no models: they fill the schema of a question with words from it.
type modelServers struct {
	openAI, anthropic *llmtest.Server
}

// scriptedFaults returns a script that answers one request with a rate limit, and breaks the
// first answer about the core persona and all about the persona for LinkedIn.
func scriptedFaults() func(int, llmtest.Request) llmtest.Fault {
	waited, broke := false, false
	return func(_ int, request llmtest.Request) llmtest.Fault {
		switch {
		case request.List:
		case !waited:
			waited = true
			return llmtest.RateLimited
		case strings.Contains(request.PromptName, "core") && !broke:
			broke = true
			return llmtest.BrokenJSON
		case strings.Contains(request.PromptName, "linkedin"):
			return llmtest.BrokenJSON
		}
		return llmtest.None
	}
}

// startModels starts the servers. OpenAI's follows script; without one, it has no faults.
func startModels(script func(int, llmtest.Request) llmtest.Fault) (*modelServers, error) {
	openAI, err := llmtest.Start(llmtest.Config{Family: llmtest.OpenAI, Keys: []string{demoOpenAIKey}, Script: script})
	if err != nil {
		return nil, fmt.Errorf("start the model server: %w", err)
	}
	anthropic, err := llmtest.Start(llmtest.Config{Family: llmtest.Anthropic, Keys: []string{demoAnthropicKey}})
	if err != nil {
		openAI.Close()
		return nil, fmt.Errorf("start the model server: %w", err)
	}
	return &modelServers{openAI: openAI, anthropic: anthropic}, nil
}

func (m *modelServers) stop() {
	m.openAI.Close()
	m.anthropic.Close()
}

// settings make a worker use these servers.
func (m *modelServers) settings() map[string]string {
	return map[string]string{"MODEL_OPENAI_URL": m.openAI.URL(), "MODEL_ANTHROPIC_URL": m.anthropic.URL()}
}

// runDemoLLM runs the demo with stored keys. One key is refused first, a provider limits
// the rate, and answers are broken on the way.
func runDemoLLM(c *cobra.Command, site string) error {
	models, err := startModels(scriptedFaults())
	if err != nil {
		return err
	}
	defer models.stop()
	say(c.OutOrStdout(), "model servers: openai %s, anthropic %s", models.openAI.URL(), models.anthropic.URL())
	return demo(c, layout{site: site, settings: models.settings()}, models.keys, models.summary)
}

// keys is step 1 of the demo: a key that is refused, which fails step 2, and then
// good ones.
func (m *modelServers) keys(ctx context.Context, w *walker) error {
	if err := w.storeKeys(ctx, demoWrongKey); err != nil {
		return err
	}
	w.say("step 1: a key that OpenAI will refuse, and a good one of Anthropic")
	var failed *walk.FailedError
	if err := w.website(ctx); !errors.As(err, &failed) {
		return fmt.Errorf("the refused key did not fail step 2: %w", err)
	}
	w.say("step 2 failed, as it should: %s", failed.Detail)
	if err := w.storeKeys(ctx, demoOpenAIKey); err != nil {
		return err
	}
	w.say("step 1: the key of OpenAI replaced")
	return w.validateKeys(ctx)
}

func (w *walker) storeKeys(ctx context.Context, openAI string) error {
	return w.StoreKeys(ctx, map[string]string{"openai": openAI, "anthropic": demoAnthropicKey})
}

func (w *walker) validateKeys(ctx context.Context) error {
	var answer struct {
		AllValid bool `json:"all_valid"`
	}
	if err := w.Get(ctx, "/api-keys/validate", &answer); err != nil {
		return err
	}
	if !answer.AllValid {
		return errors.New("a good key was refused")
	}
	w.say("both keys are accepted by their providers")
	return nil
}

// summary counts the calls that the servers got.
func (m *modelServers) summary() string {
	var calls, waits, refused, broken int
	for _, call := range append(m.openAI.Calls(), m.anthropic.Calls()...) {
		calls++
		switch {
		case call.Status == http.StatusTooManyRequests:
			waits++
		case call.Status == http.StatusUnauthorized:
			refused++
		case call.Fault == llmtest.BrokenJSON:
			broken++
		}
	}
	return fmt.Sprintf("model calls: openai=%d anthropic=%d, of %d: 401=%d 429=%d broken=%d",
		len(m.openAI.Calls()), len(m.anthropic.Calls()), calls, refused, waits, broken)
}
