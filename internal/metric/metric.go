// Package metric makes and registers metrics whose series exist from the start with the value 0:
// the rate of a series that begins with its first event does not show that event.
package metric

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// Label is a label of a metric and the values that it is known to have.
type Label struct {
	name   string
	values []string
}

// By returns a label. A metric has a series for each combination of the values of its labels, so
// that it begins without series if one of them has no values.
func By[T ~string](name string, values ...T) Label {
	label := Label{name: name}
	for _, value := range values {
		label.values = append(label.values, string(value))
	}
	return label
}

// Counters registers a counter with labels.
func Counters(reg prometheus.Registerer, name, help string, labels ...Label) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, names(labels))
	register(reg, vec, labels, func(values ...string) { vec.WithLabelValues(values...) })
	return vec
}

// Counter registers a counter.
func Counter(reg prometheus.Registerer, name, help string) prometheus.Counter {
	return Counters(reg, name, help).WithLabelValues()
}

// Gauges registers a gauge with labels.
func Gauges(reg prometheus.Registerer, name, help string, labels ...Label) *prometheus.GaugeVec {
	vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, names(labels))
	register(reg, vec, labels, func(values ...string) { vec.WithLabelValues(values...) })
	return vec
}

// Gauge registers a gauge.
func Gauge(reg prometheus.Registerer, name, help string) prometheus.Gauge {
	return Gauges(reg, name, help).WithLabelValues()
}

// Histograms registers a histogram with labels. Buckets are its upper bounds.
func Histograms(
	reg prometheus.Registerer, name, help string, buckets []float64, labels ...Label,
) *prometheus.HistogramVec {
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, names(labels))
	register(reg, vec, labels, func(values ...string) { vec.WithLabelValues(values...) })
	return vec
}

// Histogram registers a histogram.
func Histogram(reg prometheus.Registerer, name, help string, buckets []float64) prometheus.Observer {
	return Histograms(reg, name, help, buckets).WithLabelValues()
}

func names(labels []Label) []string {
	var all []string
	for _, label := range labels {
		all = append(all, label.name)
	}
	return all
}

func register(reg prometheus.Registerer, vec prometheus.Collector, labels []Label, begin func(values ...string)) {
	reg.MustRegister(vec)
	combine(labels, nil, begin)
}

// combine calls begin with each combination of the values of labels, after those of former ones.
func combine(labels []Label, former []string, begin func(values ...string)) {
	if len(labels) == 0 {
		begin(former...)
		return
	}
	for _, value := range labels[0].values {
		combine(labels[1:], append(slices.Clip(former), value), begin)
	}
}
