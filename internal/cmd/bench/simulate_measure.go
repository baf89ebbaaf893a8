package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/cmd/bench/sizing"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/queue"
	"github.com/alwrity/onboarding/internal/walk"
	"github.com/alwrity/onboarding/jobs"
)

const (
	// websiteWait is how long the website of a job takes to answer.
	websiteWait = 50 * time.Millisecond
	// idleTime is how long idle workers are watched.
	idleTime = 5 * time.Second
	// idleWorkers are how many are watched: the cost of one is small.
	idleWorkers = 4
)

// workersMeasured are the rates of one, two and four workers, and the costs that belong to them, but for the wait.
type workersMeasured struct {
	rates map[int][]float64
	costs sizing.Costs
}

// measureWorkers measures one, two and four workers in turns: jobs for each of them that wait for a website.
func measureWorkers(ctx context.Context, s *stage, rounds, jobs int) (m workersMeasured, err error) {
	database, err := s.migrated(ctx, "simulate")
	if err != nil {
		return m, err
	}
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return m, err
	}
	defer func() { _ = conn.Close(ctx) }()
	server, err := serverOf(ctx, conn)
	if err != nil {
		return m, err
	}
	m.rates = map[int][]float64{}
	var ended int
	var own, its float64
	idle, err := (&fleetRun{database: database, workers: idleWorkers}).idle(ctx, server)
	if err != nil {
		return m, err
	}
	for round := range rounds {
		for _, workers := range []int{1, 2, 4} {
			run := fleetRun{database: database, conn: conn, workers: workers, jobs: workers * jobs}
			ownBefore, itsBefore := ownCPU(), server.cpu()
			rate, err := run.rate(ctx)
			if err != nil {
				return m, err
			}
			m.rates[workers] = append(m.rates[workers], rate)
			ended += run.jobs
			own, its = own+ownCPU()-ownBefore, its+server.cpu()-itsBefore
			_, _ = fmt.Fprintf(s.stdout, "round %d: %d workers end %.1f jobs a second\n", round+1, workers, rate)
		}
	}
	m.costs = sizing.Costs{Worker: own / float64(ended), Database: its / float64(ended), Idle: idle}
	return m, nil
}

// fleetRun is a run of some workers in this process.
type fleetRun struct {
	database      string
	conn          *pgx.Conn
	workers, jobs int
}

// rate returns how many jobs a second they end, from a backlog.
func (f *fleetRun) rate(ctx context.Context) (rate float64, err error) {
	_, err = f.conn.Exec(ctx, queueWork, uuid.NewString(), f.jobs, onboarding.KindWebsiteAnalysis, queue.Network,
		`{"website": "https://example.com"}`)
	if err != nil {
		return 0, fmt.Errorf("queue work: %w", err)
	}
	var began time.Time
	if err := f.conn.QueryRow(ctx, "select clock_timestamp()").Scan(&began); err != nil {
		return 0, err
	}
	err = f.running(ctx, func(ctx context.Context) error {
		for {
			var left bool
			err := f.conn.QueryRow(ctx, "select exists (select from submissions where status = 'in_progress')").Scan(&left)
			if err != nil || !left {
				return err
			}
			if err := walk.Wait(ctx, 50*time.Millisecond); err != nil {
				return context.Cause(ctx)
			}
		}
	})
	if err != nil {
		return 0, err
	}
	// The first and the last tenth are left out: workers start, and slots have nothing left to do.
	var seconds float64
	err = f.conn.QueryRow(ctx, `select extract(epoch from percentile_disc(0.9) within group (order by finished_at)
			- percentile_disc(0.1) within group (order by finished_at))::float8
		from submissions where finished_at > $1 and status = 'completed'`, began).Scan(&seconds)
	return 0.8 * float64(f.jobs) / max(seconds, 0.001), err
}

// idle returns how many processors of the server one idle worker keeps busy.
func (f *fleetRun) idle(ctx context.Context, server server) (processors float64, err error) {
	err = f.running(ctx, func(ctx context.Context) error {
		if err := walk.Wait(ctx, time.Second); err != nil { // they start
			return err
		}
		before := server.cpu()
		err := walk.Wait(ctx, idleTime)
		processors = (server.cpu() - before) / idleTime.Seconds() / float64(f.workers)
		return err
	})
	return processors, err
}

// running runs the workers while do lasts.
func (f *fleetRun) running(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, workLimit, errors.New("the jobs did not end in time"))
	defer cancel()
	work, stop := context.WithCancel(ctx)
	defer stop()
	group, work := errgroup.WithContext(work)
	for range f.workers {
		worker, err := jobs.NewWorker(ctx, jobs.WorkerConfig{
			Database: postgres.Server{URL: f.database}, DatabaseConns: simulateSlots + 1,
			InteractiveSlots: 1, NetworkSlots: simulateSlots, BulkSlots: 1, Grace: time.Second,
			Crawler: slowWebsite{}, Analyzer: slowWebsite{}, Keys: noKeys{},
			BuildInputs: func(onboarding.Sources) onboarding.Inputs { return onboarding.Inputs{} },
			Registry:    prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			return errors.Join(err, func() error { stop(); return group.Wait() }())
		}
		group.Go(func() error { return worker.Run(work) })
	}
	err := do(ctx)
	stop()
	return errors.Join(err, group.Wait())
}

// slowWebsite is a website that answers after websiteWait with a page that takes no time to analyse.
type slowWebsite struct{}

// Crawl implements jobs.Crawler.
func (slowWebsite) Crawl(ctx context.Context, crawl onboarding.Crawl) (onboarding.Site, error) {
	return onboarding.Site{URL: crawl.URL, Pages: []onboarding.Page{{URL: crawl.URL}}}, walk.Wait(ctx, websiteWait)
}

// Analyze implements jobs.Analyzer.
func (slowWebsite) Analyze(context.Context, onboarding.Site) (onboarding.Analysis, error) {
	return onboarding.Analysis{}, nil
}

// Prompt implements jobs.Analyzer.
func (slowWebsite) Prompt(onboarding.Site, onboarding.Analysis) onboarding.Prompt {
	return onboarding.Prompt{}
}

// Merge implements jobs.Analyzer.
func (slowWebsite) Merge(onboarding.Analysis, onboarding.Answer) (onboarding.Analysis, error) {
	return onboarding.Analysis{}, onboarding.ErrBadAnswer
}

// ownCPU is how many seconds of a processor this process has used.
func ownCPU() float64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}

// server is a PostgreSQL server on this machine: the id of its first process.
type server int

// serverOf returns the server of a connection.
func serverOf(ctx context.Context, conn *pgx.Conn) (server, error) {
	var backend int
	if err := conn.QueryRow(ctx, "select pg_backend_pid()").Scan(&backend); err != nil {
		return 0, err
	}
	fields := processFields(strconv.Itoa(backend))
	if fields == nil {
		return 0, errors.New("the processes of the server can't be read: this needs /proc of Linux")
	}
	parent, err := strconv.Atoi(fields[fieldParent])
	return server(parent), err
}

// The fields of /proc/PID/stat behind the name of the program, see proc(5), and how many ticks a second has.
const (
	fieldParent = 1
	fieldUser   = 11 // then system, and both of ended children
	ticks       = 100
)

// processFields returns the fields, nil if the process is gone.
func processFields(pid string) []string {
	content, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return nil
	}
	_, fields, _ := strings.Cut(string(content), ") ")
	return strings.Fields(fields)
}

// cpu is how many seconds of a processor the server has used, its processes that have ended too.
func (s server) cpu() float64 {
	folders, _ := filepath.Glob("/proc/[0-9]*")
	total := 0
	for _, folder := range folders {
		pid := filepath.Base(folder)
		fields := processFields(pid)
		if len(fields) < fieldUser+4 || pid != strconv.Itoa(int(s)) && fields[fieldParent] != strconv.Itoa(int(s)) {
			continue
		}
		for _, field := range fields[fieldUser : fieldUser+4] {
			n, _ := strconv.Atoi(field)
			total += n
		}
	}
	return float64(total) / ticks
}
