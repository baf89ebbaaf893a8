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

	"github.com/jackc/pgx/v5"

	"github.com/alwrity/onboarding/internal/cmd/bench/sizing"
	"github.com/alwrity/onboarding/internal/walk"
)

const (
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
	w := waiters{stage: s, database: database}
	idle, err := w.idle(ctx, server)
	if err != nil {
		return m, err
	}
	for round := range rounds {
		for _, workers := range []int{1, 2, 4} {
			ownBefore, itsBefore := ownCPU(), server.cpu()
			rate, err := w.ended(ctx, workers, jobs)
			if err != nil {
				return m, err
			}
			m.rates[workers] = append(m.rates[workers], rate)
			ended += workers * jobs
			own, its = own+ownCPU()-ownBefore, its+server.cpu()-itsBefore
			_, _ = fmt.Fprintf(s.stdout, "round %d: %d workers end %.1f jobs a second\n", round+1, workers, rate)
		}
	}
	m.costs = sizing.Costs{Worker: own / float64(ended), Database: its / float64(ended), Idle: idle}
	return m, nil
}

// idle returns how many processors of the server one idle worker keeps busy.
func (w waiters) idle(ctx context.Context, server server) (processors float64, err error) {
	err = w.running(ctx, idleWorkers, slog.New(slog.DiscardHandler), func(ctx context.Context) error {
		if err := walk.Wait(ctx, time.Second); err != nil { // they start
			return err
		}
		before := server.cpu()
		err := walk.Wait(ctx, idleTime)
		processors = (server.cpu() - before) / idleTime.Seconds() / idleWorkers
		return err
	})
	return processors, err
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
