package dashboards_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/metrics.md")

const documentPath = "../docs/metrics.md"

const documentHead = `# Metrics

Every metric that the programs make themselves, written from the code by ` + "`make generate`" + `; those of the Go runtime
(` + "`go_*`" + `) and of the process (` + "`process_*`" + `) come with them. Each process serves them at ` + "`/metrics`" + ` on METRICS_ADDR.
Labels have the values that stand here and no others, never ids or what users typed. Where the values are known
beforehand every series begins at 0 with the process. What alerts are made of them stands in
[alerts.yaml](../dashboards/alerts.yaml), what is drawn in [dashboards](../dashboards).

What belongs to no process, the depth of the queues and the state of the database, is published by one worker: the one
that the queue has elected as its leader, every 10 s, with statements that may take 2 s. Another takes over within 20 s
when it goes; ` + "`sum(onboarding_watching)`" + ` is 1. The age of the oldest transaction needs the role ` + "`onboarding_system`" + ` to be a
member of ` + "`pg_read_all_stats`" + `: ` + "`worker migrate`" + ` sees to it where its login may, else an administrator runs
` + "`grant pg_read_all_stats to onboarding_system`" + ` once. Without it that one metric is missing.

| metric | type | unit | of | labels | what |
|---|---|---|---|---|---|
`

// openLabels are the labels whose values are not made beforehand, with what they are.
var openLabels = map[string]string{
	"check":    "the readiness checks of the process",
	"class":    "2xx, 3xx, 4xx, 5xx",
	"code":     "codes of problem documents, \"\" for a good answer",
	"method":   "HTTP methods",
	"pool":     "the pools of the process",
	"process":  "api, worker",
	"queue":    "bulk, interactive",
	"revision": "the commit that was built",
	"route":    "route patterns, or unmatched",
	"state":    "available, pending, retryable, running, scheduled",
	"status":   "HTTP statuses",
	"table":    "the tables that are watched",
	"version":  "the version that was built",
	"waits":    "no, yes",
}

// manyValues are how many values of a label are listed.
const manyValues = 32

func TestMetricsDocumentIsCurrent(t *testing.T) {
	t.Parallel()
	want := document(t, recordMetrics(t))
	if *update {
		require.NoError(t, os.WriteFile(documentPath, []byte(want), 0o600))
		return
	}
	have, err := os.ReadFile(documentPath)
	require.NoError(t, err)
	assert.Equal(t, want, string(have), "run make generate")
}

func document(t *testing.T, metrics recorder) string {
	t.Helper()
	var text strings.Builder
	text.WriteString(documentHead)
	for _, name := range slices.Sorted(maps.Keys(metrics.found)) {
		m := metrics.found[name]
		if !strings.HasPrefix(name, "onboarding_") {
			continue
		}
		assert.NotEmpty(t, m.help, name)
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s | %s | %s |\n",
			name, m.kind, unitOf(name), strings.Join(slices.Sorted(maps.Keys(m.of)), ", "), labelsOf(t, name, m), strings.ReplaceAll(m.help, "|", "\\|"))
	}
	return text.String()
}

// unitOf reads the unit from the name.
func unitOf(name string) string {
	bare := strings.TrimSuffix(name, "_total")
	for suffix, unit := range map[string]string{
		"_timestamp_seconds": "Unix time", "_seconds": "seconds", "_bytes": "bytes", "_dollars": "US dollars",
	} {
		if strings.HasSuffix(bare, suffix) && (suffix != "_seconds" || !strings.HasSuffix(bare, "_timestamp_seconds")) {
			return unit
		}
	}
	return ""
}

func labelsOf(t *testing.T, name string, m metric) string {
	t.Helper()
	var parts []string
	for _, label := range slices.Sorted(maps.Keys(m.labels)) {
		if label == "job" || label == "instance" {
			continue
		}
		values := slices.Sorted(maps.Keys(m.values[label]))
		says, open := openLabels[label]
		switch {
		case open && (len(values) == 0 || label != "code" && label != "queue" && label != "state"):
		case len(values) == 0:
			t.Errorf("%s: no series says what values the label %s has: make them with the metric, or list it in openLabels", name, label)
		case len(values) > manyValues:
			says = fmt.Sprintf("%d values", len(values))
		default:
			says = strings.Join(values, ", ")
		}
		parts = append(parts, fmt.Sprintf("**%s**: %s", label, says))
	}
	return strings.Join(parts, "; ")
}
