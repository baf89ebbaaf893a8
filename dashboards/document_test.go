package dashboards_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/internal/drift"
)

const metricsPage = "../docs/metrics.md"

// openLabels are the labels whose values are not made beforehand, with what they are.
var openLabels = map[string]string{
	"check":    "readiness checks",
	"class":    "2xx, 3xx, 4xx, 5xx",
	"code":     "problem codes, \"\" for success",
	"method":   "HTTP methods",
	"pool":     "connection pools",
	"process":  "api, worker",
	"queue":    "bulk, interactive",
	"receiver": "receivers of webhooks",
	"revision": "commit",
	"route":    "route patterns, or unmatched",
	"state":    "available, pending, retryable, running, scheduled",
	"status":   "HTTP statuses",
	"table":    "watched tables",
	"version":  "version",
	"waits":    "no, yes",
}

// manyValues are how many values of a label are listed.
const manyValues = 32

func TestMetricsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	drift.Block(t, metricsPage, "metrics", document(t, recordMetrics(t)))
}

// shared are the sets of label values that more than one metric has, by their text. The
// page lists each once, under its number.
type shared map[string]int

// longValues is the length from which a set that stands twice gets a number.
const longValues = 40

func document(t *testing.T, metrics recorder) string {
	t.Helper()
	var ours []string
	uses := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(metrics.found)) {
		if !strings.HasPrefix(name, "onboarding_") {
			continue
		}
		ours = append(ours, name)
		for _, values := range labelsOf(t, name, metrics.found[name]) {
			uses[values]++
		}
	}
	sets := shared{}
	for _, values := range slices.Sorted(maps.Keys(uses)) {
		if uses[values] > 1 && len(values) > longValues {
			sets[values] = len(sets) + 1
		}
	}
	var text strings.Builder
	text.WriteString(drift.Head("metric", "type, process", "what and labels"))
	for _, name := range ours {
		m := metrics.found[name]
		assert.NotEmpty(t, m.help, name)
		text.WriteString(drift.Row("`"+name+"`", m.kind+", "+strings.Join(slices.Sorted(maps.Keys(m.of)), ", "), what(m.help)+
			sets.cell(labelsOf(t, name, m))))
	}
	text.WriteString("\n" + drift.Head("set", "values"))
	for _, values := range slices.SortedFunc(maps.Keys(sets), func(a, b string) int { return sets[a] - sets[b] }) {
		text.WriteString(drift.Row(fmt.Sprintf("[%d]", sets[values]), values))
	}
	return text.String()
}

// byLabels is the end of a help text that names the labels, which follow.
var byLabels = regexp.MustCompile(`,? by [^,;]+(?:: [^;]+)?$`)

// what is the help of a metric without the names of its labels.
func what(help string) string {
	return byLabels.ReplaceAllString(strings.TrimSuffix(help, "."), "") + "."
}

// cell renders the labels of a metric.
func (s shared) cell(labels map[string]string) string {
	parts := []string{""}
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		values := labels[label]
		if number := s[values]; number > 0 {
			values = fmt.Sprintf("[%d]", number)
		}
		parts = append(parts, fmt.Sprintf("**%s**: %s.", label, values))
	}
	return strings.Join(parts, " ")
}

// labelsOf returns the values of each label of a metric, as the page shows them.
func labelsOf(t *testing.T, name string, m metric) map[string]string {
	t.Helper()
	cells := map[string]string{}
	for _, label := range slices.Sorted(maps.Keys(m.labels)) {
		if label == "job" || label == "instance" {
			continue
		}
		values := slices.Sorted(maps.Keys(m.values[label]))
		says, open := openLabels[label]
		switch {
		case open && (len(values) == 0 || label != "code" && label != "queue" && label != "state"):
		case len(values) == 0:
			t.Errorf("%s: no series says what values the label %s has: make them with the metric, or list it in openLabels",
				name, label)
		case len(values) > manyValues:
			says = fmt.Sprintf("%d values", len(values))
		default:
			says = strings.Join(values, ", ")
		}
		cells[label] = says
	}
	return cells
}
