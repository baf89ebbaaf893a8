package live

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
)

type streamMetrics struct {
	open     *prometheus.GaugeVec
	ended    *prometheus.CounterVec
	events   prometheus.Counter
	delivery prometheus.Observer
	listenUp prometheus.Gauge
}

func newStreamMetrics(reg prometheus.Registerer) *streamMetrics {
	return &streamMetrics{
		open: metric.Gauges(reg, "onboarding_streams",
			"Open streams of live progress by kind: sse or ws.", metric.By("kind", kindSSE, kindWS)),
		ended: metric.Counters(reg, "onboarding_streams_ended_total",
			"Ended streams by why: left, expired, stopping, gone, or slow (the client did not read what was sent).",
			metric.By("reason", endReasons...)),
		events: metric.Counter(reg, "onboarding_stream_events_total", "Events sent to streams."),
		delivery: metric.Histogram(reg, "onboarding_stream_delivery_seconds", "Time from a change to its event on an "+
			"open stream.",
			[]float64{.0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10}),
		listenUp: metric.Gauge(reg, "onboarding_listen_up",
			"1 while the process is notified of changes, 0 while it only polls every 2 seconds."),
	}
}

// sent counts events. Changes from before the stream opened are not delivery times.
func (m *streamMetrics) sent(opened time.Time, events []event) {
	for _, e := range events {
		if e.at.After(opened) {
			m.delivery.Observe(time.Since(e.at).Seconds())
		}
	}
	m.events.Add(float64(len(events)))
}
