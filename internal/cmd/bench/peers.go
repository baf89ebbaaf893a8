package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
)

// comparison makes the figures of one part of the system on a stage.
type comparison struct {
	name  string
	stage func(ctx context.Context, s *stage) ([]figure, error)
}

// comparisons are all of them, in the order of the table.
var comparisons = []comparison{
	{"polls", polls},
	{"submissions", submissions},
	{"work", work},
	{"starts", starts},
	{"latency", latencies},
	{"streams", streams},
	{"waiting", waiting},
}

const peersRounds = 5

// peersCommand returns the subcommand that compares the system with its peers.
func peersCommand() *cobra.Command {
	run := peersRun{rounds: peersRounds, scale: 1}
	c := &cobra.Command{
		Use: "peers", Short: "measure the system beside its peers, on a durable server of its own", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return run.run(c.Context(), c.OutOrStdout())
		},
	}
	c.Flags().IntVar(&run.rounds, "rounds", run.rounds, "how many times each side is measured")
	c.Flags().IntVar(&run.scale, "scale", run.scale, "divide all sizes by this, to see that every part runs")
	c.Flags().StringSliceVar(&run.only, "only", nil, "the comparisons to make, separated by commas")
	c.Flags().StringSliceVar(&run.figures, "figures", nil, "of these comparisons, the figures to take")
	c.Flags().StringVar(&run.file, "results", "", "the JSON file that the results are written to")
	c.Flags().StringVar(&run.chart, "chart", "", "the SVG file that the chart is written to")
	return c
}

// peersRun is a run of comparisons.
type peersRun struct {
	rounds, scale int
	only, figures []string // none stands for all
	file, chart   string   // "" is not written
}

// run makes the comparisons.
func (r *peersRun) run(ctx context.Context, stdout io.Writer) (err error) {
	chosen, err := choose(r.only)
	if err != nil {
		return err
	}
	began, at := time.Now(), thisMachine()
	var all []measured
	_, _ = fmt.Fprintf(stdout, "%-22s %9s %-22s %7s %-11s %s\n", "figure", "ours", "peer", "value", "spread", "goal")
	for _, c := range chosen {
		taken, err := r.measure(ctx, stdout, c)
		all = append(all, taken...)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil { // the others are measured all the same
			all = append(all, measured{Name: c.name, What: "could not be measured", Goal: 1, Why: err.Error()})
		}
	}
	made := results{
		At: began.UTC(), Seconds: time.Since(began).Seconds(), Rounds: r.rounds, Scale: r.scale, Machine: at, Figures: all,
	}
	if err := made.write(r.file, r.chart); err != nil {
		return err
	}
	met := summary(stdout, "bench", all)
	failed := slices.ContainsFunc(all, func(m measured) bool { return m.Why != "" })
	if failed || !met && r.scale == 1 {
		return errMissed
	}
	return nil
}

// choose returns the comparisons of these names.
func choose(names []string) (chosen []comparison, err error) {
	if len(names) == 0 {
		return comparisons, nil
	}
	for _, name := range names {
		found := false
		for _, c := range comparisons {
			if c.name == name {
				chosen, found = append(chosen, c), true
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no comparison %q", name)
		}
	}
	return chosen, nil
}

// measure makes one comparison on a stage of its own.
func (r *peersRun) measure(ctx context.Context, stdout io.Writer, c comparison) (all []measured, err error) {
	s, err := newStage(ctx, stdout)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.scale = r.scale
	figures, err := c.stage(ctx, s)
	if err != nil {
		return nil, err
	}
	var takings []*taking
	for _, f := range figures {
		if len(r.figures) == 0 || slices.Contains(r.figures, f.name) {
			takings = append(takings, f.begin())
		}
	}
	for s.round = range r.rounds {
		for _, t := range takings {
			t.round(ctx, s.round)
		}
	}
	for _, t := range takings {
		m := t.end()
		_, _ = fmt.Fprintln(stdout, m.row())
		all = append(all, m)
	}
	return all, ctx.Err()
}
