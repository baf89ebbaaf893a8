package website

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/onboarding"
)

// metrics are the metrics of this package.
type metrics struct {
	pages    *prometheus.CounterVec
	refusals *prometheus.CounterVec
	bytes    prometheus.Counter
	seconds  *prometheus.HistogramVec
}

// The purposes of requests, and the outcomes of pages.
const (
	forPage    = "page"
	forRobots  = "robots"
	forSitemap = "sitemap"

	pageRead        = "read"
	pageDuplicate   = "duplicate"
	pageRefused     = "refused"
	pageRateLimited = "rate_limited"
	pageStopped     = "stopped"
)

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		pages: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_website_pages_total",
			Help: "Pages that were asked for, by outcome: read, duplicate, refused (see refusals), rate_limited, stopped.",
		}, []string{"outcome"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "onboarding_website_refusals_total",
			Help: "Pages that could not be read, by failure code.",
		}, []string{"code"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "onboarding_website_received_bytes_total",
			Help: "Bytes of bodies read from websites, after decompression.",
		}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "onboarding_website_fetch_seconds",
			Help:    "Time from sending a request to the end of the body, by what it was for.",
			Buckets: []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20},
		}, []string{"for"}),
	}
	for _, c := range []prometheus.Collector{m.pages, m.refusals, m.bytes, m.seconds} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register website metrics: %w", err)
		}
	}
	for _, outcome := range []string{pageRead, pageDuplicate, pageRefused, pageRateLimited, pageStopped} {
		m.pages.WithLabelValues(outcome)
	}
	for _, purpose := range []string{forPage, forRobots, forSitemap} {
		m.seconds.WithLabelValues(purpose)
	}
	for code := range onboarding.FailureCodes() {
		m.refusals.WithLabelValues(string(code))
	}
	return m, nil
}

// count counts the outcome of reading a page.
func (m *metrics) count(err error) {
	var failure *onboarding.Failure
	var limit *onboarding.RateLimitError
	switch {
	case err == nil:
		m.pages.WithLabelValues(pageRead).Inc()
	case errors.As(err, &failure):
		m.pages.WithLabelValues(pageRefused).Inc()
		m.refusals.WithLabelValues(string(failure.Code)).Inc()
	case errors.As(err, &limit):
		m.pages.WithLabelValues(pageRateLimited).Inc()
	default:
		m.pages.WithLabelValues(pageStopped).Inc()
	}
}
