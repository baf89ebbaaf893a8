package worker

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// cohortReport is the funnel of each cohort, in the fields of GET /analytics/cohorts.
type cohortReport struct {
	From    string   `json:"from"`
	To      string   `json:"to"`
	By      string   `json:"by"`
	Cohorts []cohort `json:"cohorts"`
}

// cohort is one of them; Cohort is null where what they have in common is not known.
type cohort struct {
	Cohort         *string                 `json:"cohort"`
	Started        int64                   `json:"started"`
	Finished       int64                   `json:"finished"`
	CompletionRate float64                 `json:"completion_rate"`
	Steps          []onboarding.FunnelStep `json:"steps"`
}

func readCohortReport(ctx context.Context, q *system.Queries, days rollup.Range, by string) (cohortReport, error) {
	report := cohortReport{
		From: days.First.Format(time.DateOnly), To: days.Last.Format(time.DateOnly), By: by, Cohorts: []cohort{},
	}
	cohorts, err := rollup.ReadCohorts(ctx, q, days, by)
	for _, c := range cohorts {
		of := cohort{
			Started: c.Funnel.Started, Finished: c.Funnel.Finished(), Steps: c.Funnel.Steps[:],
			CompletionRate: onboarding.Share(c.Funnel.Finished(), c.Funnel.Started),
		}
		if c.Value != "" {
			of.Cohort = &c.Value
		}
		report.Cohorts = append(report.Cohorts, of)
	}
	return report, err
}

func writeCohorts(w io.Writer, report cohortReport) error {
	p := newPrinter(w)
	p.barWidth = narrowBar
	p.line(p.strong("Onboarding by " + report.By))
	p.line(fmt.Sprintf("%s to %s UTC", report.From, report.To))
	p.bars("Started", barsOf(report.Cohorts, cohortBar))
	p.line("")
	return p.flush(w)
}

// cohortBar says of a cohort at which step it lost most, too.
func cohortBar(c cohort) bar {
	label := "not known"
	if c.Cohort != nil {
		label = *c.Cohort
	}
	note := fmt.Sprintf("%s started, %s finished (%.1f %%)", thousands(int(c.Started)), thousands(int(c.Finished)),
		c.CompletionRate*100)
	worst := onboarding.FunnelStep{}
	for _, step := range c.Steps {
		if step.Lost > worst.Lost {
			worst = step
		}
	}
	if worst.Lost > 0 {
		note += fmt.Sprintf(" · %s lost in step %d", thousands(int(worst.Lost)), worst.Step)
	}
	return bar{label, float64(c.Started), note}
}

// stoppedPage is how many users are read at a time.
const stoppedPage = 1000

// writeStopped prints the users who have stopped at a place as CSV, and how many on stderr.
func writeStopped(c *cobra.Command, q *system.Queries, days rollup.Range, at rollup.Place) error {
	out, users := csv.NewWriter(c.OutOrStdout()), 0
	err := out.Write(rollup.StoppedHead())
	for after, more := uuid.Nil, true; more && err == nil; {
		var page []rollup.Stopped
		page, err = rollup.ReadStopped(c.Context(), q, days, at, after, stoppedPage)
		for _, user := range page {
			if err == nil {
				err = out.Write(rollup.StoppedRecord(user, at))
			}
			after = user.SessionID
		}
		users, more = users+len(page), len(page) == stoppedPage
	}
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err != nil {
		return fmt.Errorf("list who has stopped: %w", err)
	}
	_, err = fmt.Fprintf(c.ErrOrStderr(), "report: stopped=%d\n", users)
	return err
}
