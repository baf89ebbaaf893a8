package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/alwrity/onboarding/internal/bulk"
	"github.com/alwrity/onboarding/internal/metric"
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

// Reasons of a snooze.
const (
	snoozeRateLimit = "rate_limit"
	snoozeOutage    = "outage" // of the database
)

func newMetrics(reg prometheus.Registerer) *metrics {
	var kinds []string
	for _, info := range onboarding.Kinds() {
		kinds = append(kinds, string(info.Kind))
	}
	all, ofWork := metric.By("kind", append(kinds, detachedKinds...)...), metric.By("kind", kinds...)
	return &metrics{
		runs: metric.Counters(reg, "onboarding_job_runs_total",
			"Runs of jobs by kind and what was done after them.", all, metric.By("outcome", actions...)),
		runSeconds: metric.Histograms(reg, "onboarding_job_run_seconds",
			"Time of one run of a job, its completion transaction included.",
			[]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300}, all),
		completionSeconds: metric.Histograms(reg, "onboarding_job_completion_seconds",
			"Time of the transaction that writes the final outcome of a submission and ends its job.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}, ofWork),
		queueWait: metric.Histograms(reg, "onboarding_job_queue_wait_seconds",
			"Time from when a job could start to when it did, by kind and queue.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300},
			all, metric.By("queue", queue.Names...)),
		attempts: metric.Histograms(reg, "onboarding_submission_attempts",
			"Attempts that a submission took until its final outcome, by kind; those of lost workers count only if they failed.",
			[]float64{1, 2, 3, 4}, ofWork),
		snoozed: metric.Counters(reg, "onboarding_job_snoozed_seconds_total",
			"Time for which jobs were postponed, by kind and reason: rate_limit of a website or a provider, or outage of "+
				"the database.",
			ofWork, metric.By("reason", snoozeRateLimit, snoozeOutage)),
		lastSuccess: metric.Gauges(reg, "onboarding_job_last_success_timestamp_seconds",
			"When this worker last completed a job of the kind, as Unix time; 0 before the first since its start.", all),
		running: metric.Gauge(reg, "onboarding_running_jobs", "Jobs that this worker runs now."),
		beats: metric.Counters(reg, "onboarding_worker_beats_total",
			"Heartbeats of this worker by result.", metric.By("result", "ok", "error")),
	}
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
	_, snoozed := errors.AsType[*river.JobSnoozeError](err)
	switch {
	case err == nil:
		return actionComplete
	case snoozed:
		return actionSnooze
	case errors.Is(context.Cause(ctx), context.Canceled):
		return actionInterrupt
	case job.Attempt >= job.MaxAttempts:
		return actionFail
	}
	return actionRetry
}
