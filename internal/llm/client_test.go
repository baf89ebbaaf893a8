package llm_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"code.dny.dev/ssrf"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm"
	"github.com/alwrity/onboarding/internal/llm/llmtest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

func TestAskEveryProvider(t *testing.T) {
	t.Parallel()
	servers := map[llmtest.Family]*llmtest.Server{}
	for _, family := range families() {
		servers[family] = start(t, llmtest.Config{Family: family, Keys: []string{canary}})
	}
	client, _ := newClient(t, servers, 0)
	for _, test := range []struct {
		provider onboarding.Provider
		model    string
		costs    bool
	}{
		{onboarding.ProviderOpenAI, "gpt-4.1-mini-2025-04-14", true},
		{onboarding.ProviderGemini, "gemini-2.5-flash", true},
		{onboarding.ProviderMistral, "mistral-small-latest", true},
		{onboarding.ProviderAnthropic, "claude-haiku-4-5-20251001", true},
		{onboarding.ProviderCompatible, "gpt-4.1-mini-2025-04-14", false}, // the first that the server lists
	} {
		t.Run(string(test.provider), func(t *testing.T) {
			t.Parallel()
			cred := onboarding.Credential{Provider: test.provider, Key: canary}
			if test.provider == onboarding.ProviderCompatible {
				cred.BaseURL = servers[llmtest.OpenAI].URL()
			}
			answer, err := client.Ask(t.Context(), cred, prompt())
			require.NoError(t, err)
			assert.Equal(t, test.model, answer.Model)
			assert.Positive(t, answer.Usage.InputTokens)
			assert.Positive(t, answer.Usage.OutputTokens)
			assert.Equal(t, answer.Usage.InputTokens/4, answer.Usage.CachedTokens)
			assert.Equal(t, test.costs, answer.Usage.CostMicros != nil)
			var value struct {
				Words    []string `json:"words"`
				Level    string   `json:"level"`
				Audience struct {
					Who string `json:"who"`
				} `json:"audience"`
			}
			require.NoError(t, json.Unmarshal(answer.Value, &value))
			assert.Len(t, value.Words, 3)
			assert.Contains(t, []string{"beginner", "intermediate", "expert"}, value.Level)
			assert.NotEmpty(t, value.Audience.Who)
		})
	}
}

func TestAskUsesTheCredentialsModel(t *testing.T) {
	t.Parallel()
	for _, family := range families() {
		s := start(t, llmtest.Config{Family: family, Models: []string{"other", "mine"}})
		client, _ := newClient(t, map[llmtest.Family]*llmtest.Server{family: s}, 0)
		cred := credentialOf(family)
		cred.Model = "mine"
		answer, err := client.Ask(t.Context(), cred, prompt())
		require.NoError(t, err)
		assert.Equal(t, "mine", answer.Model)
		assert.Nil(t, answer.Usage.CostMicros, "its price is not known")
		require.Len(t, s.Calls(), 1)
		assert.Equal(t, "mine", s.Calls()[0].Model)
		assert.Equal(t, "writing_style", s.Calls()[0].PromptName)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, family := range families() {
		t.Run(string(family), func(t *testing.T) {
			t.Parallel()
			s := start(t, llmtest.Config{Family: family, Keys: []string{canary}})
			client, _ := newClient(t, map[llmtest.Family]*llmtest.Server{family: s}, 0)
			cred := credentialOf(family)
			require.NoError(t, client.Check(t.Context(), cred))
			cred.Key = "sk-another-key-0123456789"
			requireFailure(t, client.Check(t.Context(), cred), onboarding.FailureKeyRefused, nameOf(family))
			require.Len(t, s.Calls(), 2)
			assert.True(t, s.Calls()[0].List, "a check asks no question")
		})
	}
}

func TestOtherProvidersAreNotCalled(t *testing.T) {
	t.Parallel()
	client, err := llm.New(llm.Config{Transport: refusing{t}}, prometheus.NewRegistry())
	require.NoError(t, err)
	for _, info := range onboarding.Providers() {
		if info.Model != nil {
			continue
		}
		cred := onboarding.Credential{Provider: info.Provider, Key: canary}
		require.ErrorIs(t, client.Check(t.Context(), cred), llm.ErrNotCheckable)
		_, err := client.Ask(t.Context(), cred, prompt())
		require.Error(t, err)
	}
	require.ErrorIs(t, client.Check(t.Context(), onboarding.Credential{Provider: "unheard_of"}), llm.ErrNotCheckable)
}

// refusing fails the test when it is used.
type refusing struct{ t *testing.T }

func (r refusing) RoundTrip(*http.Request) (*http.Response, error) {
	r.t.Error("nobody may be called")
	return nil, http.ErrServerClosed
}

func TestCheckOfAServerOfAnotherProtocol(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"null", "{}", `{"data":[]}`, `{"data":[null]}`, `{"data":[{"id":""}]}`,
		`{"data":[{"id":"two words"}]}`, "[]", "", `"x"`, "{",
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		}))
		client, err := llm.New(llm.Config{Transport: newTransport(t), Providers: map[onboarding.Provider]llm.Endpoint{
			onboarding.ProviderAnthropic: {BaseURL: s.URL, Model: "m"},
		}}, prometheus.NewRegistry())
		require.NoError(t, err)
		for _, cred := range []onboarding.Credential{
			{Provider: onboarding.ProviderCompatible, Key: canary, BaseURL: s.URL + "/v1"},
			{Provider: onboarding.ProviderAnthropic, Key: canary},
		} {
			requireFailure(t, client.Check(t.Context(), cred), onboarding.FailureProviderRejected, cred.Provider.Info().Name)
			if cred.Provider == onboarding.ProviderCompatible {
				cred.Model = "m" // without one the list is asked for
			}
			_, err = client.Ask(t.Context(), cred, prompt())
			require.ErrorIs(t, err, onboarding.ErrBadAnswer, body)
		}
		s.Close()
	}
}

// The SDKs' own clients read these variables; a user's key must not follow them.
func TestTheEnvironmentIsNotRead(t *testing.T) {
	var elsewhere atomic.Int32
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer trap.Close()
	for name, value := range map[string]string{
		"OPENAI_BASE_URL": trap.URL, "OPENAI_API_KEY": "sk-from-the-environment", "OPENAI_ORG_ID": "org-trap",
		"OPENAI_PROJECT_ID": "proj-trap",
		"OPENAI_ADMIN_KEY":  "sk-admin-trap", "OPENAI_CUSTOM_HEADERS": "X-Trap: trap",
		"ANTHROPIC_CUSTOM_HEADERS": "X-Trap: trap",
		"ANTHROPIC_BASE_URL":       trap.URL, "ANTHROPIC_API_KEY": "sk-ant-trap", "ANTHROPIC_AUTH_TOKEN": "trap",
		"HTTP_PROXY": trap.URL, "http_proxy": trap.URL,
	} {
		t.Setenv(name, value)
	}
	for _, family := range families() {
		s := start(t, llmtest.Config{Family: family, Keys: []string{canary}})
		seen := &spy{next: newTransport(t)}
		client, err := llm.New(llm.Config{Transport: seen, Providers: map[onboarding.Provider]llm.Endpoint{
			credentialOf(family).Provider: {BaseURL: s.URL()},
		}}, prometheus.NewRegistry())
		require.NoError(t, err)
		_, err = client.Ask(t.Context(), credentialOf(family), prompt())
		require.NoError(t, err)
		require.NoError(t, client.Check(t.Context(), credentialOf(family)))
		require.Len(t, seen.headers, 2)
		for _, header := range seen.headers {
			for name, values := range header {
				assert.NotContains(t, strings.Join(values, " "), "trap", name)
				assert.NotContains(t, strings.Join(values, " "), "from-the-environment", name)
			}
		}
	}
	assert.Zero(t, elsewhere.Load())
}

// spy keeps the headers of what passes.
type spy struct {
	next    http.RoundTripper
	headers []http.Header
}

func (s *spy) RoundTrip(r *http.Request) (*http.Response, error) {
	s.headers = append(s.headers, r.Header.Clone())
	return s.next.RoundTrip(r)
}

func TestGuardedAddresses(t *testing.T) {
	t.Parallel()
	s := start(t, llmtest.Config{Family: llmtest.OpenAI})
	dialer := &net.Dialer{Control: ssrf.New().Safe}
	client, err := llm.New(llm.Config{Transport: &http.Transport{DialContext: dialer.DialContext}},
		prometheus.NewRegistry())
	require.NoError(t, err)
	for name, address := range map[string]string{
		"loopback": s.URL(), "metadata": "http://169.254.169.254/v1", "port": "http://192.0.2.1:6379/v1",
		"none": "", "no host": "http:///v1", "other scheme": "file:///etc/passwd", "user": "http://a:b@example.com/v1",
		"query": "http://example.com/v1?x=1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cred := onboarding.Credential{Provider: onboarding.ProviderCompatible, Key: canary, BaseURL: address}
			_, err := client.Ask(t.Context(), cred, prompt())
			requireFailure(t, err, onboarding.FailureProviderForbidden, "OpenAI-compatible server")
			requireFailure(t, client.Check(t.Context(), cred), onboarding.FailureProviderForbidden, "OpenAI-compatible server")
		})
	}
	assert.Empty(t, s.Calls())
}

// A redirect would take the key and the prompt elsewhere.
func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	var followed atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			followed.Add(1)
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(s.Close)
	client, _ := newClientAt(t, s.URL, newTransport(t))
	for _, family := range families() {
		_, err := client.Ask(t.Context(), credentialOf(family), prompt())
		requireFailure(t, err, onboarding.FailureProviderRejected, nameOf(family))
		requireFailure(t, client.Check(t.Context(), credentialOf(family)), onboarding.FailureProviderRejected, nameOf(family))
	}
	assert.Zero(t, followed.Load())
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	client, _ := newClient(t, nil, 0)
	for _, family := range families() {
		_, err := client.Ask(t.Context(), credentialOf(family), prompt())
		requireFailure(t, err, onboarding.FailureProviderUnavailable, nameOf(family))
	}
}

func TestAskEndsWithItsContext(t *testing.T) {
	t.Parallel()
	for _, family := range families() {
		t.Run(string(family), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			s := start(t, llmtest.Config{Family: family, Script: func(int, llmtest.Request) llmtest.Fault {
				cancel()
				return llmtest.Stall
			}})
			client, _ := newClient(t, map[llmtest.Family]*llmtest.Server{family: s}, time.Minute)
			_, err := client.Ask(ctx, credentialOf(family), prompt())
			require.ErrorIs(t, err, context.Canceled)
			var failure *onboarding.Failure
			assert.NotErrorAs(t, err, &failure, "the provider is not to blame")
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	_, err := llm.New(llm.Config{Providers: map[onboarding.Provider]llm.Endpoint{
		onboarding.ProviderOpenAI: {BaseURL: "api.openai.com", Model: "m"},
	}}, prometheus.NewRegistry())
	require.Error(t, err)
}

func TestAskRefusesPrompts(t *testing.T) {
	t.Parallel()
	client, err := llm.New(llm.Config{Transport: refusing{t}}, prometheus.NewRegistry())
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "schema.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"type": "object"}`), 0o600))
	for name, change := range map[string]func(*onboarding.Prompt){
		"name":          func(p *onboarding.Prompt) { p.Name = "Writing Style" },
		"no schema":     func(p *onboarding.Prompt) { p.Schema = nil },
		"broken schema": func(p *onboarding.Prompt) { p.Schema = json.RawMessage(`{"type": "thing"}`) },
		"other files":   func(p *onboarding.Prompt) { p.Schema = json.RawMessage(`{"$ref": "file://` + file + `"}`) },
		"material name": func(p *onboarding.Prompt) { p.Material[0].Name = `a"><b` },
	} {
		p := prompt()
		change(&p)
		_, err := client.Ask(t.Context(), credentialOf(llmtest.OpenAI), p)
		require.Error(t, err, name)
		require.NotErrorIs(t, err, onboarding.ErrBadAnswer, name)
	}
}

func requireFailure(t *testing.T, err error, code onboarding.FailureCode, subject string) {
	t.Helper()
	var failure *onboarding.Failure
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, code, failure.Code, err.Error())
	assert.Equal(t, subject, failure.Subject)
}
