package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/bench/sizing"
)

const (
	// simulateSlots are the slots of a worker that is measured, simulateGoal is how far the prediction may be off.
	simulateSlots = 5
	simulateGoal  = 0.15
	// simulateRounds are the fewest whose medians are held to the goal.
	simulateRounds = 3
)

// The costs of one user who takes all six steps, of a site of 11 small pages, as make deploy-check USERS=100 says.
const (
	userWorker   = 0.10 // seconds of a processor
	userDatabase = 0.05
	userMB       = 0.14
	// userWait is how long the jobs of a user hold their slots, most of it waiting for the website: an assumption.
	userWait = 20.0
	// peak is how many times its average the busiest hour of a year has: an assumption.
	peak = 10.0
	// aDisk is how many megabytes the database of aFleet can hold.
	aDisk = 10e6
)

// aFleet is what the sizes are said for: workers with the default settings and a core each, a database of 16.
var aFleet = sizing.Fleet{
	Slots: 100, Processors: 1, Connections: 25, DatabaseProcessors: 16, MaxConnections: 500,
}

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
	costs := m.costs.WithWait(known, simulateSlots, float64(runtime.NumCPU()))
	predicted, got := costs.Shared(4, simulateSlots, float64(runtime.NumCPU())), median(m.rates[4])
	_, _ = fmt.Fprintf(stdout, "a job: %.2f ms of a worker's processor, %.2f ms of the database's, %.0f ms of waiting\n",
		1000*costs.Worker, 1000*costs.Database, 1000*costs.Wait)
	_, _ = fmt.Fprintf(stdout, "an idle worker keeps %.4f processors of the database busy\n", costs.Idle)
	user := sizing.Costs{Worker: userWorker, Database: userDatabase, Idle: costs.Idle, Wait: userWait}
	table := byWorkers(user) + "\n" + byUsers(user)
	_, _ = fmt.Fprint(stdout, table)
	if document != "" {
		if err := writeBlock(document, "sizes", table); err != nil {
			return err
		}
	}
	if chart != "" {
		if err := save(chart, sizing.Chart(aFleet, user)); err != nil {
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

// byWorkers is a table of fleets: what they end, and what bounds them.
func byWorkers(user sizing.Costs) string {
	var b strings.Builder
	b.WriteString("| workers | users an hour | bound by | with a pooler | bound by |\n|---|---|---|---|---|\n")
	pooled := aFleet
	pooled.Pooler = true
	for workers := 1; workers <= 10_000; workers *= 10 {
		direct, why := aFleet.Rate(user, workers)
		rate, then := pooled.Rate(user, workers)
		fmt.Fprintf(&b, "| %d | %.0f | %s | %.0f | %s |\n", workers, 3600*direct, why, 3600*rate, then)
	}
	return b.String()
}

// byUsers is a table of users who take the steps once a year: the workers that their peak wants, and the first bound.
func byUsers(user sizing.Costs) string {
	var b strings.Builder
	b.WriteString("| users | at the peak | workers | database | disk | first bound |\n|---|---|---|---|---|---|\n")
	const year = 365 * 24 * 3600.0
	for users := 1000; users <= 100_000_000; users *= 10 {
		rate := float64(users) * peak / year
		workers, bound := aFleet.Workers(user, rate)
		if float64(users)*userMB > aDisk {
			bound = sizing.BoundDisk
		}
		fmt.Fprintf(&b, "| %d | %.3g/s | %d | %.2f %% | %s | %s |\n", users, rate, workers,
			100*rate*user.Database/float64(aFleet.DatabaseProcessors), size(float64(users)*userMB), bound)
	}
	b.WriteString("\n")
	for _, bound := range slices.Sorted(maps.Keys(sizing.Moves)) {
		fmt.Fprintf(&b, "- %s: %s\n", bound, sizing.Moves[bound])
	}
	return b.String()
}

// size writes megabytes for people.
func size(mb float64) string {
	switch {
	case mb >= 1e6:
		return fmt.Sprintf("%.3g TB", mb/1e6)
	case mb >= 1e3:
		return fmt.Sprintf("%.3g GB", mb/1e3)
	}
	return fmt.Sprintf("%.3g MB", mb)
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
