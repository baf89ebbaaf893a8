package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// figure is one number that is compared with another: ours with a peer's of the same run, or ours alone.
type figure struct {
	// name is a short name in lower snake case, what says what is counted.
	name, what string
	// differs says what the sides do not do alike.
	differs string
	// unit is that of what the sides measure.
	unit string
	ours side
	// peer is what ours is compared with; without one the goal is about ours alone.
	peer *side
	// goal is what the ratio, or the value, has to reach; 0 is for information only.
	goal float64
	// most says that goal is the most, not the least.
	most bool
}

// side measures one value, once a round.
type side struct {
	name    string
	measure func(ctx context.Context) (float64, error)
}

// measured is a figure with its rounds, as the results hold it.
type measured struct {
	Name    string    `json:"name"`
	What    string    `json:"what"`
	Differs string    `json:"differs,omitempty"`
	Unit    string    `json:"unit"`
	Peer    string    `json:"peer,omitempty"`
	Ours    []float64 `json:"ours"`
	Theirs  []float64 `json:"theirs,omitempty"`
	// Value is the median over the rounds of the ratio, without a peer of ours; Low and High are its spread.
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Goal  float64 `json:"goal,omitempty"`
	Most  bool    `json:"goal_is_most,omitempty"`
	Met   bool    `json:"met"`
	// Why says why the figure could not be measured.
	Why string `json:"why,omitempty"`
}

// taking is a figure while its rounds are made.
type taking struct {
	figure
	measured measured
	results  []float64
}

func (f figure) begin() *taking {
	m := measured{Name: f.name, What: f.what, Differs: f.differs, Unit: f.unit, Goal: f.goal, Most: f.most}
	if f.peer != nil {
		m.Peer = f.peer.name
	}
	return &taking{figure: f, measured: m}
}

// round measures both sides, which take turns to be the first.
func (t *taking) round(ctx context.Context, round int) {
	m := &t.measured
	sides, values := []side{t.ours}, []*[]float64{&m.Ours}
	if t.peer != nil {
		sides, values = append(sides, *t.peer), append(values, &m.Theirs)
	}
	for i := range sides {
		if m.Why != "" {
			return
		}
		i = (i + round) % len(sides)
		value, err := sides[i].measure(ctx)
		if err != nil {
			m.Why = fmt.Sprintf("%s: %v", sides[i].name, err)
			return
		}
		*values[i] = append(*values[i], value)
	}
	result := m.Ours[round]
	if t.peer != nil {
		result /= m.Theirs[round]
	}
	t.results = append(t.results, result)
}

// end returns the figure, the median of its rounds.
func (t *taking) end() measured {
	m, results := t.measured, t.results
	if m.Why != "" {
		return m
	}
	slices.Sort(results)
	m.Value, m.Low, m.High = results[len(results)/2], results[0], results[len(results)-1]
	m.Met = m.Goal == 0 || m.Most && m.Value <= m.Goal || !m.Most && m.Value >= m.Goal
	return m
}

// row is the line of a figure in the table.
func (m measured) row() string {
	ours, theirs := median(m.Ours), ""
	if m.Peer != "" {
		theirs = fmt.Sprintf("%.0f (%s)", median(m.Theirs), m.Peer)
	}
	goal := "-"
	if m.Goal != 0 {
		goal = fmt.Sprintf("%s %g", map[bool]string{true: "<=", false: ">="}[m.Most], m.Goal)
	}
	verdict := "met"
	switch {
	case m.Why != "":
		verdict = "not measured: " + m.Why
	case m.Goal == 0:
		verdict = ""
	case !m.Met:
		verdict = "MISSED"
	}
	return fmt.Sprintf("%-22s %9.1f %-22s %7.2f %5.2f-%-5.2f %-8s %s", m.Name, ours, theirs, m.Value, m.Low, m.High,
		goal, verdict)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// summary prints the last line, and before it the targets that are missed. It reports whether all are met.
func summary(stdout io.Writer, name string, all []measured) bool {
	targets, met := 0, 0
	for _, m := range all {
		if m.Goal == 0 {
			continue
		}
		targets++
		if m.Met {
			met++
			continue
		}
		why := m.Why
		if why == "" {
			why = fmt.Sprintf("%.2f, spread %.2f to %.2f", m.Value, m.Low, m.High)
		}
		_, _ = fmt.Fprintf(stdout, "missed: %s (%s): %s\n", m.Name, strings.TrimSuffix(m.What, "."), why)
	}
	_, _ = fmt.Fprintf(stdout, "%s: targets=%d met=%d\n", name, targets, met)
	return targets == met
}
