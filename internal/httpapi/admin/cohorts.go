package admin

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
)

// CohortsInput chooses days and what sessions are told apart by.
type CohortsInput struct {
	DaysInput
	By string `query:"by" default:"week" enum:"week,engine,language,input,variant" doc:"week: in which it began; engine: of the newest analysis; language: of the analysis; input: what was submitted last for step 2 (website, text, business, or finished: the client's analysis); variant: the claim of the user's first token."`
}

// CohortsBody is the funnel of each cohort.
type CohortsBody struct {
	AnalyticsBody
	By      string   `json:"by" example:"language"`
	Cohorts []Cohort `json:"cohorts" doc:"Weeks in their order, others the largest first, at most 100."`
}

// Cohort is how far the sessions of one cohort have come.
type Cohort struct {
	Cohort         *string      `json:"cohort" example:"en" doc:"Of a week its Monday. Null where it is not known, as the language before an analysis."`
	Started        int64        `json:"started" example:"300"`
	Finished       int64        `json:"finished" example:"140"`
	CompletionRate float64      `json:"completion_rate" example:"0.467" doc:"finished / started."`
	Steps          []CohortStep `json:"steps" doc:"All steps in their order; the counts are those of the funnel."`
}

// CohortStep is one step of a cohort's funnel.
type CohortStep struct {
	Step     onboarding.StepNumber `json:"step" example:"2"`
	Reached  int64                 `json:"reached" example:"280"`
	Passed   int64                 `json:"passed" example:"250"`
	Lost     int64                 `json:"lost" example:"30"`
	NotBegun int64                 `json:"not_begun" example:"20"`
	DropOff  float64               `json:"drop_off" example:"0.107"`
}

func (h *Handlers) cohorts(ctx context.Context, in *CohortsInput) (*edge.Output[CohortsBody], error) {
	about, days, q, err := h.readDays(ctx, in.DaysInput, "")
	if err != nil {
		return nil, err
	}
	cohorts, err := rollup.ReadCohorts(ctx, q, days, in.By)
	return edge.OK(CohortsBody{AnalyticsBody: about, By: in.By, Cohorts: edge.Map(cohorts, cohortOf)}), err
}

func cohortOf(c rollup.Cohort) Cohort {
	cohort := Cohort{
		Started: c.Funnel.Started, Finished: c.Funnel.Finished(),
		CompletionRate: onboarding.Share(c.Funnel.Finished(), c.Funnel.Started),
	}
	if c.Value != "" {
		cohort.Cohort = &c.Value
	}
	for _, s := range c.Funnel.Steps {
		cohort.Steps = append(cohort.Steps, CohortStep{s.Step, s.Reached, s.Passed, s.Lost, s.NotBegun, s.DropOff})
	}
	return cohort
}

// mostStopped is how many users one response lists.
const mostStopped = 10_000

// StoppedInput chooses days, a step, and a page of the list.
type StoppedInput struct {
	DaysInput
	Step  int    `query:"step" required:"true" minimum:"1" maximum:"6" example:"2" doc:"Where they stopped."`
	Place string `query:"place" default:"lost" enum:"lost,not_begun" doc:"lost: begun and not passed; not_begun: gone after the step before."`
	After string `query:"after" format:"uuid" example:"0197c1d2-0000-7000-8000-000000000001" doc:"The Next-After of the page before this one."`
	Limit int    `query:"limit" minimum:"1" maximum:"10000" default:"10000" example:"1000" doc:"Users of a page."`
}

// StoppedOutput is a page of the list as CSV with a head.
type StoppedOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	NextAfter   string `header:"Next-After" doc:"Asks for the next page; left out with the last."`
	Body        []byte
}

// csvContent describes the responses of an operation.
func csvContent(op *huma.Operation) {
	op.Responses["200"] = &huma.Response{Description: "CSV with a head.", Content: map[string]*huma.MediaType{
		"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}, Example: strings.Join(rollup.StoppedHead(), ",")},
	}}
}

func (h *Handlers) stopped(ctx context.Context, in *StoppedInput) (*StoppedOutput, error) {
	_, days, q, err := h.readDays(ctx, in.DaysInput, "")
	if err != nil {
		return nil, err
	}
	after := uuid.Nil
	if in.After != "" {
		if after, err = uuid.Parse(in.After); err != nil {
			return nil, edge.InvalidField("after", "Use the Next-After of the page before this one.")
		}
	}
	at := rollup.Place{Step: onboarding.StepNumber(in.Step), Begun: in.Place != "not_begun"}
	users, err := rollup.ReadStopped(ctx, q, days, at, after, min(in.Limit, mostStopped))
	if err != nil {
		return nil, err
	}
	records := append([][]string{rollup.StoppedHead()},
		edge.Map(users, func(s rollup.Stopped) []string { return rollup.StoppedRecord(s, at) })...)
	out := &StoppedOutput{
		ContentType: "text/csv; charset=utf-8",
		Disposition: fmt.Sprintf(`attachment; filename="stopped-step-%d.csv"`, in.Step),
	}
	if len(users) == in.Limit {
		out.NextAfter = users[len(users)-1].SessionID.String()
	}
	var text bytes.Buffer
	err = csv.NewWriter(&text).WriteAll(records)
	out.Body = text.Bytes()
	return out, err
}
