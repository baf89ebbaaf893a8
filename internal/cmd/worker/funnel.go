package worker

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	defaultWindow = 30 * 24 * time.Hour
	longestWindow = 3660 * 24 * time.Hour
)

// reportOptions are what a report is about.
type reportOptions struct {
	window time.Duration
	asJSON bool
	by     string // a dimension, "" for all sessions as one
	// stopped lists the users who stopped at the step, not a report: 0 for none.
	stopped  int
	notBegun bool
}

func (o reportOptions) check() error {
	switch {
	case o.by != "" && !slices.Contains(rollup.Dimensions, o.by):
		return fmt.Errorf("-by takes %s", strings.Join(rollup.Dimensions, ", "))
	case o.stopped != 0 && !onboarding.StepNumber(o.stopped).Valid():
		return errors.New("-stopped takes the number of a step, 1 to 6")
	case o.notBegun && o.stopped == 0:
		return errors.New("-not-begun goes with -stopped STEP")
	case o.stopped != 0 && (o.by != "" || o.asJSON):
		return errors.New("-stopped prints CSV: leave out -by and -json")
	}
	return nil
}

func reportCommand() *cobra.Command {
	o := reportOptions{window: defaultWindow}
	c := &cobra.Command{
		Use: "report", Short: "print how far users get and how long they wait",
		Args: cobra.MatchAll(cli.NoArgs, func(*cobra.Command, []string) error { return o.check() }),
		Long: `Prints how far users get and how long they wait, from the same counts as the page at
/ops and GET /api/onboarding/admin/analytics. It changes nothing. Running workers update
the counts every 15 s.

For each step it says how many sessions reached it (something was submitted, skipped or
completed for it or a later one), completed, skipped and failed it, how many of them
stopped here (neither passed it nor began a later one), and how many are done with the
step before and have not begun it. Then come the times from submission to completion,
the most frequent failures, and how many started and finished, by day or week. The
funnel is about the sessions that started in these days, everything else about what
happened in them. The time to value is that from the start to the first analysis.

With -by it prints the funnel of each cohort: of each week, or by engine, language or
input of step 2, or by the claim variant of the user's first token. With -stopped STEP it
lists the users who stopped at the step, or with -not-begun before it, as CSV.

The last line is

  report: sessions=N started=N finished=N

with all sessions that ever started, those that started in these days, and those of
them that have finished.`,
		RunE: onDatabase("report", func(c *cobra.Command, db database) error { return report(c, db, o) }),
	}
	c.Flags().StringVar(&o.by, "by", "", "the funnel of each cohort, by `"+strings.Join(rollup.Dimensions, "|")+"`")
	c.Flags().IntVar(&o.stopped, "stopped", 0, "list the users who stopped at this `STEP` as CSV")
	c.Flags().BoolVar(&o.notBegun, "not-begun", false, "with -stopped: those who are done with the step before")
	c.Flags().BoolVar(&o.asJSON, "json", false, "one JSON document on stdout; the last line goes to stderr then")
	c.Flags().Func("since", "`WINDOW` in days (30d) or a duration (36h), rounded up to whole days (UTC) that end today "+
		"(default 30d)",
		func(s string) (err error) {
			o.window, err = parseWindow(s)
			return err
		})
	return c
}

func report(c *cobra.Command, db database, o reportOptions) error {
	q, days := system.New(db.all), daysOf(o.window)
	if o.stopped != 0 {
		return writeStopped(c, q, days, rollup.Place{Step: onboarding.StepNumber(o.stopped), Begun: !o.notBegun})
	}
	if o.by != "" {
		var report cohortReport
		err := showWaiting(c.ErrOrStderr(), "reading", func() (err error) {
			report, err = readCohortReport(c.Context(), q, days, o.by)
			return err
		})
		if err != nil {
			return err
		}
		_, err = writeDocument(c, o.asJSON, report, func(stdout io.Writer) error { return writeCohorts(stdout, report) })
		return err
	}
	var report progressReport
	err := showWaiting(c.ErrOrStderr(), "reading", func() (err error) {
		report, err = readReport(c.Context(), q, days)
		return err
	})
	if err != nil {
		return err
	}
	last, err := writeDocument(c, o.asJSON, report, func(stdout io.Writer) error { return writeFunnel(stdout, report) })
	if err == nil {
		_, err = fmt.Fprintf(last, "report: sessions=%d started=%d finished=%d\n", report.Sessions, report.Started,
			report.Finished)
	}
	return err
}

var errWindow = fmt.Errorf("it takes days (30d) or a duration (36h), from 1m to %dd", longestWindow/(24*time.Hour))

// parseWindow reads "30d", "36h" or "90m".
func parseWindow(s string) (time.Duration, error) {
	if days, found := strings.CutSuffix(s, "d"); found {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > int(longestWindow/(24*time.Hour)) {
			return 0, errWindow
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	window, err := time.ParseDuration(s)
	if err != nil || window < time.Minute || window > longestWindow {
		return 0, errWindow
	}
	return window, nil
}

// daysOf returns the days (UTC) up to today that a window is rounded up to.
func daysOf(window time.Duration) rollup.Range {
	const day = 24 * time.Hour
	today := time.Now().UTC().Truncate(day)
	return rollup.Range{First: today.Add(day - (window + day - 1).Truncate(day)), Last: today}
}
