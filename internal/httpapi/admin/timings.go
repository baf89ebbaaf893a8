package admin

import (
	"context"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
)

// TimingsBody is how long the completions of some days took.
type TimingsBody struct {
	AnalyticsBody
	Total Timing       `json:"total" doc:"From the begin of the session to the finish."`
	Steps []StepTiming `json:"steps" doc:"All steps in their order."`
}

// Timing sums up times.
type Timing struct {
	Count         int64    `json:"count" example:"850"`
	MedianSeconds *float64 `json:"median_seconds" example:"41.2" doc:"Null without any."`
	P95Seconds    *float64 `json:"p95_seconds" example:"187.5" doc:"Null without any."`
}

// StepTiming is how long one step takes.
type StepTiming struct {
	Step          onboarding.StepNumber `json:"step" example:"2"`
	Title         string                `json:"title" example:"Website Analysis"`
	TimeInStep    Timing                `json:"time_in_step" doc:"From the last step that was finished before it, or the begin of the session, to its first completion: the user's time and the machine's."`
	TimeFromStart Timing                `json:"time_from_start" doc:"From the begin of the session to its first completion."`
	Work          Timing                `json:"work" doc:"From each submission to its completion: the machine's time. Steps that complete at once have none."`
	Engines       []EngineTiming        `json:"engines" doc:"The same by what made the result; empty for steps without one."`
}

// EngineTiming is how long a step takes with one engine.
type EngineTiming struct {
	Engine     string `json:"engine" example:"local"`
	TimeInStep Timing `json:"time_in_step"`
	Work       Timing `json:"work"`
}

func (h *Handlers) timings(ctx context.Context, in *AnalyticsInput) (*edge.Output[TimingsBody], error) {
	about, days, q, err := h.readDays(ctx, in.DaysInput, in.Engine)
	if err != nil {
		return nil, err
	}
	timings, err := rollup.ReadTimings(ctx, q, days)
	if err != nil {
		return nil, err
	}
	body := TimingsBody{AnalyticsBody: about, Total: timing(timings[onboarding.StepFinish-1].Start)}
	for i, step := range timings {
		n := onboarding.StepNumber(i + 1)
		entry := StepTiming{
			Step: n, Title: n.Info().Title,
			TimeInStep: timing(step.Step), TimeFromStart: timing(step.Start), Work: timing(step.Work), Engines: []EngineTiming{},
		}
		for _, e := range step.Engines {
			entry.Engines = append(entry.Engines, EngineTiming{Engine: e.Engine, TimeInStep: timing(e.Step), Work: timing(e.Work)})
		}
		body.Steps = append(body.Steps, entry)
	}
	return edge.OK(body), nil
}

func timing(q rollup.Quantiles) Timing {
	if q.Count == 0 {
		return Timing{}
	}
	median, p95 := q.Median.Seconds(), q.P95.Seconds()
	return Timing{Count: q.Count, MedianSeconds: &median, P95Seconds: &p95}
}

// DailyBody is what happened on each day.
type DailyBody struct {
	AnalyticsBody
	Days []AnalyticsDay `json:"days" doc:"In their order, days without anything too."`
}

// AnalyticsDay is what happened on one day.
type AnalyticsDay struct {
	Day      string      `json:"day" format:"date" example:"2026-11-28"`
	Started  int64       `json:"started" example:"35" doc:"Sessions that began."`
	Finished int64       `json:"finished" example:"14" doc:"Sessions that finished for the first time."`
	Steps    []DailyStep `json:"steps" doc:"All steps in their order."`
}

// DailyStep is what happened to one step on a day.
type DailyStep struct {
	Step      onboarding.StepNumber `json:"step" example:"2"`
	Reached   int64                 `json:"reached" example:"30" doc:"Sessions that reached it for the first time."`
	Completed int64                 `json:"completed" example:"28" doc:"Sessions that completed it for the first time."`
	Skipped   int64                 `json:"skipped" example:"0" doc:"Sessions that skipped it for the first time."`
	Failures  int64                 `json:"failures" example:"3" doc:"Submissions that failed."`
}

func (h *Handlers) daily(ctx context.Context, in *AnalyticsInput) (*edge.Output[DailyBody], error) {
	about, days, q, err := h.readDays(ctx, in.DaysInput, in.Engine)
	if err != nil {
		return nil, err
	}
	rows, err := rollup.ReadDays(ctx, q, days)
	if err != nil {
		return nil, err
	}
	body := DailyBody{AnalyticsBody: about, Days: make([]AnalyticsDay, len(rows))}
	for i, row := range rows {
		day := AnalyticsDay{Day: row.Day, Started: row.Started, Finished: row.Finished}
		for j, step := range row.Steps {
			day.Steps = append(day.Steps, DailyStep{
				Step: onboarding.StepNumber(j + 1), Reached: step.Reached, Completed: step.Completed, Skipped: step.Skipped, Failures: step.Failures,
			})
		}
		body.Days[i] = day
	}
	return edge.OK(body), nil
}
