package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// classes are the kinds of findings, in the order of the last line.
var classes = []string{"lost", "doubled", "contradictory", "stuck", "stolen"}

// line is the last line of a run.
func (res result) line() string {
	r := res.record
	kills, stops, faults := r.sums()
	var counts strings.Builder
	for _, class := range classes {
		fmt.Fprintf(&counts, " %s=%d", class, r.count(class))
	}
	return fmt.Sprintf("chaos: onboardings=%d kills=%d stops=%d faults=%d recovered=%d%s recovery_p50=%.1f "+
		"recovery_p99=%.1f seed=%d",
		r.finished, kills, stops, faults, len(res.recovered), counts.String(), quantile(res.recovered, 0.5),
		quantile(res.recovered, 0.99), res.seed)
}

// violations is how many findings there are.
func (res result) violations() (n int) {
	for _, class := range classes {
		n += res.record.count(class)
	}
	return n
}

// minima returns the minima that the default run has missed, as sentences.
func (res result) minima() []string {
	var missed []string
	need := func(what string, have, want int) {
		if have < want {
			missed = append(missed, fmt.Sprintf("%s=%d, at least %d are wanted", what, have, want))
		}
	}
	r, kinds := res.record, res.record.kinds()
	kills, stops, _ := r.sums()
	need("onboardings", r.finished, 2000)
	need("kills", kills, 60)
	need("kills of the leader", kinds[killLeader], 5)
	need("stops", stops, 20)
	need("recovered", len(res.recovered), 200)
	for _, l := range lanes {
		for _, k := range l.deck {
			if !k.isKill() && !k.isStop() {
				need(string(k), kinds[k], 5)
			}
		}
	}
	if p99 := quantile(res.recovered, 0.99); p99 > 15 {
		missed = append(missed, fmt.Sprintf("recovery_p99=%.1f, at most 15.0 is wanted", p99))
	}
	return missed
}

// write writes the report.
func (res result) write(out io.Writer, plan map[string][]action) {
	r := res.record
	p := func(format string, values ...any) { _, _ = fmt.Fprintf(out, format+"\n", values...) }
	p("%s", res.line())
	p("\nbegan %s, requests=%d repeated=%d submissions=%d", r.began.Format(time.RFC3339Nano), r.requests,
		r.retries, len(r.works))
	p("\n== findings: %d (the logs of the processes are beside this file)", res.violations())
	for _, key := range slices.Sorted(maps.Keys(r.findings)) {
		f := r.findings[key]
		p("%-13s %s  %s", f.class, f.at.Format(clock), f.what)
	}
	p("\n== faults by kind")
	for _, k := range slices.Sorted(maps.Keys(r.kinds())) {
		p("%-20s %d", k, r.kinds()[k])
	}
	p("\n== faults in order")
	slices.SortFunc(r.happened, func(a, b happening) int { return a.from.Compare(b.from) })
	for _, h := range r.happened {
		p("%9.3f s  %s for %6.2f s  %-20s %s  %s", h.from.Sub(r.began).Seconds(), h.from.Format(clock),
			h.to.Sub(h.from).Seconds(), h.kind, h.target, h.note)
	}
	p("\n== the slowest recoveries of %d", len(res.recovered))
	slowest := slices.Clone(res.recovered)
	slices.SortFunc(slowest, func(a, b recovered) int { return cmp.Compare(b.took, a.took) })
	for _, rec := range slowest[:min(30, len(slowest))] {
		p("%6.2f s  job %d -> %d of submission %s: %s of %s at %s, counted from %s (%s), replaced "+
			"%s, went on %s", rec.took.Seconds(), rec.run.job, rec.next.job,
			rec.run.submission, rec.how, rec.run.process.slot.name, rec.lost.Format(clock), rec.from.Format(clock), rec.because,
			rec.run.to.Format(clock), rec.next.from.Format(clock))
	}
	p("\n== refused requests")
	for _, refusal := range slices.Sorted(maps.Keys(r.refusals)) {
		p("%-40s %d", refusal, r.refusals[refusal])
	}
	p("\n== troubles: %d", len(r.troubles))
	for _, t := range r.troubles {
		p("%s", t)
	}
	p("\n== the plan of seed %d", res.seed)
	for _, a := range inOrder(plan) {
		p("%9.3f s  %-20s pick %d for %s", a.at.Seconds(), a.kind, a.pick, a.long)
	}
}
