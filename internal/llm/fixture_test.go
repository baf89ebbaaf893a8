package llm_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm"
	"github.com/alwrity/onboarding/internal/llm/llmtest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// canary is the key of the tests: it must turn up nowhere but in the header.
const canary = "sk-ant-canary-0123456789abcdefghijklmnop"

// canaryText stands in the material and must turn up nowhere but on the wire.
const canaryText = "Zimtschnecken"

// start starts a server of a family that the test ends.
func start(t *testing.T, cfg llmtest.Config) *llmtest.Server {
	t.Helper()
	s, err := llmtest.Start(cfg)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// always is a script that does the same with every request.
func always(fault llmtest.Fault) func(int, llmtest.Request) llmtest.Fault {
	return func(int, llmtest.Request) llmtest.Fault { return fault }
}

// newTransport is without a guard: the servers of the tests listen on loopback.
func newTransport(t *testing.T) *http.Transport {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// newClient returns a client whose providers are all at the servers' addresses.
func newClient(
	t *testing.T, servers map[llmtest.Family]*llmtest.Server, timeout time.Duration,
) (*llm.Client, *prometheus.Registry) {
	t.Helper()
	endpoints := map[onboarding.Provider]llm.Endpoint{}
	for _, p := range onboarding.Providers() {
		if p.Model == nil {
			continue
		}
		endpoints[p.Provider] = llm.Endpoint{BaseURL: "http://127.0.0.1:1"} // nothing listens there
		if s, ok := servers[llmtest.Family(p.Model.Wire)]; ok {
			endpoints[p.Provider] = llm.Endpoint{BaseURL: s.URL()}
		}
	}
	reg := prometheus.NewPedanticRegistry()
	client, err := llm.New(llm.Config{Transport: newTransport(t), Providers: endpoints, Timeout: timeout}, reg)
	require.NoError(t, err)
	return client, reg
}

// newClientAt returns a client whose OpenAI and Anthropic are at address.
func newClientAt(t *testing.T, address string, transport http.RoundTripper) (*llm.Client, *prometheus.Registry) {
	t.Helper()
	reg := prometheus.NewPedanticRegistry()
	client, err := llm.New(llm.Config{Transport: transport, Providers: map[onboarding.Provider]llm.Endpoint{
		onboarding.ProviderOpenAI:    {BaseURL: address, Model: "gpt-4.1-mini"},
		onboarding.ProviderAnthropic: {BaseURL: address, Model: "claude-haiku-4-5"},
	}}, reg)
	require.NoError(t, err)
	return client, reg
}

// prompt asks for one of everything that the schemas of the domain use.
func prompt() onboarding.Prompt {
	return onboarding.Prompt{
		Name:         "writing_style",
		Instructions: "Describe the writing style of the material.",
		Material: []onboarding.Material{
			{
				Name: "home_page",
				Text: canaryText + " bakery sells bread. The bakery opens every morning before sunrise and closes late.",
			},
			{Name: "about_page", Text: "Our bakery was founded by three friends who could not find decent bread in town."},
		},
		Schema: json.RawMessage(`{
			"type": "object", "additionalProperties": false,
			"required": ["tone", "words", "level", "share", "count", "formal", "note", "audience"],
			"properties": {
				"tone": {"type": "string"},
				"words": {"type": "array", "items": {"type": "string"}},
				"level": {"type": "string", "enum": ["beginner", "intermediate", "expert"]},
				"share": {"type": "number"},
				"count": {"type": "integer"},
				"formal": {"type": "boolean"},
				"note": {"type": ["string", "null"]},
				"audience": {"$ref": "#/$defs/audience"}
			},
			"$defs": {"audience": {
				"type": "object", "additionalProperties": false, "required": ["who", "where"],
				"properties": {"who": {"type": "string"}, "where": {"anyOf": [{"type": "string"}, {"type": "null"}]}}
			}}
		}`),
		MaxTokens: 2000,
	}
}

// credentialOf returns the credential of a family's own provider.
func credentialOf(family llmtest.Family) onboarding.Credential {
	if family == llmtest.Anthropic {
		return onboarding.Credential{Provider: onboarding.ProviderAnthropic, Key: canary}
	}
	return onboarding.Credential{Provider: onboarding.ProviderOpenAI, Key: canary}
}

// nameOf returns the name of that provider for people.
func nameOf(family llmtest.Family) string { return credentialOf(family).Provider.Info().Name }

func families() []llmtest.Family { return []llmtest.Family{llmtest.OpenAI, llmtest.Anthropic} }
