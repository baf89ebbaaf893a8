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
	Total rollup.Quantiles `json:"total" doc:"From the begin of the session to the finish."`
	Value rollup.Quantiles `json:"time_to_value" doc:"From the begin of the session to the first analysis: the completion of step 2."`
	Steps []StepTiming     `json:"steps" doc:"All steps in their order."`
}

// StepTiming is how long one step takes.
type StepTiming struct {
	Step  onboarding.StepNumber `json:"step" example:"2"`
	Title string                `json:"title" example:"Website Analysis"`
	rollup.StepTimings
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
	body := TimingsBody{
		AnalyticsBody: about, Total: timings[onboarding.StepFinish-1].Start, Value: rollup.TimeToValue(timings),
	}
	for i, step := range timings {
		n := onboarding.StepNumber(i + 1)
		body.Steps = append(body.Steps, StepTiming{Step: n, Title: n.Info().Title, StepTimings: step})
	}
	return edge.OK(body), nil
}

// DailyBody is what happened on each day.
type DailyBody struct {
	AnalyticsBody
	Days []AnalyticsDay `json:"days" doc:"In their order, days without anything too."`
}

// AnalyticsDay is what happened on one day.
type AnalyticsDay struct {
	rollup.Day
	Steps [onboarding.StepCount]rollup.DayCounts `json:"steps" doc:"All steps in their order."`
}

func (h *Handlers) daily(ctx context.Context, in *AnalyticsInput) (*edge.Output[DailyBody], error) {
	about, days, q, err := h.readDays(ctx, in.DaysInput, in.Engine)
	if err != nil {
		return nil, err
	}
	rows, err := rollup.ReadDays(ctx, q, days)
	return edge.OK(DailyBody{AnalyticsBody: about, Days: edge.Map(rows, func(day rollup.Day) AnalyticsDay {
		return AnalyticsDay{Day: day, Steps: day.Steps}
	})}), err
}
