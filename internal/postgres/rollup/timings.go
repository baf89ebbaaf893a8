package rollup

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// StepTimings is how long a step took where it was completed.
type StepTimings struct {
	InStep  Quantiles       `json:"time_in_step" doc:"To its first completion from the last step that was finished before, or from the begin of the session."`
	Start   Quantiles       `json:"time_from_start" doc:"From the begin of the session to its first completion."`
	Work    Quantiles       `json:"work" doc:"From each submission to its completion. Steps that complete at once have none."`
	Engines []EngineTimings `json:"engines" doc:"The same by what made the result, the most used first; empty for steps without one."`
}

// EngineTimings is how long a step took where an engine made the result.
type EngineTimings struct {
	Engine string    `json:"engine" example:"local"`
	InStep Quantiles `json:"time_in_step"`
	Work   Quantiles `json:"work"`
}

// TimeToValue is how long it took from the begin of a session to the first thing that was made for its user: the
// analysis of step 2.
func TimeToValue(timings [onboarding.StepCount]StepTimings) Quantiles {
	return timings[onboarding.StepWebsite-1].Start
}

// The measures of rollup_times; the migration defines each.
const (
	measureWork  = "work"
	measureStep  = "step"
	measureStart = "start"
)

// months returns the first of the first month that begins in the range, and the first
// of the first that does not end in it. No month is whole if the latter is not later.
// The present month ends in a range that goes up to now: nothing is later.
func (r Range) months(now time.Time) (first, end time.Time) {
	first, end = startOfMonth(r.First), startOfMonth(r.Last.AddDate(0, 0, 1))
	if !r.Last.Before(now.UTC().Truncate(24 * time.Hour)) {
		end = startOfMonth(r.Last).AddDate(0, 1, 0)
	}
	if first.Before(r.First) {
		first = first.AddDate(0, 1, 0)
	}
	return first, end
}

func startOfMonth(day time.Time) time.Time { return day.AddDate(0, 0, 1-day.Day()) }

// ReadTimings reads the times of what was completed in a range. That from the start to
// the completion of the last step is the time of a whole onboarding.
func ReadTimings(
	ctx context.Context, q *system.Queries, r Range,
) (timings [onboarding.StepCount]StepTimings, err error) {
	firstMonth, endMonth := r.months(time.Now())
	rows, err := q.ReadTimes(ctx, system.ReadTimesParams{
		FirstDay: r.First, EndDay: r.Last.AddDate(0, 0, 1), FirstMonth: firstMonth, EndMonth: endMonth, Engine: r.Engine,
	})
	if err != nil {
		return timings, fmt.Errorf("read the times: %w", err)
	}
	type key struct {
		step            onboarding.StepNumber
		measure, engine string
	}
	histograms := map[key][]bucketCount{}
	engines := [onboarding.StepCount]map[string]bool{}
	for _, row := range rows {
		bucket := bucketCount{bucket: row.Bucket, count: row.Count}
		all := key{row.Step, row.Measure, ""}
		histograms[all] = append(histograms[all], bucket)
		if row.Engine == "" {
			continue
		}
		if engines[row.Step-1] == nil {
			engines[row.Step-1] = map[string]bool{}
		}
		engines[row.Step-1][row.Engine] = true
		of := key{row.Step, row.Measure, row.Engine}
		histograms[of] = append(histograms[of], bucket)
	}
	for i := range timings {
		read := func(measure, engine string) Quantiles {
			histogram := histograms[key{onboarding.StepNumber(i + 1), measure, engine}]
			slices.SortStableFunc(histogram, func(a, b bucketCount) int { return cmp.Compare(a.bucket, b.bucket) })
			return quantiles(histogram)
		}
		timings[i] = StepTimings{
			InStep: read(measureStep, ""), Start: read(measureStart, ""), Work: read(measureWork, ""),
			Engines: []EngineTimings{},
		}
		for _, engine := range slices.Sorted(maps.Keys(engines[i])) {
			timings[i].Engines = append(timings[i].Engines,
				EngineTimings{engine, read(measureStep, engine), read(measureWork, engine)})
		}
		slices.SortStableFunc(timings[i].Engines,
			func(a, b EngineTimings) int { return cmp.Compare(b.Work.Count, a.Work.Count) })
	}
	return timings, nil
}
