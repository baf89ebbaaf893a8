package edge

import (
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/metric"
)

// unmatched is the route label of requests without a route, so that scanners can't create labels.
const unmatched = "unmatched"

type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
	panics   prometheus.Counter
	// waits are the operations that wait for work, by method and route.
	waits map[string]bool
}

func newMetrics(reg prometheus.Registerer) *metrics {
	return &metrics{
		waits: map[string]bool{},
		requests: metric.Counters(reg, "onboarding_http_requests_total",
			"Requests by method, route pattern, status and problem code.",
			metric.By[string]("method"), metric.By[string]("route"), metric.By[string]("status"), metric.By[string]("code")),
		seconds: metric.Histograms(reg, "onboarding_http_request_seconds",
			"Time to respond, by method, route pattern, whether the operation waits for work first, and class of status.",
			[]float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60},
			metric.By[string]("method"), metric.By[string]("route"), metric.By[string]("waits"), metric.By[string]("class")),
		running: metric.Gauge(reg, "onboarding_http_running_requests", "Running requests."),
		panics:  metric.Counter(reg, "onboarding_http_panics_total", "Requests whose handler panicked."),
	}
}

// begin creates the series of an operation that changes something with the value 0: their objectives
// are ratios of rates, which miss the first event of a series.
func (m *metrics) begin(method, route string) {
	if method == http.MethodGet {
		return
	}
	for _, class := range []string{"2xx", "4xx", "5xx"} {
		m.seconds.WithLabelValues(method, route, yesNo(m.waits[method+" "+route]), class)
	}
}

// observe counts a response and its time.
func (m *metrics) observe(c *fiber.Ctx, route string, p *Problem, took time.Duration) {
	method, status := c.Method(), c.Response().StatusCode()
	m.count(method, route, status, p)
	class := strconv.Itoa(status/100) + "xx"
	m.seconds.WithLabelValues(method, route, yesNo(m.waits[method+" "+route]), class).Observe(took.Seconds())
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func (m *metrics) count(method, route string, status int, p *Problem) {
	code := ""
	if p != nil {
		code = p.Code
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status), code).Inc()
}

// waitingRoutes returns the operations that may take longer than others because they
// wait for work, by method and pattern of the route.
func waitingRoutes(document *huma.OpenAPI) map[string]bool {
	waiting := map[string]bool{}
	for path, item := range document.Paths {
		for _, operation := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if operation != nil && operation.Metadata[deadline] != nil {
				waiting[operation.Method+" "+pathParameter.ReplaceAllString(path, ":$1")] = true
			}
		}
	}
	return waiting
}

// pathParameter is a parameter as OpenAPI writes it.
var pathParameter = regexp.MustCompile(`\{(\w+)\}`)
