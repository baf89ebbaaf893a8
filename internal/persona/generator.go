package persona

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// Generator makes personas. It is safe for concurrent use and keeps nothing between
// calls.
type Generator struct {
	personas *prometheus.CounterVec
	merges   *prometheus.CounterVec
	overall  prometheus.Observer
}

// New returns a generator and registers the package's metrics with reg.
func New(reg prometheus.Registerer) *Generator {
	documents := append([]string{"core"}, onboarding.Texts(onboarding.Platforms())...)
	return &Generator{
		personas: metric.Counters(reg, "onboarding_persona_documents_total",
			"Personas made by the local engine, by document: core or a platform.", metric.By("document", documents...)),
		merges: metric.Counters(reg, "onboarding_persona_answers_total",
			"Answers of models by outcome: merged or refused.", metric.By("outcome", "merged", "refused")),
		overall: metric.Histogram(reg, "onboarding_persona_quality_score",
			"Overall quality of generated personas, 0 to 100.", prometheus.LinearBuckets(10, 10, 10)),
	}
}
