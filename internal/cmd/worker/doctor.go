package worker

import (
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/cli"
	"github.com/alwrity/onboarding/internal/cmd/worker/table"
	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/maintenance"
)

// errInconsistent reports that sessions are still inconsistent.
var errInconsistent = errors.New("some sessions are inconsistent; run worker doctor -repair")

func doctorCommand() *cobra.Command {
	repair := false
	c := &cobra.Command{
		Use: "doctor", Short: "find sessions whose rows contradict each other, and repair them", Args: cli.NoArgs,
		Long: `Looks for sessions whose rows contradict each other, for example a step in progress
whose work has ended, and lists them. Running workers look once a minute at the sessions
that changed and at the next 5,000 of all, and repair what they find.

The exit code is 1 when something was found and not repaired.`,
		RunE: onDatabase("doctor", func(c *cobra.Command, db database) error {
			doctor := maintenance.NewDoctor(db.all, db.changer, prometheus.NewRegistry())
			return examine(c, doctor, repair)
		}),
	}
	c.Flags().BoolVar(&repair, "repair", false, "make them consistent, or queue the work again whose result is missing")
	return table.WithJSON(c)
}

// examine prints the findings, up to 200 of them, and repairs them with repair.
func examine(c *cobra.Command, doctor *maintenance.Doctor, repair bool) error {
	var sessions int64
	var found []flow.Finding
	err := showWaiting(c.ErrOrStderr(), "examining sessions", func() (err error) {
		if sessions, err = doctor.CountSessions(c.Context()); err == nil {
			found, err = doctor.Examine(c.Context())
		}
		return err
	})
	if err != nil {
		return err
	}
	counts := map[string]int{}
	rows := [][]any{{"SESSION", "STEP", "FINDING", "RESULT"}}
	for _, finding := range found {
		result := "found"
		if repair {
			if result, err = doctor.Repair(c.Context(), finding); err != nil {
				return errors.Join(table.Print(c, rows), err)
			}
		}
		counts[result]++
		rows = append(rows, []any{finding.SessionID, finding.Step, finding.Kind, result})
	}
	if len(found) > 0 || table.IsJSON(c) {
		if err := table.Print(c, rows); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(table.LastLine(c), "doctor: sessions=%d findings=%d repaired=%d requeued=%d\n",
		sessions, len(found), counts["repaired"], counts["requeued"])
	if err == nil && counts["found"] > 0 {
		err = errInconsistent
	}
	return err
}
