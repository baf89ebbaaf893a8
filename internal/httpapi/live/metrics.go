package live

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type streamMetrics struct {
	open     *prometheus.GaugeVec
	ended    *prometheus.CounterVec
	events   prometheus.Counter
	delivery prometheus.Histogram
	listenUp prometheus.Gauge
}

func newStreamMetrics(reg prometheus.Registerer) *streamMetrics {
	m := &streamMetrics{
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "onboarding_streams",
			Help: "Open streams of live progress by kind: sse or ws.",
		}, []string{"kind"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_streams_ended_total",
			Help: "Ended streams by why: left, expired, stopping, gone, or slow (the client did not read what was sent).",
		}, []string{"reason"}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "onboarding_stream_events_total",
			Help: "Events sent to streams.",
		}),
		delivery: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "onboarding_stream_delivery_seconds",
			Help:    "Time from a change to its event on an open stream.",
			Buckets: []float64{.0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10},
		}),
		listenUp: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "onboarding_listen_up",
			Help: "1 while the process is notified of changes, 0 while it only polls every 2 seconds.",
		}),
	}
	for _, kind := range []string{kindSSE, kindWS} {
		m.open.WithLabelValues(kind)
	}
	for _, reason := range endReasons {
		m.ended.WithLabelValues(string(reason))
	}
	reg.MustRegister(m.open, m.ended, m.events, m.delivery, m.listenUp)
	return m
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
