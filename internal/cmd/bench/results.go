package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"time"
)

// results are what a run writes.
type results struct {
	At      time.Time  `json:"at"`
	Seconds float64    `json:"seconds"`
	Rounds  int        `json:"rounds"`
	Scale   int        `json:"scale"`
	Machine machine    `json:"machine"`
	Figures []measured `json:"figures"`
}

// machine is what was measured on, and how busy it was with something else before.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	Memory string `json:"memory"`
	Kernel string `json:"kernel"`
	Load   string `json:"load_before"`
	Go     string `json:"go"`
}

func thisMachine() machine {
	read := func(path, pattern string) string {
		content, _ := os.ReadFile(path)
		if found := regexp.MustCompile(pattern).FindSubmatch(content); found != nil {
			return string(bytes.TrimSpace(found[1]))
		}
		return "unknown"
	}
	return machine{
		CPU: read("/proc/cpuinfo", `model name\s*: (.*)`), Cores: runtime.NumCPU(),
		Memory: read("/proc/meminfo", `MemTotal:\s*(.*)`), Kernel: read("/proc/version", `version (\S+)`),
		Load: read("/proc/loadavg", `^(\S+ \S+ \S+)`), Go: runtime.Version(),
	}
}

// write writes the results as JSON to one file and as a chart to another; "" writes none.
func (r results) write(file, chart string) error {
	if file != "" {
		document, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		if err := save(file, append(document, '\n')); err != nil {
			return err
		}
	}
	if chart != "" {
		return save(chart, r.chart())
	}
	return nil
}

func save(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // a folder of the project
		return err
	}
	return os.WriteFile(file, content, 0o644) //nolint:gosec // for everybody
}

// The chart, in pixels: a bar of how near each figure is to its goal.
const (
	chartRow   = 26
	chartLeft  = 210
	chartWidth = 420 // of twice the goal
)

// chart draws how far each figure is from its goal: the line is the goal, longer is better.
func (r results) chart() []byte {
	var bars bytes.Buffer
	rows := 0
	for _, m := range r.Figures {
		if m.Goal == 0 || m.Why != "" {
			continue
		}
		reached := func(value float64) float64 {
			if m.Most {
				value, m.Goal = m.Goal, max(value, 1e-9)
			}
			return min(value/m.Goal, 2) * chartWidth / 2
		}
		colour := map[bool]string{true: "#2a7d4f", false: "#b3401f"}[m.Met]
		y := 34 + rows*chartRow
		fmt.Fprintf(&bars, `<text x="%d" y="%d" text-anchor="end">%s</text>`, chartLeft-8, y+13, html.EscapeString(m.Name))
		fmt.Fprintf(&bars, `<rect x="%d" y="%d" width="%.0f" height="16" fill="%s"/>`, chartLeft, y, reached(m.Value), colour)
		fmt.Fprintf(&bars, `<text x="%d" y="%d">%.2f</text>`+"\n", chartLeft+chartWidth+8, y+13, m.Value)
		rows++
	}
	height := 44 + rows*chartRow
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
<rect width="100%%" height="100%%" fill="#fff"/><text x="%d" y="20">the goal</text>
<line x1="%d" y1="26" x2="%d" y2="%d" stroke="#555"/>
%s</svg>
`, chartLeft+chartWidth+70, height, chartLeft+chartWidth/2-24, chartLeft+chartWidth/2, chartLeft+chartWidth/2, height-8,
		bars.String())
}
