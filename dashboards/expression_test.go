package dashboards_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/alwrity/onboarding/dashboards"
)

// functions are those that the dashboards use.
var functions = []string{"sum", "min", "max", "topk", "rate", "increase", "histogram_quantile", "time"}

// windows are those of a panel: that of its resolution, and all that is shown.
var windows = []string{"$__rate_interval", "$__range"}

// check tells what is misspelt in an expression of a panel or does not fit the metrics.
func check(metrics recorder, expr string) error {
	if err := balanced(expr); err != nil {
		return err
	}
	e := dashboards.Parse(expr)
	for _, function := range e.Functions {
		if !slices.Contains(functions, function) {
			return fmt.Errorf("function %s", function)
		}
	}
	if len(e.Selectors) == 0 {
		return errors.New("it names no metric")
	}
	known := map[string]bool{}
	for _, s := range e.Selectors {
		m, ok := metrics.series(s.Metric)
		if !ok {
			return fmt.Errorf("the code has no metric %s", s.Metric)
		}
		if counts := m.histogram || m.kind == "counter"; counts != slices.Contains(windows, s.Window) {
			return fmt.Errorf("%s: counters are rated over a window of Grafana's, gauges are not", s.Metric)
		}
		for _, label := range s.Labels {
			if !has(m, s.Metric, label) {
				return fmt.Errorf("%s has no label %s", s.Metric, label)
			}
		}
		for _, label := range e.Grouped {
			known[label] = known[label] || has(m, s.Metric, label)
		}
	}
	for _, label := range e.Grouped {
		if !known[label] {
			return fmt.Errorf("no metric of it has the label %s", label)
		}
	}
	return nil
}

func has(m metric, series, label string) bool {
	return m.labels[label] || label == "le" && strings.HasSuffix(series, "_bucket")
}

func balanced(expr string) error {
	closers := map[rune]rune{'(': ')', '[': ']', '{': '}'}
	var open []rune
	quoted := false
	for i, r := range expr {
		switch {
		case r == '"' && (i == 0 || expr[i-1] != '\\'):
			quoted = !quoted
		case quoted:
		case closers[r] != 0:
			open = append(open, closers[r])
		case strings.ContainsRune(`)]}`, r):
			if len(open) == 0 || open[len(open)-1] != r {
				return fmt.Errorf("%c closes nothing", r)
			}
			open = open[:len(open)-1]
		}
	}
	switch {
	case quoted:
		return errors.New("a quote is not closed")
	case len(open) > 0:
		return fmt.Errorf("%c is missing", open[len(open)-1])
	}
	return nil
}

func TestParse(t *testing.T) {
	t.Parallel()
	e := dashboards.Parse(
		`2 * sum by (code, job) (rate(a_total{path=~"x(.*\"", code!=""}[$__rate_interval] offset 5m)) / on (job) group_left (process) info > bool 1 and time() - b`,
	)
	assert.Equal(t, dashboards.Expression{
		Selectors: []dashboards.Selector{
			{
				Metric: "a_total", Labels: []string{"path", "code"}, Text: `a_total{path=~"x(.*\"",code!=""}`,
				Window: "$__rate_interval",
			},
			{Metric: "info", Text: "info"},
			{Metric: "b", Text: "b"},
		},
		Grouped: []string{"code", "job", "job", "process"}, Functions: []string{"sum", "rate", "time"},
	}, e)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	metrics := recorder{found: map[string]metric{
		"a":       {kind: "gauge", labels: map[string]bool{"b": true}},
		"a_total": {kind: "counter", labels: map[string]bool{"b": true}},
	}}
	assert.NoError(t, check(metrics, `sum by (b) (rate(a_total{b="("}[$__rate_interval])) / max by (b) (a)`))
	for expr, want := range map[string]string{
		`sum(a`:                           ") is missing",
		`sum(a))`:                         ") closes nothing",
		`sum(a{b="c")`:                    ") closes nothing",
		`a{b="c}`:                         "a quote is not closed",
		`summ(a)`:                         "function summ",
		`time()`:                          "it names no metric",
		`sum(c)`:                          "the code has no metric c",
		`sum(a_total)`:                    "a_total: counters are rated",
		`rate(a[$__rate_interval])`:       "a: counters are rated over a window of Grafana's, gauges are not",
		`rate(a_total[5m])`:               "a_total: counters are rated",
		`a{c="d"}`:                        "a has no label c",
		`sum by (c) (a)`:                  "no metric of it has the label c",
		`rate(a_total[$__range]) + a{c=}`: "a has no label c",
	} {
		assert.ErrorContains(t, check(metrics, expr), want, expr)
	}
}
