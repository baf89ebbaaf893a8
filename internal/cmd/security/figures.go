package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// figures are sums by name.
type figures map[string]int

// bound is what holds for a figure.
type bound struct {
	name string
	ok   func(n int) bool
}

// told are the figures of the last line, in its order.
var told = []bound{
	{"routes", some},
	{"tries", some},
	{"leaks", none},
	{"ssrf_cases", some},
	{"reached", none},
	{"canary_hits", none},
	{"hostile_pages", func(n int) bool { return n >= hostilePages }},
	{"executed", none},
	{"tables", some},
	{"unfenced", none},
}

// hostilePages is how many pages are tried at least.
const hostilePages = 30

func some(n int) bool { return n > 0 }
func none(n int) bool { return n == 0 }

var figure = regexp.MustCompile(`([a-z_]+)=(\d+)`)

// add adds the figures of a line that a test logged; other lines hold none.
func (f figures) add(line string) {
	_, list, found := strings.Cut(line, marker)
	if !found {
		return
	}
	for _, pair := range figure.FindAllStringSubmatch(list, -1) {
		n, _ := strconv.Atoi(pair[2]) // digits only
		f[pair[1]] += n
	}
}

// line is the last line of the output.
func (f figures) line() string {
	text := "security:"
	for _, figure := range told {
		text += fmt.Sprintf(" %s=%d", figure.name, f[figure.name])
	}
	return text
}

// missed lists the figures that no test has told, that are not what they must be, or that nobody knows.
func (f figures) missed() (missed []string) {
	for _, figure := range told {
		n, there := f[figure.name]
		switch {
		case !there:
			missed = append(missed, figure.name+" was not counted")
		case !figure.ok(n):
			missed = append(missed, fmt.Sprintf("%s=%d", figure.name, n))
		}
	}
	for name := range f {
		if !slices.ContainsFunc(told, func(b bound) bool { return b.name == name }) {
			missed = append(missed, name+" is not known")
		}
	}
	slices.Sort(missed)
	return missed
}
