// Package llm asks one model provider one question, with one user's key, and answers
// with a value that the question's JSON Schema accepts.
//
// It owns the wire formats of the two provider families (OpenAI's chat completions,
// which Gemini, Mistral and many servers speak too, and Anthropic's messages), the
// rendering of prompts with untrusted text and the validation of the answer.
//
// It must not keep keys, read the environment, retry (that belongs to the queue), or put a key, a prompt, an answer or
// an address into an error, a log or a metric.
package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/provider"
)

// ErrNotCheckable means that a provider's keys can't be checked by a call, because it
// offers no language models.
var ErrNotCheckable = errors.New("keys of this provider can't be checked")

// defaultTimeout ends a call to a provider that is silent. A healthy answer of a few
// thousand tokens takes 10 to 30 s.
const defaultTimeout = 45 * time.Second

// Config is what a Client needs.
type Config struct {
	// Transport carries every request. It must refuse addresses that are not public,
	// since users name servers of their own. Required.
	Transport http.RoundTripper
	// Providers says where providers are asked instead of at their own addresses, and with which models.
	Providers map[onboarding.Provider]Endpoint
	// Timeout is how long one call may take in all; 0 means 45 s.
	Timeout time.Duration
}

// Client asks model providers. It is safe for concurrent use and holds nothing of a
// call but the compiled schemas.
type Client struct {
	transport http.RoundTripper
	endpoints map[onboarding.Provider]Endpoint
	timeout   time.Duration
	schemas   schemas
	metrics   *metrics
}

// New returns a client that registers its metrics with reg. It refuses addresses that are not http or https.
func New(cfg Config, reg prometheus.Registerer) (*Client, error) {
	for provider, endpoint := range cfg.Providers {
		if endpoint.BaseURL != "" && !isBaseURL(endpoint.BaseURL) {
			return nil, fmt.Errorf("the base URL of %s is not an http or https address", provider)
		}
	}
	return &Client{
		transport: cfg.Transport, endpoints: cfg.Providers, timeout: cmp.Or(cfg.Timeout, defaultTimeout),
		metrics: newMetrics(reg),
	}, nil
}

// Ask asks the provider of cred one question, once.
//
// Errors are *onboarding.RateLimitError, *onboarding.Failure with one of the codes
// key_refused and provider_…, or wrap onboarding.ErrBadAnswer; any other is a prompt or
// a credential that can't be asked, or the end of ctx. With ErrBadAnswer the answer
// has the model and the usage where the provider sent them, since they were charged; it
// has no value.
func (c *Client) Ask(
	ctx context.Context, cred onboarding.Credential, prompt onboarding.Prompt,
) (onboarding.Answer, error) {
	if cred.Provider.Info().Model == nil {
		return onboarding.Answer{}, errors.New("the provider offers no language models")
	}
	schema, err := c.schemas.get(prompt)
	if err != nil {
		return onboarding.Answer{}, err
	}
	start := time.Now()
	answer, err := c.ask(ctx, cred, question{Prompt: prompt, schema: schema})
	c.metrics.observe(cred.Provider, outcomeOf(err), time.Since(start), answer.Usage)
	if err != nil {
		return answer, fmt.Errorf("ask %s: %w", prompt.Name, err)
	}
	return answer, nil
}

// question is a prompt whose schema is compiled.
type question struct {
	onboarding.Prompt
	schema *jsonschema.Schema
}

func (c *Client) ask(ctx context.Context, cred onboarding.Credential, q question) (onboarding.Answer, error) {
	rendered, err := render(q.Prompt, cred.Provider.Info().UserNamesServer())
	if err != nil {
		return onboarding.Answer{}, err
	}
	call, done, err := c.begin(ctx, cred)
	if err != nil {
		return onboarding.Answer{}, err
	}
	defer done()
	if call.model == "" {
		if call.model, err = call.firstModel(); err != nil {
			return onboarding.Answer{}, err
		}
	}
	reply, err := call.protocol.ask(call, q, rendered)
	if err != nil {
		return onboarding.Answer{}, err
	}
	answer := onboarding.Answer{Model: call.modelName(reply.model), Usage: reply.usage}
	answer.Usage.CostMicros = costOf(cred.Provider, answer.Model, answer.Usage)
	if err := call.api.Reported(reply.failed); err != nil {
		return answer, err
	}
	if slices.ContainsFunc(reply.texts, call.quotes) {
		return answer, provider.BadAnswer("it holds the key")
	}
	answer.Value, err = reply.value(q.schema)
	return answer, err
}

// Check asks the provider of cred for its list of models, once: nil means that the key
// was accepted. Errors are those of Ask, without ErrBadAnswer; ErrNotCheckable, without
// any call, for a provider that offers no language models. A server that shows its
// models to everybody accepts every key here.
func (c *Client) Check(ctx context.Context, cred onboarding.Credential) error {
	if cred.Provider.Info().Model == nil {
		return ErrNotCheckable
	}
	call, done, err := c.begin(ctx, cred)
	if err == nil {
		_, err = call.firstModel()
		done()
	}
	c.metrics.checks.WithLabelValues(string(cred.Provider), outcomeOf(err)).Inc()
	if err != nil {
		return fmt.Errorf("check key: %w", err)
	}
	return nil
}
