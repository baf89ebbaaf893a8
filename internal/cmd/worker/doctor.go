package worker

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/config"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/ops"
)

const doctorUsage = `Usage: worker doctor [-repair]

Looks for sessions whose rows contradict each other, for example a step in progress
whose work has ended, and lists them. Running workers do the same once a minute and
repair what they find.

  -repair   make them consistent, or queue the work again whose result is missing

The exit code is 1 when something was found and not repaired.
`

// errSick says that sessions are contradictory still.
var errSick = errors.New("some sessions contradict themselves; run worker doctor -repair")

// Doctor runs "worker doctor".
func Doctor(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	repair := flags.Bool("repair", false, "")
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("worker doctor takes no argument %q", flags.Arg(0))
	}
	if err != nil {
		return usage(err, doctorUsage, stdout, stderr)
	}
	cfg, err := config.LoadMigration(config.Options{})
	if err != nil {
		return err
	}
	doctor, closePools, err := maintenance.OpenDoctor(ctx, string(cfg.DatabaseURL), prometheus.NewRegistry(), ops.NewLogger(stderr, cfg.LogLevel, "doctor"))
	if err != nil {
		return err
	}
	defer closePools()
	return examine(ctx, doctor, *repair, stdout)
}

// examine prints what is found, 200 findings at a time, and repairs it if asked to.
func examine(ctx context.Context, doctor *maintenance.Doctor, repair bool, stdout io.Writer) error {
	sessions, err := doctor.CountSessions(ctx)
	if err != nil {
		return err
	}
	found, err := doctor.Examine(ctx)
	if err != nil {
		return err
	}
	counts := map[string]int{}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for i, finding := range found {
		if i == 0 {
			_, _ = fmt.Fprintln(table, "SESSION\tSTEP\tFINDING\tRESULT")
		}
		result := "found"
		if repair {
			if result, err = doctor.Repair(ctx, finding); err != nil {
				return errors.Join(table.Flush(), err)
			}
		}
		counts[result]++
		_, _ = fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", finding.SessionID, finding.Step, finding.Kind, result)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "doctor: sessions=%d findings=%d repaired=%d requeued=%d\n",
		sessions, len(found), counts["repaired"], counts["requeued"])
	if err == nil && counts["found"] > 0 {
		err = errSick
	}
	return err
}
