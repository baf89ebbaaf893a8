package dashboards_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/httpapi"
	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/httpapi/wizard"
	"github.com/alwrity/onboarding/internal/llm"
	"github.com/alwrity/onboarding/internal/ops"
	"github.com/alwrity/onboarding/internal/persona"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/style"
	"github.com/alwrity/onboarding/internal/style/question"
	"github.com/alwrity/onboarding/internal/webhook"
	"github.com/alwrity/onboarding/internal/website"
	"github.com/alwrity/onboarding/jobs"
)

// noDatabase is never connected to: pools are opened when they are first used.
const noDatabase = "postgres://nobody@127.0.0.1:1/none"

// metric is what is known of a metric.
type metric struct {
	help, kind string
	labels     map[string]bool
	histogram  bool
	// of are the programs that have it.
	of map[string]bool
	// values are those of each label in the series that exist from the start.
	values map[string]map[string]bool
}

// recorder is a prometheus.Registerer of one program that notes what is registered. It
// asks for descriptions because gathering leaves out whatever has no series yet.
type recorder struct {
	program string
	found   map[string]metric
	// all are the collectors of all programs, which are read when everything is made.
	all *[]prometheus.Collector
}

// The name, the help, the fixed labels and the other labels in a printed description.
var (
	descName        = regexp.MustCompile(`fqName: "([^"]+)"`)
	descHelp        = regexp.MustCompile(`help: "((?:[^"\\]|\\.)*)"`)
	descFixedLabels = regexp.MustCompile(`constLabels: \{(.*)\}, variableLabels`)
	descLabels      = regexp.MustCompile(`variableLabels: \{(.*)\}\}$`)
	fixedLabel      = regexp.MustCompile(`(\w+)="`)
	word            = regexp.MustCompile(`\w+`)
)

func (r recorder) Register(c prometheus.Collector) error {
	kind := kindOf(c)
	descs := make(chan *prometheus.Desc)
	go func() {
		defer close(descs)
		c.Describe(descs)
	}()
	for desc := range descs {
		r.note(desc.String(), kind)
	}
	if kind != "runtime" {
		*r.all = append(*r.all, c)
	}
	return nil
}

// kindOf returns the type of what a collector makes; a collector of many metrics says it
// by their names.
func kindOf(c prometheus.Collector) string {
	switch c.(type) {
	case *prometheus.CounterVec, prometheus.Counter:
		if _, gauge := c.(prometheus.Gauge); gauge {
			return "gauge"
		}
		return "counter"
	case *prometheus.GaugeVec:
		return "gauge"
	case *prometheus.HistogramVec, prometheus.Observer:
		return "histogram"
	case *prometheus.Registry:
		return "runtime"
	}
	return ""
}

func (r recorder) note(desc, kind string) {
	name := descName.FindStringSubmatch(desc)[1]
	m, known := r.found[name]
	if !known {
		help, _ := strconv.Unquote(`"` + descHelp.FindStringSubmatch(desc)[1] + `"`)
		m = metric{
			help: help, of: map[string]bool{}, values: map[string]map[string]bool{},
			labels: map[string]bool{"job": true, "instance": true}, // these the scrape adds
		}
	}
	switch {
	case kind != "" && kind != "runtime":
		m.kind = kind
	case strings.HasSuffix(name, "_total"):
		m.kind = "counter"
	default:
		m.kind = "gauge"
	}
	m.histogram = m.kind == "histogram"
	m.of[r.program] = true
	for _, label := range fixedLabel.FindAllStringSubmatch(descFixedLabels.FindStringSubmatch(desc)[1], -1) {
		m.labels[label[1]] = true
	}
	for _, label := range word.FindAllString(descLabels.FindStringSubmatch(desc)[1], -1) {
		m.labels[label] = true
	}
	r.found[name] = m
}

// noteValues notes the labels of the series that a collector has already.
func (r recorder) noteValues(c prometheus.Collector) {
	alone := prometheus.NewRegistry()
	alone.MustRegister(c)
	families, _ := alone.Gather() // what can't be read yet has no series
	for _, family := range families {
		for _, series := range family.GetMetric() {
			for _, label := range series.GetLabel() {
				values := r.found[family.GetName()].values
				if values[label.GetName()] == nil {
					values[label.GetName()] = map[string]bool{}
				}
				values[label.GetName()][label.GetValue()] = true
			}
		}
	}
}

func (r recorder) MustRegister(all ...prometheus.Collector) {
	for _, c := range all {
		_ = r.Register(c)
	}
}

func (recorder) Unregister(prometheus.Collector) bool { return false }

// series returns the metric that a name in an expression belongs to.
func (r recorder) series(name string) (metric, bool) {
	if m, ok := r.found[name]; ok {
		return m, !m.histogram // a histogram has no series of its own name
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if m, ok := r.found[strings.TrimSuffix(name, suffix)]; ok && m.histogram {
			return m, true
		}
	}
	return metric{}, false
}

// nameOf returns the name of the metric that a series belongs to.
func (r recorder) nameOf(series string) string {
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if base := strings.TrimSuffix(series, suffix); r.found[base].histogram {
			return base
		}
	}
	return series
}

// recordMetrics makes what the api and the worker are made of, and returns what
// these register.
func recordMetrics(t *testing.T) recorder {
	t.Helper()
	api := recorder{program: "api", found: map[string]metric{}, all: new([]prometheus.Collector)}
	worker := recorder{program: "worker", found: api.found, all: api.all}
	log := slog.New(slog.DiscardHandler)
	for _, r := range []recorder{api, worker} {
		r.MustRegister(ops.NewRegistry(r.program))
	}
	ops.NewHealth(worker, log)
	makeAPI(t, api, ops.NewHealth(api, log), log)
	makeWorker(t, worker, log)
	for _, c := range *api.all {
		api.noteValues(c)
	}
	return api
}

func makeAPI(t *testing.T, r recorder, health *ops.Health, log *slog.Logger) {
	t.Helper()
	issuer := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(issuer.Close)
	verifier, err := auth.NewVerifier(t.Context(),
		auth.Settings{Issuer: "https://issuer.example", JWKSURL: issuer.URL}, r, log)
	require.NoError(t, err)
	pool, err := postgres.OpenPool(t.Context(), postgres.PoolConfig{
		Server: postgres.Server{URL: noDatabase}, Role: postgres.RoleApp, Name: "api", Registry: r,
	})
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	postgres.NewReplica(pool, nil, r)
	submitter, err := flow.NewSubmitter(pool, pool, r, log)
	require.NoError(t, err)
	_, err = httpapi.New(httpapi.Config{
		Edge:   edge.Config{Verifier: verifier, Metrics: r, Log: log, BodyLimit: 1 << 10, RequestTimeout: time.Second},
		Wizard: wizard.Config{Pool: pool, Submitter: submitter},
		Health: health,
	})
	require.NoError(t, err)
}

// modelAnalyzer is the analyzer of a worker.
type modelAnalyzer struct {
	*style.Analyzer
	*question.Prompter
}

func makeWorker(t *testing.T, r recorder, log *slog.Logger) {
	t.Helper()
	crawler := website.New(nil, r, log)
	analyzer, err := style.New(r, style.Config{Brand: true})
	require.NoError(t, err)
	models, err := llm.New(llm.Config{Transport: website.NewTransport(nil)}, r)
	require.NoError(t, err)
	worker, err := jobs.NewWorker(t.Context(), jobs.WorkerConfig{
		Database: postgres.Server{URL: noDatabase}, DatabaseConns: 1, InteractiveSlots: 1, NetworkSlots: 1, BulkSlots: 1, Grace: time.Second,
		Crawler: crawler, Analyzer: modelAnalyzer{analyzer, question.New(analyzer)}, Personas: persona.New(r), Models: models,
		Webhooks: webhook.Config{Receivers: []webhook.Receiver{{Name: "crm"}}},
		Registry: r, Log: log,
	})
	require.NoError(t, err)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, worker.Run(stopped), "it closes the pools")
}

var metricInSource = regexp.MustCompile(`Name:\s+"(onboarding_[a-z_]+)"`)

// metricsInSource returns the names of metrics that stand in the module's code, by
// file. It keeps recordMetrics from missing a component.
func metricsInSource(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != ".." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		source, err := os.ReadFile(path)
		for _, match := range metricInSource.FindAllSubmatch(source, -1) {
			found[string(match[1])] = path
		}
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}
