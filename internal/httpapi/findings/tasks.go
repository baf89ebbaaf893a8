package findings

import (
	"context"
	"net/http"
	"time"

	"github.com/alwrity/onboarding/internal/httpapi/edge"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
)

// TasksBody says what the analyses that follow step 3 can start from.
type TasksBody struct {
	Deep      DeepTask      `json:"deep_competitor_analysis"`
	Benchmark BenchmarkTask `json:"competitive_sitemap_benchmarking"`
}

// Readiness says whether an analysis has what it needs.
type Readiness struct {
	Bulb     string  `json:"bulb" enum:"green,red" doc:"green while it is eligible."`
	Eligible bool    `json:"eligible" doc:"Whether there are competitors."`
	Reason   *string `json:"reason" doc:"What is missing or not known, in a sentence."`
}

// DeepTask is the analysis of the competitors' websites.
type DeepTask struct {
	Readiness
	Task ScheduledTask `json:"task"`
}

// ScheduledTask is a task of the scheduler, which is another service: nothing of it is known here.
type ScheduledTask struct {
	Exists        bool       `json:"exists" doc:"Always false, like the rest: see reason."`
	Status        *string    `json:"status"`
	NextExecution *time.Time `json:"next_execution"`
	LastRun       *time.Time `json:"last_run"`
	LastStatus    *string    `json:"last_status"`
}

// BenchmarkTask is the comparison of sitemaps.
type BenchmarkTask struct {
	Readiness
	Report ReportState `json:"report"`
}

// ReportState says whether there is a report.
type ReportState struct {
	Available  bool       `json:"available"`
	LastRun    *time.Time `json:"last_run" doc:"When the website's sitemap was read."`
	ErrorCount int        `json:"error_count" doc:"How many competitors have no figures."`
	Status     *string    `json:"status" enum:"completed,processing" doc:"processing while the website is analysed; null without a report."`
	Error      *string    `json:"error" doc:"Why there is no report, in a sentence."`
}

const (
	noCompetitors = "There are no competitors yet. Find some in step 3, or add them by hand."
	notScheduled  = "The scheduler is another service; whether it has planned the analysis is not known here."
	noReport      = "No sitemap of your website is stored. Analyse the website in step 2, or its sitemap in step 3."
)

func (h handlers) tasks(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[TasksBody], error) {
	session, err := postgres.Session(ctx, h.cfg.Pool, edge.UserID(ctx))
	if err != nil {
		return nil, err
	}
	s, err := h.stored(ctx)
	if err != nil {
		return nil, err
	}
	ready := Readiness{Bulb: "green", Eligible: true}
	if len(s.competitors) == 0 {
		ready = Readiness{Bulb: "red", Reason: new(noCompetitors)}
	}
	body := TasksBody{Deep: DeepTask{Readiness: ready}, Benchmark: BenchmarkTask{Readiness: ready}}
	if ready.Eligible {
		body.Deep.Reason = new(notScheduled)
	}
	report := &body.Benchmark.Report
	switch {
	case s.own != nil:
		*report = ReportState{
			Available: true, LastRun: &s.own.At, Status: new("completed"),
			ErrorCount: len(compare(*s.own, s.competitors, s.sitemaps).Competitors.Errors),
		}
	case session.Step(onboarding.StepWebsite).Status == onboarding.StepInProgress:
		report.Status = new("processing")
	default:
		report.Error = new(noReport)
	}
	return edge.Conditional(in, body, nil)
}

// missing lists the problem of a report that is not there.
var missing = edge.Refuses(http.StatusNotFound)

func (h handlers) report(ctx context.Context, in *edge.StateInput) (*edge.StateOutput[Benchmark], error) {
	s, err := h.stored(ctx)
	if err != nil {
		return nil, err
	}
	if s.own == nil {
		return nil, edge.NewProblem(http.StatusNotFound, "report_not_found", noReport)
	}
	return edge.Conditional(in, compare(*s.own, s.competitors, s.sitemaps), nil)
}
