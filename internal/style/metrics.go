package style

import (
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	seconds  prometheus.Histogram
	words    prometheus.Counter
	analyses *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "onboarding_style_analysis_seconds",
			Help:    "Time to measure and analyse one site.",
			Buckets: prometheus.ExponentialBuckets(0.005, 2.5, 9),
		}),
		words: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "onboarding_style_words_total",
			Help: "Words of the main text of analysed sites.",
		}),
		analyses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_style_analyses_total",
			Help: "Analyses by outcome: done, empty (no text) or stopped (error or cancelled).",
		}, []string{"outcome"}),
	}
	for _, c := range []prometheus.Collector{m.seconds, m.words, m.analyses} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register style metrics: %w", err)
		}
	}
	for _, outcome := range []string{"done", "empty", "stopped"} {
		m.analyses.WithLabelValues(outcome)
	}
	return m, nil
}

func (m *metrics) observe(outcome string, words int, took time.Duration) {
	m.analyses.WithLabelValues(outcome).Inc()
	m.words.Add(float64(words))
	m.seconds.Observe(took.Seconds())
}
