package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// nextReleaseSQL is a migration of a later release.
//
//go:embed nextrelease.sql
var nextReleaseSQL string

// The shape of a rolling restart.
const (
	rollingDuration = time.Minute
	rollingUsers    = 16
	rollingAPIs     = 3
	rollingWorkers  = 4
	// rollingSettle is how long work may take after the last user has begun.
	rollingSettle = 45 * time.Second
	// rollingStop is how long a process may take to end.
	rollingStop = 30 * time.Second
	// tellTime is how soon a stream must announce the end of an onboarding.
	tellTime = 15 * time.Second
)

// rollingHabits are those of users whose steps must not fail.
var rollingHabits = habits{keys: 60, supersede: 10, cancel: 4, reset: 4}

// rolled is the outcome of a rolling restart.
type rolled struct {
	requests, failed    int64
	unfinished          int // users whose onboarding failed
	ended               endings
	restarts, completed int
	streams             int64 // of live progress
}

// endings counts submissions and jobs by their end.
type endings struct {
	failed, open      int // failed, or not ended in time
	recovered, missed int // jobs that used up a recovery, and attempts beyond the first
	skew              int // jobs of the kind that half of the workers lack
}

// line is the last line of a run.
func (r rolled) line() string {
	return fmt.Sprintf("rolling: requests=%d failed=%d steps_failed=%d", r.requests, r.failed,
		r.ended.failed+r.ended.open+r.unfinished)
}

// wrong returns why the restart failed, nil if it succeeded.
func (r rolled) wrong() error {
	switch {
	case r.failed > 0, r.ended.failed+r.ended.open+r.unfinished > 0:
		return errViolated
	case r.ended.recovered+r.ended.missed > 0:
		return fmt.Errorf("jobs used up %d recoveries and %d attempts: %w", r.ended.recovered, r.ended.missed, errViolated)
	case r.completed == 0, r.ended.skew == 0, r.restarts < rollingAPIs+rollingWorkers, r.streams <= int64(r.completed):
		return fmt.Errorf("too little was done: onboardings=%d, restarts=%d, jobs of the new kind=%d, streams=%d",
			r.completed, r.restarts, r.ended.skew, r.streams)
	}
	return nil
}

// rolling restarts every process, one after the other, while users onboard through a
// balancer, with workers of two releases on the schema of a third.
func rolling(ctx context.Context, o options) error {
	if o.duration == 0 {
		o.duration = rollingDuration
	}
	o.users, o.habits = min(o.users, rollingUsers), rollingHabits
	older, what := o.former, "every other process of the release before"
	if older == "" {
		tree, err := copyTree(ctx, filepath.Dir(o.programs))
		if err != nil {
			return err
		}
		defer tree.remove()
		if older, err = tree.build(ctx, "older.patch"); err != nil {
			return err
		}
		what = "half of the workers without one kind of work"
	}
	folder := filepath.Join(o.folder, "run")
	if err := emptyFolder(folder); err != nil {
		return fmt.Errorf("make the folder %s: %w", folder, err)
	}
	sys, err := startSystem(ctx, shape{
		folder: folder, programs: o.programs, older: older, former: o.former != "", apis: rollingAPIs, workers: rollingWorkers, slots: o.users,
		slowest: 300 * time.Millisecond, beforeProcesses: nextReleaseSQL, settings: map[string]string{"DRAIN_DELAY": "1s"},
	})
	if err != nil {
		return err
	}
	defer sys.stop()
	_, _ = fmt.Fprintf(o.out, "rolling: seed=%d duration=%s users=%d apis=%d workers=%d, %s\n",
		o.seed, o.duration, o.users, rollingAPIs, rollingWorkers, what)
	r, err := sys.roll(ctx, o)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintln(o.out, r.line())
	return r.wrong()
}

// roll restarts processes until the time is over, each at least once.
func (sys *system) roll(ctx context.Context, o options) (r rolled, err error) {
	balancer, err := startBalancer(ctx, sys.addresses())
	if err != nil {
		return r, err
	}
	defer balancer.stop()
	record := newRecord()
	users := &counted{RoundTripper: &http.Transport{MaxIdleConnsPerHost: o.users}}
	beginning, stopBeginning := context.WithCancel(ctx)
	defer stopBeginning()
	driving, stopDriving := context.WithCancel(ctx)
	defer stopDriving()
	d := &driver{
		seed: o.seed, users: o.users, apis: []string{balancer.address}, issuer: sys.issuer, sites: sys.sites,
		record: record, habits: o.habits, http: &http.Client{Transport: users}, followed: &followed{within: tellTime},
	}
	driven := make(chan struct{})
	go func() {
		defer close(driven)
		d.run(driving, beginning)
	}()
	r.restarts, err = sys.restartAll(ctx, record.began.Add(o.duration))
	stopBeginning()
	if err != nil {
		return r, err
	}
	select {
	case <-driven:
	case <-time.After(rollingSettle):
		record.trouble("users have not finished")
		stopDriving()
		<-driven
	}
	sys.quiet(ctx, time.Now().Add(rollingSettle))
	if r.ended, err = sys.endings(ctx); err != nil {
		return r, err
	}
	for _, trouble := range record.troubles {
		_, _ = fmt.Fprintln(o.out, "rolling:", trouble)
	}
	r.requests, r.failed = users.requests.Load(), users.failed.Load()+balancer.repeated.Load()
	r.unfinished, r.completed, r.streams = len(record.troubles), record.finished, d.followed.streams.Load()
	_, _ = fmt.Fprintf(o.out, "rolling: restarts=%d onboardings=%d streams=%d events=%d unavailable=%d broken=%d "+
		"repeated=%d failed_submissions=%d open=%d recovered=%d attempts_missed=%d of_the_new_kind=%d\n",
		r.restarts, r.completed, r.streams, d.followed.events.Load(), balancer.unavailable.Load(), balancer.broken.Load(),
		balancer.repeated.Load(),
		r.ended.failed, r.ended.open, r.ended.recovered, r.ended.missed, r.ended.skew)
	return r, nil
}

// restartAll restarts the processes in turn: SIGTERM, its end, a new one, ready.
func (sys *system) restartAll(ctx context.Context, until time.Time) (restarts int, err error) {
	slots := append(append([]*slot{}, sys.workers...), sys.apis...)
	for restarts < len(slots) || time.Now().Before(until) {
		slot := slots[restarts%len(slots)]
		if err := slot.restart(ctx); err != nil {
			return restarts, err
		}
		restarts++
		_ = wait(ctx, time.Second)
		if ctx.Err() != nil {
			return restarts, errors.New("the run was interrupted")
		}
	}
	return restarts, nil
}

// restart shuts the process down and starts the next one.
func (s *slot) restart(ctx context.Context) error {
	s.busy.Lock()
	defer s.busy.Unlock()
	ended, err := s.terminate(rollingStop)
	if err != nil {
		return err
	}
	if !ended {
		return fmt.Errorf("%s did not end within %s of SIGTERM; its log is %s", s.name, rollingStop, s.running().logPath)
	}
	return errors.Join(s.start(), s.awaitReady(ctx, time.Minute))
}

// endings counts how submissions and jobs ended.
func (sys *system) endings(ctx context.Context) (e endings, err error) {
	err = sys.owner(ctx, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `select
				(select count(*) from submissions where status = 'failed'),
				(select count(*) from submissions where status = 'in_progress'),
				(select count(*) from river_job where (args->>'recoveries')::int > 0),
				(select count(*) from river_job where args ? 'submission_id' and attempt + (args->>'attempts_used')::int > 1),
				(select count(*) from river_job where kind = 'persona_generation' and state = 'completed')`).
			Scan(&e.failed, &e.open, &e.recovered, &e.missed, &e.skew)
	})
	if err != nil {
		return e, fmt.Errorf("read how the submissions ended: %w", err)
	}
	return e, nil
}
