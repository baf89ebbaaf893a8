package dashboards_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// expression is what stands in a PromQL expression, as far as the dashboard's
// expressions go.
type expression struct {
	metrics []string
	// selected are the labels in braces, grouped those in by (…) and the like.
	selected, grouped []string
}

var (
	quoted   = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	grouping = regexp.MustCompile(`\b(?:by|on|group_left)\s*\(([^()]*)\)`)
	selector = regexp.MustCompile(`\{([^{}]*)\}`)
	window   = regexp.MustCompile(`\[[^\]]*\]`)
	name     = regexp.MustCompile(`\b[a-zA-Z_:][a-zA-Z0-9_:]*\s*\(?`)
	rated    = regexp.MustCompile(`rate\((\w+)(?:\{[^{}]*\})?\[\$__rate_interval\]\)`)
)

// functions are those that the dashboard uses.
var functions = []string{"sum", "rate", "histogram_quantile"}

// parse takes an expression apart. It is no PromQL parser: it finds what is
// misspelt or out of balance.
func parse(expr string) (expression, error) {
	var e expression
	if err := balanced(quoted.ReplaceAllString(expr, "")); err != nil {
		return e, err
	}
	bare := quoted.ReplaceAllString(expr, `""`)
	ratedNames := rated.FindAllStringSubmatch(bare, -1)
	bare = grouping.ReplaceAllStringFunc(bare, func(s string) string {
		e.grouped = append(e.grouped, word.FindAllString(grouping.FindStringSubmatch(s)[1], -1)...)
		return " "
	})
	bare = selector.ReplaceAllStringFunc(bare, func(s string) string {
		e.selected = append(e.selected, word.FindAllString(s, -1)...)
		return ""
	})
	if windows := len(window.FindAllString(bare, -1)); windows != len(ratedNames) {
		return e, fmt.Errorf("%d windows, but %d rates over $__rate_interval", windows, len(ratedNames))
	}
	for _, found := range name.FindAllString(window.ReplaceAllString(bare, ""), -1) {
		function, called := strings.CutSuffix(found, "(")
		switch function = strings.TrimSpace(function); {
		case !called:
			e.metrics = append(e.metrics, function)
		case !slices.Contains(functions, function):
			return e, fmt.Errorf("function %s", function)
		}
	}
	for _, metric := range e.metrics {
		isRated := slices.ContainsFunc(ratedNames, func(match []string) bool { return match[1] == metric })
		if counts := strings.HasSuffix(metric, "_total") || strings.HasSuffix(metric, "_bucket"); counts != isRated {
			return e, fmt.Errorf("%s: counters are rated, gauges are not", metric)
		}
	}
	return e, nil
}

func balanced(expr string) error {
	closers := map[rune]rune{'(': ')', '[': ']', '{': '}'}
	var open []rune
	for _, r := range expr {
		switch {
		case closers[r] != 0:
			open = append(open, closers[r])
		case strings.ContainsRune(`)]}`, r):
			if len(open) == 0 || open[len(open)-1] != r {
				return fmt.Errorf("%c closes nothing", r)
			}
			open = open[:len(open)-1]
		case r == '"':
			return fmt.Errorf("a quote is not closed")
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%c is missing", open[len(open)-1])
	}
	return nil
}

func TestParse(t *testing.T) {
	t.Parallel()
	e, err := parse(`2 * sum by (code, job) (rate(a_total{path=~"x(.*\"",code!=""}[$__rate_interval])) / on (job) group_left (process) info`)
	assert.NoError(t, err)
	assert.Equal(t, expression{
		metrics: []string{"a_total", "info"}, selected: []string{"path", "code"},
		grouped: []string{"code", "job", "job", "process"},
	}, e)
	for expr, want := range map[string]string{
		`sum(a`:                     ") is missing",
		`sum(a))`:                   ") closes nothing",
		`sum(a{b="c")`:              ") closes nothing",
		`a{b="c}`:                   "a quote is not closed",
		`summ(a)`:                   "function summ",
		`sum(a_total)`:              "a_total: counters are rated",
		`rate(a[$__rate_interval])`: "a: counters are rated, gauges are not",
		`rate(a_total[5m])`:         "1 windows, but 0 rates",
		`rate(a_total)`:             "a_total: counters are rated",
		`rate(a_total[$__rate_interval]) + b_total`: "b_total: counters are rated",
	} {
		_, err := parse(expr)
		assert.ErrorContains(t, err, want, expr)
	}
}
