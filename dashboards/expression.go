package dashboards

import (
	"regexp"
	"slices"
	"strings"
)

// Selector is a part of a PromQL expression that names series.
type Selector struct {
	// Metric is the name of the series.
	Metric string
	// Labels are the labels that it chooses by.
	Labels []string
	// Text is the selector as it is written, without a window.
	Text string
	// Window is the time that it reaches back, "" for the newest value.
	Window string
}

// Expression is what a PromQL expression names. It is no parser of PromQL, which the
// server is: it finds the names.
type Expression struct {
	Selectors []Selector
	// Grouped are the labels in by (…), on (…) and the like.
	Grouped []string
	// Functions are the functions and aggregations that are called.
	Functions []string
}

var (
	token = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[0-9][0-9a-zA-Z.]*|[a-zA-Z_:][a-zA-Z0-9_:]*|\S`)
	name  = regexp.MustCompile(`^[a-zA-Z_:]`)
	label = regexp.MustCompile(`^[a-zA-Z_]\w*$`)
)

// The words of PromQL that are followed by labels, by an expression, and those that call
// an aggregation even where its labels come first.
var (
	groupings    = []string{"by", "without", "on", "ignoring", "group_left", "group_right"}
	operators    = []string{"and", "or", "unless", "bool", "offset", "inf", "nan"}
	aggregations = []string{"sum", "min", "max", "avg", "count", "topk", "bottomk", "quantile", "stddev", "group"}
)

// Parse returns what an expression names.
func Parse(expr string) Expression {
	var e Expression
	tokens := token.FindAllString(expr, -1)
	for i := 0; i < len(tokens); i++ {
		next := ""
		if i+1 < len(tokens) {
			next = tokens[i+1]
		}
		switch word := tokens[i]; {
		case !name.MatchString(word), slices.Contains(operators, strings.ToLower(word)):
		case slices.Contains(groupings, word):
			if next == "(" {
				end := until(tokens, i+1, ")")
				e.Grouped = append(e.Grouped, labels(tokens[i+2:end])...)
				i = end
			}
		case next == "(" || slices.Contains(aggregations, word):
			e.Functions = append(e.Functions, word)
		default:
			s := Selector{Metric: word, Text: word}
			if next == "{" {
				end := until(tokens, i+1, "}")
				s.Labels, s.Text = labels(tokens[i+2:end]), word+strings.Join(tokens[i+1:min(end+1, len(tokens))], "")
				i = end
			}
			if i+1 < len(tokens) && strings.HasPrefix(tokens[i+1], "[") {
				i++
				s.Window = strings.Trim(tokens[i], "[]")
			}
			e.Selectors = append(e.Selectors, s)
		}
	}
	return e
}

// until returns the index of the next closing token, or the end.
func until(tokens []string, from int, closing string) int {
	if at := slices.Index(tokens[from:], closing); at >= 0 {
		return from + at
	}
	return len(tokens)
}

func labels(tokens []string) []string {
	return slices.DeleteFunc(slices.Clone(tokens), func(t string) bool { return !label.MatchString(t) })
}
