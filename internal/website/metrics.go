package website

import (
	"errors"
	"maps"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
	"github.com/alwrity/onboarding/internal/onboarding"
)

// metrics are the metrics of this package.
type metrics struct {
	pages    *prometheus.CounterVec
	refusals *prometheus.CounterVec
	bytes    prometheus.Counter
	seconds  *prometheus.HistogramVec
}

// The outcomes of pages.
const (
	pageRead        = "read"
	pageDuplicate   = "duplicate"
	pageRefused     = "refused"
	pageRateLimited = "rate_limited"
	pageStopped     = "stopped"
)

func newMetrics(reg prometheus.Registerer) *metrics {
	return &metrics{
		pages: metric.Counters(reg, "onboarding_website_pages_total",
			"Pages that were asked for, by outcome: read, duplicate, refused (see refusals), rate_limited, stopped.",
			metric.By("outcome", pageRead, pageDuplicate, pageRefused, pageRateLimited, pageStopped)),
		refusals: metric.Counters(reg, "onboarding_website_refusals_total",
			"Pages that could not be read, by failure code.",
			metric.By("code", slices.Collect(maps.Keys(onboarding.FailureCodes()))...)),
		bytes: metric.Counter(reg, "onboarding_website_received_bytes_total",
			"Bytes of bodies read from websites, after decompression."),
		seconds: metric.Histograms(reg, "onboarding_website_fetch_seconds",
			"Time from sending a request to the end of the body, by what it was for.",
			[]float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20}, metric.By("for", forPage.name, forRobots.name, forSitemap.name)),
	}
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
