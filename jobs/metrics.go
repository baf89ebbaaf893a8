package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/queue"
)

// metrics are the metrics of a worker.
type metrics struct {
	runs              *prometheus.CounterVec
	runSeconds        *prometheus.HistogramVec
	completionSeconds *prometheus.HistogramVec
	queueWait         *prometheus.HistogramVec
	attempts          *prometheus.HistogramVec
	snoozed           *prometheus.CounterVec
	lastSuccess       *prometheus.GaugeVec
	running           prometheus.Gauge
	beats             *prometheus.CounterVec
}

// detachedKinds are the kinds of jobs that belong to no submission.
var detachedKinds = []string{doctorArgs{}.Kind(), bulk.ItemArgs{}.Kind()}

// What a snooze waits for.
const (
	snoozeRateLimit = "rate_limit"
	snoozeOutage    = "outage" // of the database
)

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "onboarding_running_jobs",
			Help: "Jobs that this worker runs now.",
		}),
		beats: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_worker_beats_total",
			Help: "Heartbeats of this worker by result.",
		}, []string{"result"}),
	}
	m.makeRuns()
	m.begin()
	reg.MustRegister(
		m.runs, m.runSeconds, m.completionSeconds, m.queueWait, m.attempts, m.snoozed, m.lastSuccess,
		m.running, m.beats,
	)
	return m
}

// makeRuns creates the metrics of single runs.
func (m *metrics) makeRuns() {
	m.runs = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_job_runs_total",
		Help: "Runs of jobs by kind and what was done after them.",
	}, []string{"kind", "outcome"})
	m.runSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "onboarding_job_run_seconds",
		Help:    "Time of one run of a job, its completion transaction included.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300},
	}, []string{"kind"})
	m.completionSeconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "onboarding_job_completion_seconds",
		Help:    "Time of the transaction that writes the final outcome of a submission and ends its job.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	}, []string{"kind"})
	m.queueWait = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "onboarding_job_queue_wait_seconds",
		Help:    "Time from when a job could start to when it did, by kind and queue.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
	}, []string{"kind", "queue"})
	m.attempts = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "onboarding_submission_attempts",
		Help:    "Attempts that a submission took until its final outcome, by kind; those of lost workers count only if they failed.",
		Buckets: []float64{1, 2, 3, 4},
	}, []string{"kind"})
	m.snoozed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "onboarding_job_snoozed_seconds_total",
		Help: "Time for which jobs were postponed, by kind and reason: rate_limit of a website or a provider, or outage of the database.",
	}, []string{"kind", "reason"})
	m.lastSuccess = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "onboarding_job_last_success_timestamp_seconds",
		Help: "When this worker last completed a job of the kind, as Unix time; 0 before the first since its start.",
	}, []string{"kind"})
}

// begin creates every series with the value 0: the rate of a series that begins with its
// first event does not show that event.
func (m *metrics) begin() {
	for _, info := range onboarding.Kinds() {
		kind := info.Kind
		m.completionSeconds.WithLabelValues(string(kind))
		m.attempts.WithLabelValues(string(kind))
		for _, reason := range []string{snoozeRateLimit, snoozeOutage} {
			m.snoozed.WithLabelValues(string(kind), reason)
		}
		m.queueWait.WithLabelValues(string(kind), queue.Interactive)
		m.beginRuns(string(kind))
	}
	for _, kind := range detachedKinds {
		m.beginRuns(kind)
	}
	for _, result := range []string{"ok", "error"} {
		m.beats.WithLabelValues(result)
	}
}

func (m *metrics) beginRuns(kind string) {
	for _, action := range actions {
		m.runs.WithLabelValues(kind, string(action))
	}
	m.runSeconds.WithLabelValues(kind)
	m.queueWait.WithLabelValues(kind, queue.Bulk)
	m.lastSuccess.WithLabelValues(kind)
}

// ran counts one run of a job.
func (m *metrics) ran(kind string, did action, took time.Duration) {
	m.runs.WithLabelValues(kind, string(did)).Inc()
	m.runSeconds.WithLabelValues(kind).Observe(took.Seconds())
	if did == actionComplete {
		m.lastSuccess.WithLabelValues(kind).SetToCurrentTime()
	}
}

// detachedAction returns what River does after a run of a job that belongs to no submission.
func detachedAction(ctx context.Context, job *rivertype.JobRow, err error) action {
	var snooze *river.JobSnoozeError
	switch {
	case err == nil:
		return actionComplete
	case errors.As(err, &snooze):
		return actionSnooze
	case errors.Is(context.Cause(ctx), context.Canceled):
		return actionInterrupt
	case job.Attempt >= job.MaxAttempts:
		return actionFail
	}
	return actionRetry
}
