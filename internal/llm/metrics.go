package llm

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// The outcomes of a question, with those of failures in failureOutcomes.
const (
	outcomeAnswered    = "answered"
	outcomeBadAnswer   = "bad_answer"
	outcomeRateLimited = "rate_limited"
	outcomeStopped     = "stopped" // by the caller, or not asked at all
)

var failureOutcomes = map[onboarding.FailureCode]string{
	onboarding.FailureKeyRefused: "key_refused", onboarding.FailureProviderUnavailable: "unavailable",
	onboarding.FailureProviderRejected: "rejected", onboarding.FailureProviderForbidden: "forbidden",
	onboarding.FailureProviderQuota: "quota_exhausted",
}

type metrics struct {
	calls   *prometheus.CounterVec
	checks  *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	tokens  *prometheus.CounterVec
	dollars *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	var providers []onboarding.Provider
	for _, p := range onboarding.Providers() {
		if p.Model != nil {
			providers = append(providers, p.Provider)
		}
	}
	provider := metric.By("provider", providers...)
	outcome := metric.By("outcome", slices.AppendSeq(
		[]string{outcomeAnswered, outcomeBadAnswer, outcomeRateLimited, outcomeStopped}, maps.Values(failureOutcomes))...)
	return &metrics{
		calls: metric.Counters(reg, "onboarding_model_calls_total",
			"Questions to models by provider and outcome; checks of keys are not counted.", provider, outcome),
		checks: metric.Counters(reg, "onboarding_model_key_checks_total",
			"Checks of API keys by a live call, by provider and outcome; answered is an accepted key.", provider, outcome),
		seconds: metric.Histograms(reg, "onboarding_model_call_seconds",
			"Time from a question to a model to its answer or failure.",
			[]float64{0.1, 0.3, 1, 2, 4, 8, 15, 30, 45, 60}, provider),
		tokens: metric.Counters(reg, "onboarding_model_tokens_total",
			"Tokens charged by providers; cached is a part of input.",
			provider, metric.By("direction", "input", "cached", "output")),
		dollars: metric.Counters(reg, "onboarding_model_cost_dollars_total",
			"Cost of the questions at list prices, for models whose price is known.", provider),
	}
}

func (m *metrics) observe(p onboarding.Provider, outcome string, took time.Duration, usage onboarding.Usage) {
	provider := string(p)
	m.calls.WithLabelValues(provider, outcome).Inc()
	m.seconds.WithLabelValues(provider).Observe(took.Seconds())
	m.tokens.WithLabelValues(provider, "input").Add(float64(usage.InputTokens))
	m.tokens.WithLabelValues(provider, "cached").Add(float64(usage.CachedTokens))
	m.tokens.WithLabelValues(provider, "output").Add(float64(usage.OutputTokens))
	if usage.CostMicros != nil {
		m.dollars.WithLabelValues(provider).Add(float64(*usage.CostMicros) / 1e6)
	}
}

// outcomeOf maps an error of Ask to its label.
func outcomeOf(err error) string {
	var (
		limit   *onboarding.RateLimitError
		failure *onboarding.Failure
	)
	switch {
	case err == nil:
		return outcomeAnswered
	case errors.Is(err, onboarding.ErrBadAnswer):
		return outcomeBadAnswer
	case errors.As(err, &limit):
		return outcomeRateLimited
	case errors.Is(err, context.Canceled), !errors.As(err, &failure):
		return outcomeStopped
	}
	return failureOutcomes[failure.Code]
}
