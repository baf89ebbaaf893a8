package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// options say what to run.
type options struct {
	seed     uint64
	duration time.Duration
	users    int
	rounds   int // of failover
	// asynchronous has failover run without synchronous replication, which it has to notice.
	asynchronous bool
	folder       string // of the data
	programs     string
	former       string // programs of the release before, for rolling
	habits       habits
	lanes        []lane
	schema       string // is executed before the processes start
	out          io.Writer
	// settle is how long users may go on after the last fault.
	settle time.Duration
}

// result is the outcome of a run.
type result struct {
	record    *record
	recovered []recovered
	seed      uint64
	report    string
}

// runChaos starts a system, injects faults, waits until work has ended, and checks.
func runChaos(ctx context.Context, o options) (result, error) {
	folder := filepath.Join(o.folder, "run")
	if err := emptyFolder(folder); err != nil {
		return result{}, fmt.Errorf("make the folder %s: %w", folder, err)
	}
	s := shape{
		folder: folder, programs: o.programs, apis: 2, workers: 3, slots: o.users, slowest: 700 * time.Millisecond,
		beforeProcesses: o.schema,
	}
	sys, err := startSystem(ctx, s)
	if err != nil {
		return result{}, err
	}
	defer sys.stop()
	r := newRecord()
	plan := planOf(o.seed, o.duration, o.lanes)
	lastFault := sys.breakIt(ctx, o, r, plan)
	if ctx.Err() != nil {
		return result{}, errors.New("the run was interrupted")
	}
	res := result{record: r, seed: o.seed}
	if res.recovered, err = sys.check(context.WithoutCancel(ctx), r, lastFault); err != nil {
		return res, err
	}
	res.report = filepath.Join(o.folder, "report.txt")
	file, err := os.Create(res.report)
	if err != nil {
		return res, fmt.Errorf("write the report: %w", err)
	}
	res.write(file, plan)
	return res, file.Close()
}

// breakIt lets users onboard, injects the faults and waits until the system has settled.
// It returns when the last fault ended.
func (s *system) breakIt(ctx context.Context, o options, r *record, plan map[string][]action) time.Time {
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	go s.watch(watching, r)
	go r.progress(watching, o.out, o.duration)
	beginning, stopBeginning := context.WithCancel(ctx)
	driving, stopDriving := context.WithCancel(ctx)
	defer stopDriving()
	driven := make(chan struct{})
	d := &driver{
		seed: o.seed, users: o.users, apis: s.addresses(), issuer: s.issuer, sites: s.sites, record: r,
		habits: o.habits,
	}
	go func() {
		defer close(driven)
		d.run(driving, beginning)
	}()
	injecting, stopInjecting := context.WithDeadline(ctx, r.began.Add(o.duration))
	defer stopInjecting()
	(&injector{system: s, record: r}).run(injecting, plan)
	_ = wait(ctx, time.Until(r.began.Add(o.duration)))
	stopBeginning()
	lastFault := time.Now()
	_, _ = fmt.Fprintln(o.out, "chaos: the faults are over; waiting until all work has ended")
	select {
	case <-driven:
	case <-time.After(o.settle):
		stopDriving()
		<-driven
	}
	s.quiet(ctx, lastFault.Add(settleTime))
	return lastFault
}

// quiet waits until nothing is in progress, until a time at the latest.
func (s *system) quiet(ctx context.Context, latest time.Time) {
	for time.Now().Before(latest) && ctx.Err() == nil {
		var busy bool
		err := s.owner(ctx, func(conn *pgx.Conn) error {
			return conn.QueryRow(ctx, `select exists (select from submissions where status = 'in_progress')
				or exists (select from river_job where state in ('available', 'running', 'retryable', 'scheduled') and args ? 'submission_id')`).Scan(&busy)
		})
		if err == nil && !busy {
			return
		}
		_ = wait(ctx, 500*time.Millisecond)
	}
}

// check compares the record with the database.
func (s *system) check(ctx context.Context, r *record, lastFault time.Time) ([]recovered, error) {
	conn, err := pgx.Connect(ctx, s.cluster.OwnerURL())
	if err != nil {
		return nil, fmt.Errorf("connect to check: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	runs, err := history(ctx, conn, s.workers)
	if err != nil {
		return nil, err
	}
	r.judge(runs)
	c := &checker{
		record: r, conn: conn, lastFault: lastFault, runs: runs,
		asked: append(s.models.openAI.Calls(), s.models.anthropic.Calls()...),
	}
	for _, check := range []func(context.Context) error{c.submissions, c.results, c.users, c.disagreements, c.charges} {
		if err := check(ctx); err != nil {
			return nil, err
		}
	}
	if err := s.examine(ctx, r, 1); err != nil {
		return nil, fmt.Errorf("ask the doctor: %w", err)
	}
	s.reported(r)
	r.stolen(runs)
	return r.recoveries(runs), nil
}
