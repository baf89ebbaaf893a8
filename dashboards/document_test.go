package dashboards_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/drift"
)

const metricsPage = "../docs/metrics.md"

// openLabels are the labels whose values are not made beforehand.
var openLabels = []string{
	"check", "class", "code", "method", "pool", "process", "queue", "receiver", "revision", "route", "state", "status",
	"table", "version", "waits",
}

func TestMetricsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	drift.Block(t, metricsPage, "metrics", document(t, recordMetrics(t)))
}

// document lists the metrics of each process and of both, each with its labels.
func document(t *testing.T, metrics recorder) string {
	t.Helper()
	lists := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(metrics.found)) {
		if !strings.HasPrefix(name, "onboarding_") {
			continue
		}
		m := metrics.found[name]
		assert.NotEmpty(t, m.help, name)
		of := strings.Join(slices.Sorted(maps.Keys(m.of)), " and ")
		if labels := labelsOf(t, name, m); len(labels) > 0 {
			name += "{" + strings.Join(labels, ",") + "}"
		}
		lists[of] += name + "\n"
	}
	text := ""
	for _, of := range slices.Sorted(maps.Keys(lists)) {
		text += "Of " + of + ":\n\n```\n" + lists[of] + "```\n\n"
	}
	return text
}

// labelsOf returns the labels of a metric, whose values have to be known from the start unless they are open.
func labelsOf(t *testing.T, name string, m metric) (labels []string) {
	t.Helper()
	for _, label := range slices.Sorted(maps.Keys(m.labels)) {
		if label == "job" || label == "instance" {
			continue
		}
		labels = append(labels, label)
		assert.True(t, slices.Contains(openLabels, label) || len(m.values[label]) > 0,
			"%s: no series says what values the label %s has: make them with the metric, or list it in openLabels", name, label)
	}
	return labels
}
