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
}

const peersRounds = 5

// peersCommand returns the subcommand that compares the system with its peers.
func peersCommand() *cobra.Command {
	var only []string
	s := stage{rounds: peersRounds, scale: 1}
	file, chart := "", ""
	c := &cobra.Command{
		Use: "peers", Short: "measure the system beside its peers, on a durable server of its own", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runPeers(c.Context(), c.OutOrStdout(), s.rounds, s.scale, only, file, chart)
		},
	}
	c.Flags().IntVar(&s.rounds, "rounds", s.rounds, "how many times each side is measured")
	c.Flags().IntVar(&s.scale, "scale", s.scale, "divide all sizes by this, to see that every part runs")
	c.Flags().StringSliceVar(&only, "only", nil, "the comparisons to make, separated by commas")
	c.Flags().StringVar(&file, "results", file, "the JSON file that the results are written to")
	c.Flags().StringVar(&chart, "chart", chart, "the SVG file that the chart is written to")
	return c
}

// runPeers makes the comparisons that are named, or all.
func runPeers(
	ctx context.Context, stdout io.Writer, rounds, scale int, only []string, file, chart string,
) (err error) {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	began, at := time.Now(), thisMachine()
	var all []measured
	_, _ = fmt.Fprintf(stdout, "%-22s %9s %-22s %7s %-11s %s\n", "figure", "ours", "peer", "value", "spread", "goal")
	for _, c := range chosen {
		taken, err := c.measure(ctx, stdout, rounds, scale)
		all = append(all, taken...)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil { // the others are measured all the same
			all = append(all, measured{Name: c.name, What: "could not be measured", Goal: 1, Why: err.Error()})
		}
	}
	run := results{
		At: began.UTC(), Seconds: time.Since(began).Seconds(), Rounds: rounds, Scale: scale, Machine: at, Figures: all,
	}
	if err := run.write(file, chart); err != nil {
		return err
	}
	met := summary(stdout, "bench", all)
	failed := slices.ContainsFunc(all, func(m measured) bool { return m.Why != "" })
	if failed || !met && scale == 1 {
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
func (c comparison) measure(ctx context.Context, stdout io.Writer, rounds, scale int) (all []measured, err error) {
	s, err := newStage(ctx, stdout)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	s.rounds, s.scale = rounds, scale
	figures, err := c.stage(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, f := range figures {
		m := f.take(ctx, rounds)
		_, _ = fmt.Fprintln(stdout, m.row())
		all = append(all, m)
	}
	return all, ctx.Err()
}
