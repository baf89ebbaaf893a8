package flow

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// StepMetrics are what becomes of users' steps. The api and the worker both count: each
// what it has committed itself.
type StepMetrics struct {
	Transitions *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
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

func newStepMetrics(reg prometheus.Registerer) *StepMetrics {
	m := &StepMetrics{
		Transitions: prometheus.NewCounterVec(prometheus.CounterOpts{
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
	reg.MustRegister(m.Transitions, m.seconds)
	return m
}

// begin makes every series with the value 0.
func (m *StepMetrics) begin() {
	for n := onboarding.StepNumber(1); n.Valid(); n++ {
		for from, next := range onboarding.Transitions() {
			for _, to := range next {
				if from != to && mayBe(n, from) && mayBe(n, to) {
					m.Transitions.WithLabelValues(stepLabel(n), string(from), string(to))
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

// mayBe tells whether a step can have a status: only some may be skipped, and only
// work is in progress and fails.
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

// Changed counts what a committed change did.
func (m *StepMetrics) Changed(c *Change) {
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

func (m *StepMetrics) moved(move stepMove) {
	m.Transitions.WithLabelValues(stepLabel(move.step), string(move.from), string(move.to)).Inc()
}

func (m *StepMetrics) ended(end workEnd) {
	m.seconds.WithLabelValues(stepLabel(end.step), string(end.outcome)).Observe(max(time.Since(end.since), 0).Seconds())
}
