package flow

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

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
	m.failures = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_submission_failures_total",
		Help: "Failed submissions by kind and code.",
	}, []string{"kind", "code"})
	m.recoveries = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_recoveries_total",
		Help: "Jobs of lost workers by what was done: replaced, retired or failed.",
	}, []string{"result"})
	m.dead = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_dead_jobs_total",
		Help: "Submissions that failed beyond what their users can mend, by kind and code.",
	}, []string{"kind", "code"})
	for _, kind := range onboarding.Kinds() {
		for code := range onboarding.FailureCodes() {
			m.failures.WithLabelValues(string(kind.Kind), string(code))
			if code.Dead() {
				m.dead.WithLabelValues(string(kind.Kind), string(code))
			}
		}
	}
	for _, result := range []string{resultReplaced, resultRetired, resultFailed} {
		m.recoveries.WithLabelValues(result)
	}
	reg.MustRegister(m.failures, m.recoveries, m.dead)
	return m
}

// stepMove is a step that has changed its status.
type stepMove struct {
	step     onboarding.StepNumber
	from, to onboarding.StepStatus
}

// workEnd is the end of the work on a step.
type workEnd struct {
	step    onboarding.StepNumber
	outcome onboarding.SubmissionStatus
	since   time.Time
}

// newStepMetrics returns the metrics of an api.
func newStepMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		transitions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_step_transitions_total",
			Help: "Steps whose status changed, by step and the two statuses.",
		}, []string{"step", "from", "to"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "onboarding_step_seconds",
			Help:    "Time from the submission of a step to the end of its work, by how that ended.",
			Buckets: []float64{.1, .25, .5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600},
		}, []string{"step", "outcome"}),
	}
	m.begin()
	schema := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "onboarding_schema_version_needed",
		Help: "The number of the newest migration that this program needs.",
	})
	schema.Set(postgres.SchemaVersion)
	reg.MustRegister(m.transitions, m.seconds, schema)
	return m
}

// begin creates every series with the value 0.
func (m *Metrics) begin() {
	for n := onboarding.StepNumber(1); n.Valid(); n++ {
		for from, next := range onboarding.Transitions() {
			for _, to := range next {
				if from != to && mayBe(n, from) && mayBe(n, to) {
					m.transitions.WithLabelValues(stepLabel(n), string(from), string(to))
				}
			}
		}
	}
	for _, n := range onboarding.StepsWhere(onboarding.StepNumber.Queued) {
		for _, outcome := range []onboarding.SubmissionStatus{
			onboarding.SubmissionCompleted, onboarding.SubmissionFailed, onboarding.SubmissionSuperseded, onboarding.SubmissionCancelled,
		} {
			m.seconds.WithLabelValues(stepLabel(n), string(outcome))
		}
	}
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
	for _, move := range c.moves {
		m.moved(move)
	}
	for _, end := range c.ended {
		m.ended(end)
	}
}

func (m *Metrics) moved(move stepMove) {
	m.transitions.WithLabelValues(stepLabel(move.step), string(move.from), string(move.to)).Inc()
}

func (m *Metrics) ended(end workEnd) {
	m.seconds.WithLabelValues(stepLabel(end.step), string(end.outcome)).Observe(max(time.Since(end.since), 0).Seconds())
}

// finished counts the final outcome of a submission, after its commit. from is the status
// that its step had before.
func (m *Metrics) finished(s onboarding.Submission, failure *onboarding.Failure, from onboarding.StepStatus) {
	if m == nil {
		return
	}
	move := stepMove{step: s.Step, from: from, to: onboarding.StepCompleted}
	end := workEnd{step: s.Step, outcome: onboarding.SubmissionCompleted, since: s.CreatedAt}
	if failure != nil {
		m.failures.WithLabelValues(string(s.Kind), string(failure.Code)).Inc()
		if failure.Code.Dead() {
			m.dead.WithLabelValues(string(s.Kind), string(failure.Code)).Inc()
		}
		move.to, end.outcome = onboarding.StepFailed, onboarding.SubmissionFailed
	}
	if s.Step != 0 {
		m.moved(move)
		m.ended(end)
	}
}
