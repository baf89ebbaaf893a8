package persona

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// Generator makes personas. It is safe for concurrent use and keeps nothing between
// calls.
type Generator struct {
	personas *prometheus.CounterVec
	merges   *prometheus.CounterVec
	overall  prometheus.Histogram
}

// New returns a generator and registers the package's metrics with reg.
func New(reg prometheus.Registerer) (*Generator, error) {
	g := &Generator{
		personas: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_persona_documents_total",
			Help: "Personas made by the local engine, by document: core or a platform.",
		}, []string{"document"}),
		merges: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_persona_answers_total",
			Help: "Answers of models by outcome: merged or refused.",
		}, []string{"outcome"}),
		overall: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "onboarding_persona_quality_score",
			Help:    "Overall quality of generated personas, 0 to 100.",
			Buckets: prometheus.LinearBuckets(10, 10, 10),
		}),
	}
	for _, c := range []prometheus.Collector{g.personas, g.merges, g.overall} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register persona metrics: %w", err)
		}
	}
	g.personas.WithLabelValues("core")
	for platform := range platformRules {
		g.personas.WithLabelValues(string(platform))
	}
	for _, outcome := range []string{"merged", "refused"} {
		g.merges.WithLabelValues(outcome)
	}
	return g, nil
}
