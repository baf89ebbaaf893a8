package llm_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/llm/llmtest"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// expectation is what a fault must become: at most one of the three is set, none for an
// answer.
type expectation struct {
	code    onboarding.FailureCode
	limit   time.Duration // exact; -1 says "a rate limit, see the test"
	bad     string        // the reason
	outcome string
}

func expectations() map[llmtest.Fault]expectation {
	failed := func(code onboarding.FailureCode, outcome string) expectation {
		return expectation{code: code, limit: -2, outcome: outcome}
	}
	limited := func(wait time.Duration) expectation { return expectation{limit: wait, outcome: "rate_limited"} }
	bad := func(reason string) expectation {
		return expectation{bad: reason, limit: -2, outcome: "bad_answer"}
	}
	return map[llmtest.Fault]expectation{
		llmtest.None:              {limit: -2, outcome: "answered"},
		llmtest.Fenced:            {limit: -2, outcome: "answered"},
		llmtest.KeyInvalid:        failed(onboarding.FailureKeyRefused, "key_refused"),
		llmtest.KeyInvalid400:     failed(onboarding.FailureKeyRefused, "key_refused"),
		llmtest.Forbidden:         failed(onboarding.FailureKeyRefused, "key_refused"),
		llmtest.RateLimited:       limited(7 * time.Second),
		llmtest.RateLimitedDate:   limited(-1),
		llmtest.RateLimitedSilent: limited(0),
		llmtest.RateLimitedBody:   limited(34 * time.Second),
		llmtest.Overloaded:        limited(0),
		llmtest.Busy:              limited(7 * time.Second),
		llmtest.QuotaExhausted:    failed(onboarding.FailureProviderQuota, "quota_exhausted"),
		llmtest.PaymentRequired:   failed(onboarding.FailureProviderQuota, "quota_exhausted"),
		llmtest.Unavailable:       failed(onboarding.FailureProviderUnavailable, "unavailable"),
		llmtest.ServerError:       failed(onboarding.FailureProviderUnavailable, "unavailable"),
		llmtest.Gateway:           failed(onboarding.FailureProviderUnavailable, "unavailable"),
		llmtest.Stall:             failed(onboarding.FailureProviderUnavailable, "unavailable"),
		llmtest.StallMidway:       failed(onboarding.FailureProviderUnavailable, "unavailable"),
		llmtest.Dropped:           failed(onboarding.FailureProviderUnavailable, "unavailable"),
		llmtest.UnknownModel:      failed(onboarding.FailureProviderRejected, "rejected"),
		llmtest.Invalid:           failed(onboarding.FailureProviderRejected, "rejected"),
		llmtest.Unprocessable:     failed(onboarding.FailureProviderRejected, "rejected"),
		llmtest.Redirect:          failed(onboarding.FailureProviderRejected, "rejected"),
		llmtest.Refusal:           bad("the model refused"),
		llmtest.CutOff:            bad("it was cut off"),
		llmtest.Stopped:           bad("it ended for an unknown reason"),
		llmtest.Empty:             bad("it is empty"),
		llmtest.NoChoice:          bad("it is empty"),
		llmtest.BrokenJSON:        bad("it does not fit the schema"), // an object within the broken one
		llmtest.TwoValues:         {limit: -2, outcome: "answered"},
		llmtest.WrongSchema:       bad("it does not fit the schema"),
		llmtest.Huge:              bad("it is larger than 4 MiB"),
		llmtest.BrokenEnvelope:    bad("it is not what the protocol says"),
		llmtest.HTML:              bad("it is not what the protocol says"),
	}
}

func TestEveryFault(t *testing.T) {
	t.Parallel()
	expected := expectations()
	require.Len(t, expected, len(llmtest.Faults())+1, "every fault has its expectation")
	for _, family := range families() {
		for fault, want := range expected {
			t.Run(fmt.Sprintf("%s/%s", family, fault), func(t *testing.T) {
				t.Parallel()
				s := start(t,
					llmtest.Config{Family: family, Keys: []string{canary}, RetryAfter: 7 * time.Second, Script: always(fault)})
				client, reg := newClient(t, map[llmtest.Family]*llmtest.Server{family: s}, timeoutFor(fault))
				answer, err := client.Ask(t.Context(), credentialOf(family), prompt())
				requireExpected(t, want, nameOf(family), answer, err)
				assert.Len(t, s.Calls(), 1, "a call is never repeated")
				assert.Empty(t, s.Calls()[0].Problem)
				requireOutcome(t, reg, credentialOf(family).Provider, want.outcome)
				requireSilence(t, reg, answer, err)
			})
		}
	}
}

// timeoutFor is short where the server is silent and the test waits for the end of it.
func timeoutFor(fault llmtest.Fault) time.Duration {
	if fault == llmtest.Stall || fault == llmtest.StallMidway {
		return 300 * time.Millisecond
	}
	return time.Minute
}

func requireExpected(t *testing.T, want expectation, name string, answer onboarding.Answer, err error) {
	t.Helper()
	var limit *onboarding.RateLimitError
	switch {
	case want.bad != "":
		require.ErrorIs(t, err, onboarding.ErrBadAnswer)
		assert.Contains(t, err.Error(), want.bad)
		assert.Nil(t, answer.Value)
	case want.code != "":
		requireFailure(t, err, want.code, name)
		var failure *onboarding.Failure
		require.ErrorAs(t, err, &failure)
		assert.Equal(t, want.code == onboarding.FailureProviderUnavailable, failure.Temporary())
	case want.limit == -2:
		require.NoError(t, err)
		assert.True(t, json.Valid(answer.Value))
	default:
		require.ErrorAs(t, err, &limit)
		assert.Equal(t, name, limit.Subject)
		if want.limit == -1 { // a date has whole seconds
			assert.InDelta(t, 6*time.Second, limit.RetryAfter, float64(time.Second))
		} else {
			assert.Equal(t, want.limit, limit.RetryAfter)
		}
	}
}

func requireOutcome(t *testing.T, reg *prometheus.Registry, provider onboarding.Provider, outcome string) {
	t.Helper()
	gathered, err := reg.Gather()
	require.NoError(t, err)
	for _, family := range gathered {
		if family.GetName() != "onboarding_model_calls_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			want := 0.0
			if labels["provider"] == string(provider) && labels["outcome"] == outcome {
				want = 1
			}
			assert.InDelta(t, want, metric.GetCounter().GetValue(), 0, "%v", labels)
		}
	}
}

// requireSilence looks for the key and the text in all that a caller might print.
func requireSilence(t *testing.T, reg *prometheus.Registry, answer onboarding.Answer, err error) {
	t.Helper()
	var shown bytes.Buffer
	gathered, gatherErr := reg.Gather()
	require.NoError(t, gatherErr)
	for _, family := range gathered {
		_, writeErr := expfmt.MetricFamilyToText(&shown, family)
		require.NoError(t, writeErr)
	}
	slog.New(slog.NewJSONHandler(&shown, nil)).Error("ask", "error", err, "model", answer.Model)
	for ; err != nil; err = errors.Unwrap(err) {
		fmt.Fprintf(&shown, "%v %+v %#v\n", err, err, err)
	}
	for _, secret := range []string{canary, canaryText, canary[len(canary)-8:], "127.0.0.1", "http://", "bakery"} {
		assert.NotContains(t, shown.String(), secret)
	}
}

// Routers of many providers report what one of them did wrong in a choice, with the status 200.
func TestAChoiceWithAnError(t *testing.T) {
	t.Parallel()
	s := chatty(t, http.StatusOK, `{"choices":[{"finish_reason":"error","error":{"code":429,"message":"busy"},"message":{"content":"{"}}]}`)
	client, _ := newClientAt(t, s, newTransport(t))
	_, err := client.Ask(t.Context(),
		onboarding.Credential{Provider: onboarding.ProviderCompatible, Key: canary, BaseURL: s, Model: "m"}, prompt())
	var limit *onboarding.RateLimitError
	require.ErrorAs(t, err, &limit)
}

// A server that repeats what it was sent must not get it into anything.
func TestChattyServers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 301, 400, 401, 404, 418, 429, 500, 503} {
		for _, body := range []string{
			`{"error":{"message":"key %k for %t","type":"%k","code":"%k"}}`,
			`[{"error":{"message":"%k","details":[{"reason":"%k","retryDelay":"%t"}]}}]`,
			`{"detail":"%k %t"}`, `"%k %t"`, "%k %t",
			`{"model":"%k","choices":[{"message":{"content":"{\"%k\":\"%t\"}"},"finish_reason":"%k"}]}`,
			`{"model":"%k","content":[{"type":"text","text":"{\"%k\":\"%t\"}"}],"stop_reason":"end_turn"}`,
			`{"data":[{"id":"%k %t"}]}`,
		} {
			s := chatty(t, status, strings.NewReplacer("%k", canary, "%t", canaryText).Replace(body))
			client, reg := newClientAt(t, s, newTransport(t))
			for _, cred := range []onboarding.Credential{
				{Provider: onboarding.ProviderAnthropic, Key: canary},
				{Provider: onboarding.ProviderCompatible, Key: canary, BaseURL: s, Model: "m"},
			} {
				answer, err := client.Ask(t.Context(), cred, prompt())
				require.Error(t, err)
				requireSilence(t, reg, answer, err)
				requireSilence(t, reg, onboarding.Answer{}, client.Check(t.Context(), cred))
			}
		}
	}
}

// chatty returns the address of a server that says the same to everybody.
func chatty(t *testing.T, status int, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "/"+canary)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestUsageIsCounted(t *testing.T) {
	t.Parallel()
	for _, fault := range []llmtest.Fault{llmtest.None, llmtest.WrongSchema} {
		s := start(t, llmtest.Config{Family: llmtest.OpenAI, Script: always(fault)})
		client, reg := newClient(t, map[llmtest.Family]*llmtest.Server{llmtest.OpenAI: s}, 0)
		answer, err := client.Ask(t.Context(), credentialOf(llmtest.OpenAI), prompt())
		require.Equal(t, fault != llmtest.None, err != nil)
		require.NotNil(t, answer.Usage.CostMicros, "a bad answer is charged too")
		want := fmt.Sprintf(`
			# HELP onboarding_model_cost_dollars_total Cost of the questions at list prices, for models whose price is known.
			# TYPE onboarding_model_cost_dollars_total counter
			onboarding_model_cost_dollars_total{provider="anthropic"} 0
			onboarding_model_cost_dollars_total{provider="gemini"} 0
			onboarding_model_cost_dollars_total{provider="mistral"} 0
			onboarding_model_cost_dollars_total{provider="openai"} %v
			onboarding_model_cost_dollars_total{provider="openai_compatible"} 0
		`, float64(*answer.Usage.CostMicros)/1e6)
		require.NoError(t, testutil.GatherAndCompare(reg, strings.NewReader(want), "onboarding_model_cost_dollars_total"))
	}
}

// 10 MB must not be read into memory.
func TestHugeAnswersAreNotRead(t *testing.T) {
	t.Parallel()
	for _, family := range families() {
		s := start(t, llmtest.Config{Family: family, Script: always(llmtest.Huge)})
		counting := &countingTransport{next: newTransport(t)}
		client, _ := newClientAt(t, s.URL(), counting)
		_, err := client.Ask(t.Context(), credentialOf(family), prompt())
		require.ErrorIs(t, err, onboarding.ErrBadAnswer)
		assert.Equal(t, int64(4<<20+1), counting.read.Load(), "one byte more than the limit tells that it is exceeded")
	}
}

// countingTransport counts the bytes of bodies that are read.
type countingTransport struct {
	next http.RoundTripper
	read atomic.Int64
}

func (c *countingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(r)
	if err == nil {
		resp.Body = countingBody{resp.Body, &c.read}
	}
	return resp, err
}

type countingBody struct {
	io.ReadCloser
	read *atomic.Int64
}

func (b countingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.read.Add(int64(n))
	return n, err
}
