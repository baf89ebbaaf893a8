package flow

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// Metrics count what happens to steps and submissions. The api and the worker both count,
// each what it has committed itself.
type Metrics struct {
	transitions *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
	// These are set in a worker only.
	failures, recoveries, dead *prometheus.CounterVec
}

// NewMetrics returns the metrics of a worker.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := newStepMetrics(reg)
	m.failures = metric.Counters(reg, "onboarding_submission_failures_total",
		"Failed submissions by kind and code.", metric.By[string]("kind"), metric.By[string]("code"))
	m.dead = metric.Counters(reg, "onboarding_dead_jobs_total",
		"Submissions that failed beyond what their users can mend, by kind and code.",
		metric.By[string]("kind"), metric.By[string]("code"))
	for _, kind := range onboarding.Kinds() {
		for code := range onboarding.FailureCodes() {
			m.failures.WithLabelValues(string(kind.Kind), string(code))
			if code.Dead() {
				m.dead.WithLabelValues(string(kind.Kind), string(code))
			}
		}
	}
	m.recoveries = metric.Counters(reg, "onboarding_recoveries_total",
		"Jobs of lost workers by what was done: replaced, retired or failed.",
		metric.By("result", resultReplaced, resultRetired, resultFailed))
	return m
}

// newStepMetrics returns the metrics of an api.
func newStepMetrics(reg prometheus.Registerer) *Metrics {
	var queued []string
	for _, n := range onboarding.StepsWhere(onboarding.StepNumber.Queued) {
		queued = append(queued, stepLabel(n))
	}
	schema := metric.Gauge(reg, "onboarding_schema_version_needed",
		"The number of the newest migration that this program needs.")
	schema.Set(postgres.SchemaVersion)
	m := &Metrics{
		transitions: metric.Counters(reg, "onboarding_step_transitions_total",
			"Steps whose status changed, by step and the two statuses.",
			metric.By[string]("step"), metric.By[string]("from"), metric.By[string]("to")),
		seconds: metric.Histograms(reg, "onboarding_step_seconds",
			"Time from the submission of a step to the end of its work, by how that ended.",
			[]float64{.1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600}, metric.By("step", queued...),
			metric.By("outcome", onboarding.SubmissionCompleted, onboarding.SubmissionFailed,
				onboarding.SubmissionSuperseded, onboarding.SubmissionCancelled)),
	}
	for n := onboarding.StepNumber(1); n.Valid(); n++ {
		for from, next := range onboarding.Transitions() {
			for _, to := range next {
				if from != to && mayBe(n, from) && mayBe(n, to) {
					m.transitions.WithLabelValues(stepLabel(n), string(from), string(to))
				}
			}
		}
	}
	return m
}

// mayBe reports whether a step can have a status: only some may be skipped, and only queued
// work is in progress or fails.
func mayBe(n onboarding.StepNumber, status onboarding.StepStatus) bool {
	switch status {
	case onboarding.StepSkipped:
		return n.Skippable()
	case onboarding.StepInProgress, onboarding.StepFailed:
		return n.Queued()
	default:
		return true
	}
}

func stepLabel(n onboarding.StepNumber) string { return strconv.Itoa(int(n)) }

// changed counts what a committed change did.
func (m *Metrics) changed(c *change) {
	if m == nil {
		return
	}
	for _, count := range c.counts {
		count(m)
	}
}

// moved counts a change of a step's status.
func (m *Metrics) moved(n onboarding.StepNumber, from, to onboarding.StepStatus) {
	m.transitions.WithLabelValues(stepLabel(n), string(from), string(to)).Inc()
}

// ended counts the end of the work on a step.
func (m *Metrics) ended(n onboarding.StepNumber, outcome onboarding.SubmissionStatus, since time.Time) {
	m.seconds.WithLabelValues(stepLabel(n), string(outcome)).Observe(max(time.Since(since), 0).Seconds())
}

// finished counts the final outcome of a submission, after its commit. from is the status
// that its step had before.
func (m *Metrics) finished(s onboarding.Submission, failure *onboarding.Failure, from onboarding.StepStatus) {
	if m == nil {
		return
	}
	to, outcome := onboarding.StepCompleted, onboarding.SubmissionCompleted
	if failure != nil {
		m.failures.WithLabelValues(string(s.Kind), string(failure.Code)).Inc()
		if failure.Code.Dead() {
			m.dead.WithLabelValues(string(s.Kind), string(failure.Code)).Inc()
		}
		to, outcome = onboarding.StepFailed, onboarding.SubmissionFailed
	}
	if s.Step != 0 {
		m.moved(s.Step, from, to)
		m.ended(s.Step, outcome, s.CreatedAt)
	}
}
