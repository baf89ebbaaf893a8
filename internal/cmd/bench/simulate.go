package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/bench/sizing"
)

const (
	// simulateGoal is how far the prediction may be off.
	simulateGoal = 0.15
	// simulateRounds are the fewest whose medians are held to the goal.
	simulateRounds = 3
)

func simulateCommand() *cobra.Command {
	rounds, jobs, chart, document := 5, 600, "", ""
	c := &cobra.Command{
		Use:   "simulate",
		Short: "measure one and two workers, predict four and larger fleets, and measure four", Args: cli.NoArgs,
	}
	c.Flags().IntVar(&rounds, "rounds", rounds,
		"how many times each number of workers is measured; fewer than 3 see that it runs")
	c.Flags().IntVar(&jobs, "jobs", jobs, "how many jobs each worker ends in a round")
	c.Flags().StringVar(&chart, "chart", chart, "the SVG file that the chart is written to")
	c.Flags().StringVar(&document, "document", document, "the Markdown file whose block sizes is written")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return runSimulate(c.Context(), c.OutOrStdout(), rounds, jobs, chart, document)
	}
	return c
}

func runSimulate(ctx context.Context, stdout io.Writer, rounds, jobs int, chart, document string) (err error) {
	s, err := newStage(ctx, stdout)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	m, err := measureWorkers(ctx, s, rounds, jobs)
	if err != nil {
		return err
	}
	known := map[int]float64{1: median(m.rates[1]), 2: median(m.rates[2])}
	costs := m.costs.WithWait(known, waitingSlots, float64(runtime.NumCPU()))
	predicted, got := costs.Shared(4, waitingSlots, float64(runtime.NumCPU())), median(m.rates[4])
	_, _ = fmt.Fprintf(stdout, "a job: %.2f ms of a worker's processor, %.2f ms of the database's, %.0f ms of waiting\n",
		1000*costs.Worker, 1000*costs.Database, 1000*costs.Wait)
	_, _ = fmt.Fprintf(stdout, "an idle worker keeps %.4f processors of the database busy\n", costs.Idle)
	user := sizing.User(costs.Idle)
	table := sizing.Tables(user)
	_, _ = fmt.Fprint(stdout, table)
	if document != "" {
		if err := writeBlock(document, "sizes", table); err != nil {
			return err
		}
	}
	if chart != "" {
		if err := save(chart, sizing.Chart(user)); err != nil {
			return err
		}
	}
	off := math.Abs(predicted-got) / got
	_, _ = fmt.Fprintf(stdout, "simulate: predicted=%.1f measured=%.1f error=%.1f%%\n", predicted, got, 100*off)
	if off > simulateGoal && rounds >= simulateRounds {
		return errMissed
	}
	return nil
}

// writeBlock writes what stands in a file between the marks of a generated block.
func writeBlock(path, name, text string) error {
	content, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return err
	}
	first, last := "<!-- generated: "+name+" -->\n", "<!-- end: "+name+" -->"
	before, rest, found := strings.Cut(string(content), first)
	_, after, ends := strings.Cut(rest, last)
	if !found || !ends {
		return fmt.Errorf("%s has no block %q", path, name)
	}
	return save(path, []byte(before+first+"\n"+text+"\n"+last+after))
}
