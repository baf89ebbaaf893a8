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

// The facts of rollup_steps; the migration defines each.
const (
	factStarted   = "started"
	factReached   = "reached"
	factLeft      = "left"
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
	for i := range f.Steps {
		f.Steps[i].Engines = []onboarding.EngineCount{}
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
		case factLeft:
			step.Left += row.Count
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
		slices.SortStableFunc(f.Steps[i].Engines,
			func(a, b onboarding.EngineCount) int { return int(b.Completed - a.Completed) })
	}
	f.Derive()
	return f, nil
}

// Day is what happened on one day (UTC), whenever the sessions began.
type Day struct {
	Day      string                          `json:"day" format:"date" example:"2026-11-28"`
	Started  int64                           `json:"started" example:"35" doc:"Sessions that began."`
	Finished int64                           `json:"finished" example:"14" doc:"Sessions that finished for the first time."`
	Steps    [onboarding.StepCount]DayCounts `json:"-"`
}

// DayCounts count what happened to a step on a day: to how many sessions for the first
// time, but for Failures, which are submissions.
type DayCounts struct {
	Step      onboarding.StepNumber `json:"step" example:"2"`
	Reached   int64                 `json:"reached" example:"30" doc:"Sessions that reached it for the first time."`
	Completed int64                 `json:"completed" example:"28" doc:"Sessions that completed it for the first time."`
	Skipped   int64                 `json:"skipped" example:"0" doc:"Sessions that skipped it for the first time."`
	Failures  int64                 `json:"failures" example:"3" doc:"Submissions that failed."`
}

// ReadDays reads every day of a range, days without anything too.
func ReadDays(ctx context.Context, q *system.Queries, r Range) ([]Day, error) {
	rows, err := q.ReadDaily(ctx, system.ReadDailyParams{FirstDay: r.First, LastDay: r.Last, Engine: r.Engine})
	if err != nil {
		return nil, fmt.Errorf("read the days: %w", err)
	}
	var days []Day
	for day := r.First; !day.After(r.Last); day = day.AddDate(0, 0, 1) {
		counts := Day{Day: day.Format(time.DateOnly)}
		for i := range counts.Steps {
			counts.Steps[i].Step = onboarding.StepNumber(i + 1)
		}
		days = append(days, counts)
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
	Step  onboarding.StepNumber  `json:"step" example:"2"`
	Code  onboarding.FailureCode `json:"code" example:"robots_forbidden"`
	Count int64                  `json:"count" example:"40" doc:"Submissions that failed with this code."`
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
