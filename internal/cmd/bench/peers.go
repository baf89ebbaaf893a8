package main

import (
	"context"
	"errors"
	"fmt"
	"io"
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
}

const peersRounds = 5

// peersCommand returns the subcommand that compares the system with its peers.
func peersCommand() *cobra.Command {
	var only []string
	s := stage{rounds: peersRounds, scale: 1}
	results, charts := "", ""
	c := &cobra.Command{
		Use: "peers", Short: "measure the system beside its peers, on a durable server of its own", Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return runPeers(c.Context(), c.OutOrStdout(), s.rounds, s.scale, only, results, charts)
		},
	}
	c.Flags().IntVar(&s.rounds, "rounds", s.rounds, "how many times each side is measured")
	c.Flags().IntVar(&s.scale, "scale", s.scale, "divide all sizes by this, to see that every part runs")
	c.Flags().StringSliceVar(&only, "only", nil, "the comparisons to make, separated by commas")
	c.Flags().StringVar(&results, "results", results, "the file that the results are written to")
	c.Flags().StringVar(&charts, "charts", charts, "the folder that the charts are written to")
	return c
}

// runPeers makes the comparisons that are named, or all.
func runPeers(
	ctx context.Context, stdout io.Writer, rounds, scale int, only []string, results, charts string,
) (err error) {
	chosen, err := choose(only)
	if err != nil {
		return err
	}
	began := time.Now()
	var all []measured
	_, _ = fmt.Fprintf(stdout, "%-22s %9s %-22s %7s %-11s %s\n", "figure", "ours", "peer", "value", "spread", "goal")
	for _, c := range chosen {
		taken, err := c.measure(ctx, stdout, rounds, scale)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		all = append(all, taken...)
	}
	if err := writeResults(ctx, results, charts, all, rounds, scale, time.Since(began)); err != nil {
		return err
	}
	if !summary(stdout, "bench", all) && scale == 1 {
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
