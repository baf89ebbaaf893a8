package worker

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const reportUsage = `Usage: worker report [-since 30d] [-json]

Prints how far users come and how long they wait, from the same counts as the page at
/ops and GET /api/onboarding/admin/analytics: for each step how many sessions reached,
completed, skipped and failed it, and the drop-off; the times from submission to
completion; what failed; and how many started and finished on each day. It changes
nothing. Running workers update the counts every 15 s.

  -since WINDOW   days (30d) or a duration (36h), rounded up to whole days (UTC) that
                  end today; default 30d
  -json           one JSON document on stdout; the last line goes to stderr then

The funnel is about the sessions that started in these days, everything else about
what happened in them. The last line is

  report: sessions=N started=N finished=N

with all sessions that ever started, those that started in these days, and those of
them that have finished.
`

const (
	defaultWindow = 30 * 24 * time.Hour
	longestWindow = 3660 * 24 * time.Hour
)

// reportOptions is the command line of report.
type reportOptions struct {
	window time.Duration
	json   bool
}

// Report runs "worker report".
func Report(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opts, err := parseReport(args)
	if err != nil {
		return usage(err, reportUsage, stdout, stderr)
	}
	cfg, err := config.LoadMigration(config.Options{})
	if err != nil {
		return err
	}
	pool, err := openSystem(ctx, cfg.DatabaseURL, "report")
	if err != nil {
		return err
	}
	defer pool.Close()
	report, err := readReport(ctx, system.New(pool), daysOf(opts.window))
	if err != nil {
		return err
	}
	last := stdout
	if opts.json {
		last, err = stderr, writeJSON(stdout, report)
	} else {
		err = writeFunnel(stdout, report)
	}
	if err == nil {
		_, err = fmt.Fprintf(last, "report: sessions=%d started=%d finished=%d\n", report.Sessions, report.Started, report.Finished)
	}
	return err
}

func parseReport(args []string) (reportOptions, error) {
	opts := reportOptions{window: defaultWindow}
	flags := flag.NewFlagSet("report", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.BoolVar(&opts.json, "json", false, "")
	flags.Func("since", "", func(s string) (err error) {
		opts.window, err = parseWindow(s)
		return err
	})
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("worker report takes no argument %q", flags.Arg(0))
	}
	return opts, err
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

func writeJSON(w io.Writer, document any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(document)
}
