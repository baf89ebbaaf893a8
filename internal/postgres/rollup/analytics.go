package rollup

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// Range selects what the rollups are asked for.
type Range struct {
	// First and Last are days (UTC), both included.
	First, Last time.Time
	// Engine leaves out the results of other engines; "" leaves out none. What no
	// engine made is always counted.
	Engine string
}

// The facts of rollup_steps; the migration says what each is.
const (
	factStarted   = "started"
	factReached   = "reached"
	factPassed    = "passed"
	factCompleted = "completed"
	factSkipped   = "skipped"
	factFailed    = "failed"
	factFailure   = "failure"
)

// ReadFunnelOf reads the funnel of a range.
func ReadFunnelOf(ctx context.Context, q *system.Queries, r Range) (f onboarding.Funnel, err error) {
	rows, err := q.ReadFunnel(ctx, system.ReadFunnelParams{FirstDay: r.First, LastDay: r.Last, Engine: r.Engine})
	if err != nil {
		return f, fmt.Errorf("read the funnel: %w", err)
	}
	for _, row := range rows {
		if row.Fact == factStarted {
			f.Started += row.Count
			continue
		}
		step := &f.Steps[row.Step-1]
		switch row.Fact {
		case factReached:
			step.Reached += row.Count
		case factPassed:
			step.Passed += row.Count
		case factCompleted:
			step.Completed += row.Count
			if row.Engine != "" {
				step.Engines = append(step.Engines, onboarding.EngineCount{Engine: row.Engine, Completed: row.Count})
			}
		case factSkipped:
			step.Skipped += row.Count
		case factFailed:
			step.Failed += row.Count
		}
	}
	for i := range f.Steps {
		slices.SortStableFunc(f.Steps[i].Engines, func(a, b onboarding.EngineCount) int { return int(b.Completed - a.Completed) })
	}
	f.Derive()
	return f, nil
}

// Day is what happened on one day (UTC), whenever the sessions began.
type Day struct {
	// Day has the form 2006-01-02.
	Day      string                          `json:"day"`
	Started  int64                           `json:"started"`
	Finished int64                           `json:"finished"`
	Steps    [onboarding.StepCount]DayCounts `json:"-"`
}

// DayCounts count what happened to a step on a day: to how many sessions for the first
// time, but for Failures, which are submissions.
type DayCounts struct {
	Reached, Completed, Skipped, Failures int64
}

// ReadDays reads every day of a range, days without anything too.
func ReadDays(ctx context.Context, q *system.Queries, r Range) ([]Day, error) {
	rows, err := q.ReadDaily(ctx, system.ReadDailyParams{FirstDay: r.First, LastDay: r.Last, Engine: r.Engine})
	if err != nil {
		return nil, fmt.Errorf("read the days: %w", err)
	}
	var days []Day
	for day := r.First; !day.After(r.Last); day = day.AddDate(0, 0, 1) {
		days = append(days, Day{Day: day.Format(time.DateOnly)})
	}
	for _, row := range rows {
		day := &days[int(row.Day.Sub(r.First)/(24*time.Hour))]
		if row.Fact == factStarted {
			day.Started = row.Count
			continue
		}
		step := &day.Steps[row.Step-1]
		switch row.Fact {
		case factReached:
			step.Reached = row.Count
		case factCompleted:
			step.Completed = row.Count
			if row.Step == onboarding.StepFinish {
				day.Finished = row.Count
			}
		case factSkipped:
			step.Skipped = row.Count
		case factFailure:
			step.Failures = row.Count
		}
	}
	return days, nil
}

// StepFailures is how many submissions of a step failed in one way.
type StepFailures struct {
	Step  onboarding.StepNumber  `json:"step"`
	Code  onboarding.FailureCode `json:"code"`
	Count int64                  `json:"count"`
}

// ReadStepFailures reads the failures of a range, the most frequent first. A failure
// has no engine.
func ReadStepFailures(ctx context.Context, q *system.Queries, r Range) ([]StepFailures, error) {
	rows, err := q.ReadFailures(ctx, system.ReadFailuresParams{FirstDay: r.First, LastDay: r.Last})
	if err != nil {
		return nil, fmt.Errorf("read the failures: %w", err)
	}
	failures := make([]StepFailures, len(rows))
	for i, row := range rows {
		failures[i] = StepFailures{Step: row.Step, Code: onboarding.FailureCode(row.Code), Count: row.Count}
	}
	return failures, nil
}
