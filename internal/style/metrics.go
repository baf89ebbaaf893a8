package style

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
)

type metrics struct {
	seconds  prometheus.Observer
	words    prometheus.Counter
	analyses *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	return &metrics{
		seconds: metric.Histogram(reg, "onboarding_style_analysis_seconds",
			"Time to measure and analyse one site.", prometheus.ExponentialBuckets(0.005, 2.5, 9)),
		words: metric.Counter(reg, "onboarding_style_words_total", "Words of the main text of analysed sites."),
		analyses: metric.Counters(reg, "onboarding_style_analyses_total",
			"Analyses by outcome: done, empty (no text) or stopped (error or cancelled).",
			metric.By("outcome", "done", "empty", "stopped")),
	}
}

func (m *metrics) observe(outcome string, words int, took time.Duration) {
	m.analyses.WithLabelValues(outcome).Inc()
	m.words.Add(float64(words))
	m.seconds.Observe(took.Seconds())
}
