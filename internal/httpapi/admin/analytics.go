package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

const (
	// usualDays is how many days a response covers by default, mostDays the most that one call may ask
	// for: a year and the same day of the year before.
	usualDays = 30
	mostDays  = 367
)

// DaysInput chooses days of the analytics.
type DaysInput struct {
	From string `query:"from" format:"date" example:"2026-11-01" doc:"First day (UTC); 29 days before the last if left out."`
	To   string `query:"to" format:"date" example:"2026-11-28" doc:"Last day (UTC); today if left out. At most 367 days in all."`
}

// AnalyticsInput chooses days and an engine.
type AnalyticsInput struct {
	DaysInput
	Engine string `query:"engine" maxLength:"50" example:"openai" doc:"Count only results of this engine: local, client (the user's own), a model provider, mixed (of several) or unknown. What no engine makes is counted all the same."`
}

// AnalyticsBody names the days that a response covers.
type AnalyticsBody struct {
	From           string    `json:"from" format:"date" example:"2026-11-01" doc:"First day (UTC)."`
	To             string    `json:"to" format:"date" example:"2026-11-28" doc:"Last day (UTC)."`
	CountedThrough time.Time `json:"counted_through" example:"2026-11-28T10:15:00Z" doc:"What happened before this moment is counted."`
}

// FunnelBody is how far the sessions that began in some days have come.
type FunnelBody struct {
	AnalyticsBody
	Started        int64        `json:"started" example:"1000" doc:"Sessions that began in these days."`
	Finished       int64        `json:"finished" example:"412" doc:"Of them, those that finished since."`
	CompletionRate float64      `json:"completion_rate" example:"0.412" doc:"finished / started, 0 without any."`
	Steps          []FunnelStep `json:"steps" doc:"All steps in their order."`
}

// FunnelStep is one step of a funnel. Each number counts sessions, each once.
type FunnelStep struct {
	onboarding.FunnelStep
	Title string `json:"title" example:"Website Analysis"`
}

// FailuresBody is what failed in some days.
type FailuresBody struct {
	AnalyticsBody
	Total    int64                 `json:"total" example:"120"`
	Failures []rollup.StepFailures `json:"failures" doc:"The most frequent first."`
}

// days reads which days are asked for.
func (in DaysInput) days(now time.Time) (first, last time.Time, err error) {
	last = now.UTC().Truncate(24 * time.Hour)
	if in.To != "" {
		if last, err = time.Parse(time.DateOnly, in.To); err != nil {
			return first, last, edge.InvalidField("to", "Name the last day as 2026-11-28.")
		}
	}
	first = last.AddDate(0, 0, 1-usualDays)
	if in.From != "" {
		if first, err = time.Parse(time.DateOnly, in.From); err != nil {
			return first, last, edge.InvalidField("from", "Name the first day as 2026-11-01.")
		}
	}
	if first.After(last) || first.AddDate(0, 0, mostDays).Before(last.AddDate(0, 0, 1)) {
		return first, last, &onboarding.InputError{
			Field: "from", Code: "invalid_field",
			Reason: fmt.Sprintf("The first day must not be after the last, and be at most %d days before it.", mostDays-1),
		}
	}
	return first, last, nil
}

// readDays returns the head of a response and what to read for it.
func (h *Handlers) readDays(
	ctx context.Context, in DaysInput, engine string,
) (body AnalyticsBody, days rollup.Range, q *system.Queries, err error) {
	days.Engine = engine
	if days.First, days.Last, err = in.days(time.Now()); err != nil {
		return body, days, nil, err
	}
	q = system.New(h.cfg.Analytics())
	through, err := q.ReadRollupThrough(ctx)
	if err != nil {
		return body, days, nil, fmt.Errorf("read how far the rollups are: %w", err)
	}
	body = AnalyticsBody{
		From: days.First.Format(time.DateOnly), To: days.Last.Format(time.DateOnly),
		CountedThrough: through,
	}
	return body, days, q, nil
}

func (h *Handlers) funnel(ctx context.Context, in *AnalyticsInput) (*edge.Output[FunnelBody], error) {
	about, days, q, err := h.readDays(ctx, in.DaysInput, in.Engine)
	if err != nil {
		return nil, err
	}
	funnel, err := rollup.ReadFunnelOf(ctx, q, days)
	if err != nil {
		return nil, err
	}
	body := FunnelBody{
		AnalyticsBody: about, Started: funnel.Started, Finished: funnel.Finished(),
		CompletionRate: onboarding.Share(funnel.Finished(), funnel.Started),
	}
	for _, step := range funnel.Steps {
		body.Steps = append(body.Steps, FunnelStep{FunnelStep: step, Title: step.Step.Info().Title})
	}
	return edge.OK(body), nil
}

func (h *Handlers) failures(ctx context.Context, in *DaysInput) (*edge.Output[FailuresBody], error) {
	about, days, q, err := h.readDays(ctx, *in, "")
	if err != nil {
		return nil, err
	}
	failures, err := rollup.ReadStepFailures(ctx, q, days)
	body := FailuresBody{AnalyticsBody: about, Failures: failures}
	for _, f := range failures {
		body.Total += f.Count
	}
	return edge.OK(body), err
}
