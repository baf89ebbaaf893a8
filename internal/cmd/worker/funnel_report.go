package worker

import (
	"context"
	"errors"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// progressReport is how far users get and how long they wait in a range of days.
type progressReport struct {
	// From and To are the first and the last day (UTC).
	From string `json:"from"`
	To   string `json:"to"`
	// CountedThrough is the moment up to which everything is counted.
	CountedThrough time.Time `json:"counted_through"`
	// Sessions are all that ever started. Started are those that started in these
	// days, Finished those of them that have finished.
	Sessions int64                   `json:"sessions"`
	Started  int64                   `json:"started"`
	Finished int64                   `json:"finished"`
	Funnel   []onboarding.FunnelStep `json:"funnel"`
	// TimeToValue is the time from the start to the first analysis.
	TimeToValue rollup.Quantiles `json:"time_to_value"`
	// Times has the steps that work completes, each as a whole before its engines, the
	// most used engine first.
	Times    []workTimes           `json:"times"`
	Failures []rollup.StepFailures `json:"failures"`
	Days     []rollup.Day          `json:"days"`
}

// workTimes are the times from each submission of a step to its completion. Engine is
// "" for the step as a whole.
type workTimes struct {
	Step          onboarding.StepNumber `json:"step"`
	Engine        string                `json:"engine,omitempty"`
	Completions   int64                 `json:"completions"`
	MedianSeconds float64               `json:"median_seconds"`
	P95Seconds    float64               `json:"p95_seconds"`
}

// readReport reads what the analytics of the API read.
func readReport(ctx context.Context, q *system.Queries, days rollup.Range) (progressReport, error) {
	through, throughErr := q.ReadRollupThrough(ctx)
	ever, everErr := rollup.ReadFunnelOf(ctx, q, rollup.Range{Last: days.Last})
	funnel, funnelErr := rollup.ReadFunnelOf(ctx, q, days)
	timings, timingsErr := rollup.ReadTimings(ctx, q, days)
	failures, failuresErr := rollup.ReadStepFailures(ctx, q, days)
	daily, dailyErr := rollup.ReadDays(ctx, q, days)
	return progressReport{
		From: days.First.Format(time.DateOnly), To: days.Last.Format(time.DateOnly), CountedThrough: through.UTC(),
		Sessions: ever.Started, Started: funnel.Started, Finished: funnel.Finished(),
		Funnel: funnel.Steps[:], TimeToValue: rollup.TimeToValue(timings), Times: timesOf(timings),
		Failures: failures, Days: daily,
	}, errors.Join(throughErr, everErr, funnelErr, timingsErr, failuresErr, dailyErr)
}

func timesOf(timings [onboarding.StepCount]rollup.StepTimings) []workTimes {
	times := []workTimes{}
	for i, step := range timings {
		for _, of := range append([]rollup.EngineTimings{{Work: step.Work}}, step.Engines...) {
			if of.Work.Count > 0 {
				times = append(times, workTimes{
					Step: onboarding.StepNumber(i + 1), Engine: of.Engine, Completions: of.Work.Count,
					MedianSeconds: *of.Work.MedianSeconds, P95Seconds: *of.Work.P95Seconds,
				})
			}
		}
	}
	return times
}
