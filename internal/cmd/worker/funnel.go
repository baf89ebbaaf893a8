package worker

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	defaultWindow = 30 * 24 * time.Hour
	longestWindow = 3660 * 24 * time.Hour
)

func reportCommand() *cobra.Command {
	window, asJSON := defaultWindow, false
	c := &cobra.Command{
		Use: "report", Short: "print how far users get and how long they wait", Args: cli.NoArgs,
		Long: `Prints how far users get and how long they wait, from the same counts as the page at
/ops and GET /api/onboarding/admin/analytics. It changes nothing. Running workers update
the counts every 15 s.

For each step it says how many sessions reached it (something was submitted, skipped or
completed), completed, skipped and failed it, and the drop-off: of those that passed
every step before, the share that has not passed this one. Then come the times from
submission to completion, what failed, and how many started and finished on each day.
The funnel is about the sessions that started in these days, everything else about what
happened in them.

The last line is

  report: sessions=N started=N finished=N

with all sessions that ever started, those that started in these days, and those of
them that have finished.`,
		RunE: onDatabase("report", func(c *cobra.Command, db database) error { return report(c, db, window, asJSON) }),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout; the last line goes to stderr then")
	c.Flags().Func("since", "`WINDOW` in days (30d) or a duration (36h), rounded up to whole days (UTC) that end today "+
		"(default 30d)",
		func(s string) (err error) {
			window, err = parseWindow(s)
			return err
		})
	return c
}

func report(c *cobra.Command, db database, window time.Duration, asJSON bool) error {
	report, err := readReport(c.Context(), system.New(db.all), daysOf(window))
	if err != nil {
		return err
	}
	last, err := writeDocument(c, asJSON, report, func(stdout io.Writer) error { return writeFunnel(stdout, report) })
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
