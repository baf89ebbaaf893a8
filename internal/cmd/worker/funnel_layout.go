package worker

import (
	"fmt"
	"io"
	"time"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
)

// writeFunnel prints a report for people, in the layout of WriteReport.
func writeFunnel(w io.Writer, report progressReport) error {
	p := newPrinter(w)
	p.barWidth = narrowBar
	p.line(p.strong("Onboarding progress"))
	p.line(fmt.Sprintf("%s to %s UTC · %s ever · %s started · %s finished", report.From, report.To,
		plural(int(report.Sessions), "session"), thousands(int(report.Started)), thousands(int(report.Finished))))
	p.line("counted through " + report.CountedThrough.Format(time.DateTime))
	if value := report.TimeToValue; value.Count > 0 {
		p.line(fmt.Sprintf("time to value: median %.1f s, p95 %.1f s", *value.MedianSeconds, *value.P95Seconds))
	}
	p.bars("Steps", barsOf(report.Funnel, funnelBar))
	p.bars("From submission to completion", barsOf(report.Times, timeBar))
	failures := report.Failures[:min(len(report.Failures), mostFailures)]
	p.bars("Failures", barsOf(failures, func(f rollup.StepFailures) bar {
		return bar{string(f.Code), float64(f.Count), thousands(int(f.Count)) + " in step " + stepLabel(f.Step)}
	}))
	p.bars("Started and finished", dayBars(report.Days))
	p.line("")
	return p.flush(w)
}

func stepLabel(n onboarding.StepNumber) string { return fmt.Sprintf("%d %s", n, n.Info().Title) }

func funnelBar(step onboarding.FunnelStep) bar {
	note := thousands(int(step.Reached)) + " reached"
	for _, state := range []struct {
		count int64
		word  string
	}{{step.Completed, "completed"}, {step.Skipped, "skipped"}, {step.Failed, "failed"}} {
		if state.count > 0 {
			note += ", " + thousands(int(state.count)) + " " + state.word
		}
	}
	if step.Lost > 0 {
		note += fmt.Sprintf(" · %s stopped here (%.1f %%)", thousands(int(step.Lost)), step.DropOff*100)
	}
	if step.NotBegun > 0 {
		note += fmt.Sprintf(" · %s not begun", thousands(int(step.NotBegun)))
	}
	return bar{stepLabel(step.Step), float64(step.Reached), note}
}

func timeBar(t workTimes) bar {
	label := stepLabel(t.Step)
	if t.Engine != "" {
		label = "- " + t.Engine
	}
	note := fmt.Sprintf("median %.2f s, p95 %.2f s, %s", t.MedianSeconds, t.P95Seconds, plural(int(t.Completions), "time"))
	return bar{label, t.MedianSeconds, note}
}

// The report fits on one screen: mostFailures is how many failures get a line, mostDays the most days or weeks.
const (
	mostFailures = 5
	mostDays     = 10
	narrowBar    = 12
)

// dayBars leaves out the days without anything. It takes as many days for a line as the lines need to fit.
func dayBars(days []rollup.Day) (bars []bar) {
	for _, width := range []int{1, 7, 28, 91, 364} {
		if bars = barsOfDays(days, width); len(bars) <= mostDays {
			break
		}
	}
	return bars
}

func barsOfDays(days []rollup.Day, width int) (bars []bar) {
	lead := ""
	if width > 1 {
		lead = fmt.Sprintf("%d days from ", width)
	}
	for begin := 0; begin < len(days); begin += width {
		var sum rollup.Day
		for _, day := range days[begin:min(begin+width, len(days))] {
			sum.Started += day.Started
			sum.Finished += day.Finished
		}
		if sum.Started == 0 && sum.Finished == 0 {
			continue
		}
		note := fmt.Sprintf("%s started, %s finished", thousands(int(sum.Started)), thousands(int(sum.Finished)))
		bars = append(bars, bar{lead + days[begin].Day, float64(sum.Started), note})
	}
	return bars
}
