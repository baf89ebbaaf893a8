package httpapi

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
)

// unmatched is the route of requests that no route is for, so that scanners
// can't make labels.
const unmatched = "unmatched"

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
	panics   prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_http_requests_total",
			Help: "Answered requests by method, route pattern, status and problem code.",
		}, []string{"method", "route", "status", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "onboarding_http_request_seconds",
			Help:    "Time to answer, by method and route pattern.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
		}, []string{"method", "route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "onboarding_http_running_requests",
			Help: "Requests that are being answered.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "onboarding_http_panics_total",
			Help: "Requests whose handler panicked.",
		}),
	}
	reg.MustRegister(m.requests, m.seconds, m.running, m.panics)
	return m
}

// observe counts an answer and the time that it took.
func (m *metrics) observe(c *fiber.Ctx, route string, p *Problem, took time.Duration) {
	m.count(c.Method(), route, c.Response().StatusCode(), p)
	m.seconds.WithLabelValues(c.Method(), route).Observe(took.Seconds())
}

func (m *metrics) count(method, route string, status int, p *Problem) {
	code := ""
	if p != nil {
		code = p.Code
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status), code).Inc()
}
