package jobs

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// metrics are what a worker measures.
type metrics struct {
	runs       *prometheus.CounterVec
	runSeconds *prometheus.HistogramVec
	queueWait  *prometheus.HistogramVec
	failures   *prometheus.CounterVec
	recoveries *prometheus.CounterVec
	running    prometheus.Gauge
	beats      *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_job_runs_total",
			Help: "Runs of jobs by kind and what was done after them.",
		}, []string{"kind", "outcome"}),
		runSeconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "onboarding_job_run_seconds",
			Help:    "Time of one run of a job, its completion transaction included.",
			Buckets: prometheus.ExponentialBuckets(0.01, 2.5, 11),
		}, []string{"kind"}),
		queueWait: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "onboarding_job_queue_wait_seconds",
			Help:    "Time from when a job could start to when it did.",
			Buckets: prometheus.ExponentialBuckets(0.001, 3, 11),
		}, []string{"kind"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_submission_failures_total",
			Help: "Failed submissions by kind and code.",
		}, []string{"kind", "code"}),
		recoveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_recoveries_total",
			Help: "Jobs of lost workers by what was done: replaced, retired or failed.",
		}, []string{"result"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "onboarding_running_jobs",
			Help: "Jobs that this worker runs now.",
		}),
		beats: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_worker_beats_total",
			Help: "Beats of this worker by result.",
		}, []string{"result"}),
	}
	m.begin()
	reg.MustRegister(m.runs, m.runSeconds, m.queueWait, m.failures, m.recoveries, m.running, m.beats)
	return m
}

// begin makes every series with the value 0: the rate of a series that begins with
// its first event does not show that event.
func (m *metrics) begin() {
	for kind := range timeouts {
		for _, action := range actions {
			m.runs.WithLabelValues(string(kind), string(action))
		}
		for code := range onboarding.FailureCodes() {
			m.failures.WithLabelValues(string(kind), string(code))
		}
	}
	for _, result := range []string{resultReplaced, resultRetired, resultFailed} {
		m.recoveries.WithLabelValues(result)
	}
	for _, result := range []string{"ok", "error"} {
		m.beats.WithLabelValues(result)
	}
}
