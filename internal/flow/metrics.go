package flow

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Metrics are what becomes of submissions.
type Metrics struct {
	Failures   *prometheus.CounterVec
	recoveries *prometheus.CounterVec
	Dead       *prometheus.CounterVec
	Steps      *StepMetrics
}

func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		Failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_submission_failures_total",
			Help: "Failed submissions by kind and code.",
		}, []string{"kind", "code"}),
		recoveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_recoveries_total",
			Help: "Jobs of lost workers by what was done: replaced, retired or failed.",
		}, []string{"result"}),
		Dead: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_dead_jobs_total",
			Help: "Submissions that failed beyond what their users can mend, by kind and code.",
		}, []string{"kind", "code"}),
		Steps: newStepMetrics(reg),
	}
	for kind := range Timeouts {
		for code := range onboarding.FailureCodes() {
			m.Failures.WithLabelValues(string(kind), string(code))
			if code.Dead() {
				m.Dead.WithLabelValues(string(kind), string(code))
			}
		}
	}
	for _, result := range []string{ResultReplaced, resultRetired, resultFailed} {
		m.recoveries.WithLabelValues(result)
	}
	registerSchemaVersion(reg)
	reg.MustRegister(m.Failures, m.recoveries, m.Dead)
	return m
}

// ended counts the final outcome of a submission, after its commit. from is the status
// that its step had before.
func (m *Metrics) ended(s onboarding.Submission, failure *onboarding.Failure, from onboarding.StepStatus) {
	if m == nil {
		return
	}
	move := stepMove{step: s.Step, from: from, to: onboarding.StepCompleted}
	end := workEnd{step: s.Step, outcome: onboarding.SubmissionCompleted, since: s.CreatedAt}
	if failure != nil {
		m.Failures.WithLabelValues(string(s.Kind), string(failure.Code)).Inc()
		if failure.Code.Dead() {
			m.Dead.WithLabelValues(string(s.Kind), string(failure.Code)).Inc()
		}
		move.to, end.outcome = onboarding.StepFailed, onboarding.SubmissionFailed
	}
	if s.Step != 0 {
		m.Steps.moved(move)
		m.Steps.ended(end)
	}
}

// registerSchemaVersion publishes the schema that this program needs.
func registerSchemaVersion(reg prometheus.Registerer) {
	needed := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "onboarding_schema_version_needed",
		Help: "The number of the newest migration that this program needs.",
	})
	needed.Set(postgres.SchemaVersion)
	reg.MustRegister(needed)
}
