package metric_test

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/metric"
)

type result string

func TestSeriesExistFromTheStart(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	metric.Counters(reg, "calls_total", "Calls.", metric.By("to", "a", "b"), metric.By[result]("result", "ok", "error"))
	metric.Gauge(reg, "open", "Open.")
	metric.Histograms(reg, "seconds", "Time.", []float64{1}, metric.By("of", "x"))
	metric.Counters(reg, "later_total", "Later.", metric.By("to", "a"), metric.By[string]("code"))
	require.NoError(t, testutil.GatherAndCompare(reg, strings.NewReader(`# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{result="error",to="a"} 0
calls_total{result="ok",to="a"} 0
calls_total{result="error",to="b"} 0
calls_total{result="ok",to="b"} 0
# HELP open Open.
# TYPE open gauge
open 0
# HELP seconds Time.
# TYPE seconds histogram
seconds_bucket{of="x",le="1"} 0
seconds_bucket{of="x",le="+Inf"} 0
seconds_sum{of="x"} 0
seconds_count{of="x"} 0
`)))
	assert.Panics(t, func() { metric.Counter(reg, "open", "Another.") }, "two metrics of one name")
}
