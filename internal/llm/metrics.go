package llm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_model_calls_total",
			Help: "Questions to models by provider and outcome; checks of keys are not counted.",
		}, []string{"provider", "outcome"}),
		checks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_model_key_checks_total",
			Help: "Checks of API keys by a live call, by provider and outcome; answered is an accepted key.",
		}, []string{"provider", "outcome"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "onboarding_model_call_seconds",
			Help:    "Time from a question to a model to its answer or failure.",
			Buckets: []float64{0.1, 0.3, 1, 2, 4, 8, 15, 30, 45, 60},
		}, []string{"provider"}),
		tokens: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_model_tokens_total",
			Help: "Tokens charged by providers; cached is a part of input.",
		}, []string{"provider", "direction"}),
		dollars: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_model_cost_dollars_total",
			Help: "Cost of the questions at list prices, for models whose price is known.",
		}, []string{"provider"}),
	}
	for _, c := range []prometheus.Collector{m.calls, m.checks, m.seconds, m.tokens, m.dollars} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register model metrics: %w", err)
		}
	}
	m.initialise()
	return m, nil
}

// initialise makes every series exist from the start, so that rates see the first event.
func (m *metrics) initialise() {
	outcomes := slices.AppendSeq([]string{outcomeAnswered, outcomeBadAnswer, outcomeRateLimited, outcomeStopped}, maps.Values(failureOutcomes))
	for _, p := range onboarding.Providers() {
		if p.Model == nil {
			continue
		}
		provider := string(p.Provider)
		for _, outcome := range outcomes {
			m.calls.WithLabelValues(provider, outcome)
			m.checks.WithLabelValues(provider, outcome)
		}
		m.seconds.WithLabelValues(provider)
		for _, direction := range []string{"input", "cached", "output"} {
			m.tokens.WithLabelValues(provider, direction)
		}
		m.dollars.WithLabelValues(provider)
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
