package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/postgres"
)

// examineEvery is how often the checker looks for contradictions while all goes on:
// whatever a statement sees must be consistent. A look reads all sessions.
const examineEvery = 5 * time.Second

// watch looks for contradictions until ctx ends.
func (s *system) watch(ctx context.Context, r *record) {
	for ctx.Err() == nil {
		_ = s.examine(ctx, r, math.MaxInt) // the database is down from time to time
		_ = wait(ctx, examineEvery)
	}
}

// examine asks the doctor so many times, until ctx ends or the database is away.
func (s *system) examine(ctx context.Context, r *record, times int) error {
	changer, all, closePools, err := flow.Open(ctx, postgres.Server{URL: s.cluster.OwnerURL()}, "doctor", 1, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer closePools()
	doctor := maintenance.NewDoctor(all, changer, prometheus.NewRegistry())
	for range times {
		bounded, cancel := context.WithTimeout(ctx, 10*time.Second)
		found, err := doctor.Examine(bounded)
		cancel()
		if err != nil {
			return err
		}
		for _, f := range found {
			r.find("contradictory", fmt.Sprint(f.Kind, f.SessionID, f.Step),
				fmt.Sprintf("%s: %s of step %d (session %s)", f.UserID, f.Kind, f.Step, f.SessionID))
		}
		if times > 1 {
			_ = wait(ctx, examineEvery)
		}
	}
	return nil
}

// reported adds what the doctors of the workers reported.
func (s *system) reported(r *record) {
	for _, slot := range s.workers {
		for _, i := range slot.past {
			_ = i.lines(func(line map[string]any) { // what can't be read says nothing
				if line["msg"] == "contradictory session" {
					r.find("contradictory", fmt.Sprint(line["finding"], line["session_id"], line["step"]),
						fmt.Sprintf("%s of step %v (session %v), as %s reported", line["finding"], line["step"],
							line["session_id"], slot.name))
				}
			})
		}
	}
}

// progress prints a line now and then.
func (r *record) progress(ctx context.Context, out io.Writer, duration time.Duration) {
	for ctx.Err() == nil {
		_ = wait(ctx, 15*time.Second)
		if ctx.Err() != nil {
			return
		}
		kills, stops, faults := r.sums()
		r.mu.Lock()
		line := fmt.Sprintf("chaos: %4.0f s of %.0f: onboardings=%d submissions=%d kills=%d stops=%d faults=%d findings=%d",
			time.Since(r.began).Seconds(), duration.Seconds(), r.finished, len(r.works), kills, stops, faults, len(r.findings))
		r.mu.Unlock()
		_, _ = fmt.Fprintln(out, strings.TrimSpace(line))
	}
}

// sums counts what was done.
func (r *record) sums() (kills, stops, faults int) {
	for k, n := range r.kinds() {
		switch {
		case k.isKill():
			kills += n
		case k.isStop():
			stops += n
		default:
			faults += n
		}
	}
	return kills, stops, faults
}
