package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/postgres"
)

// What is measured, and the goals.
const (
	latencyOpen  = 200
	latencyGoal  = 100 // milliseconds, p99
	memoryOpen   = 2000
	memoryGoal   = 100 // MiB
	changes      = 3000
	changesEvery = 5 * time.Millisecond
	writers      = 4
	lostAfter    = 5 * time.Second
	settleTime   = 5 * time.Second
	connectors   = 32
)

// streamFigures are the figures of one kind of stream.
type streamFigures struct {
	p50, p99, added float64
}

func (f streamFigures) met() bool { return f.p99 <= latencyGoal && f.added < memoryGoal }

// runStream measures how soon changes reach open streams and what open streams cost
// in memory, for both kinds.
func runStream(ctx context.Context, databaseURL string, stdout io.Writer) (met bool, err error) {
	met = true
	for _, kind := range []struct {
		name string
		open opener
	}{{"ws", openWS}, {"sse", openSSE}} {
		figures, err := measureStreams(ctx, databaseURL, kind.name, kind.open)
		if err != nil {
			return false, fmt.Errorf("measure %s: %w", kind.name, err)
		}
		_, _ = fmt.Fprintf(stdout, "stream: kind=%s latency_open=%d p50_ms=%.0f p99_ms=%.0f memory_open=%d "+
			"added_mib=%.0f met=%t\n",
			kind.name, latencyOpen, math.Ceil(figures.p50), math.Ceil(figures.p99), memoryOpen, math.Ceil(figures.added),
			figures.met())
		met = met && figures.met()
	}
	return met, nil
}

// measureStreams measures one kind: each figure on a process of its own.
func measureStreams(ctx context.Context, databaseURL, kind string, open opener) (f streamFigures, err error) {
	folder, err := os.MkdirTemp("", "bench-stream-")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	measure := func(do func(*api) error) error {
		a, err := startAPI(ctx, databaseURL, folder, readsWithoutLimit...)
		if err != nil {
			return err
		}
		return errors.Join(do(a), a.Stop())
	}
	if err := measure(func(a *api) (err error) {
		f.added, err = addedMemory(ctx, a, kind, open)
		return err
	}); err != nil {
		return f, err
	}
	return f, measure(func(a *api) (err error) {
		f.p50, f.p99, err = latency(ctx, a, databaseURL, kind, open)
		return err
	})
}

// openAll opens n streams, each of a user of its own.
func openAll(ctx context.Context, a *api, n int, name func(int) string, open opener,
	heard func(user int, version int64, at time.Time),
) (closeAll func(), err error) {
	streams := make([]net.Conn, n)
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(connectors)
	for i := range n {
		group.Go(func() (err error) {
			streams[i], err = open(groupCtx, a, name(i), func(version int64, at time.Time) { heard(i, version, at) })
			return err
		})
	}
	err = group.Wait()
	return func() {
		for _, stream := range streams {
			if stream != nil {
				_ = stream.Close()
			}
		}
	}, err
}

// addedMemory returns the most that a process with open streams held beyond what it
// held before the first, once they are all open, in MiB.
func addedMemory(ctx context.Context, a *api, kind string, open opener) (float64, error) {
	before, err := a.resident(ctx)
	if err != nil {
		return 0, err
	}
	name := func(i int) string { return fmt.Sprintf("memory-%s-%d", kind, i) }
	closeAll, err := openAll(ctx, a, memoryOpen, name, open, func(int, int64, time.Time) {})
	defer closeAll()
	if err != nil {
		return 0, err
	}
	most := 0.0
	for end := time.Now().Add(settleTime); time.Now().Before(end); {
		now, err := a.resident(ctx)
		if err != nil {
			return 0, err
		}
		most = max(most, now-before)
		time.Sleep(settleTime / 10)
	}
	return most, nil
}

// times keeps when each version of each user was committed and heard.
type times struct {
	mu               sync.Mutex
	committed, heard map[[2]int64]time.Time
}

func (t *times) note(in map[[2]int64]time.Time, user int, version int64, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	in[[2]int64{int64(user), version}] = at
}

// missing returns how many committed changes have not been heard.
func (t *times) missing() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	missing := 0
	for key := range t.committed {
		if _, ok := t.heard[key]; !ok {
			missing++
		}
	}
	return missing
}

// latency returns the median and the 99th percentile of the time from the commit of a
// change, made by this process as a worker would, to its arrival at a client, in
// milliseconds.
func latency(ctx context.Context, a *api, databaseURL, kind string, open opener) (p50, p99 float64, err error) {
	t := &times{committed: map[[2]int64]time.Time{}, heard: map[[2]int64]time.Time{}}
	name := func(i int) string { return fmt.Sprintf("latency-%s-%d", kind, i) }
	closeAll, err := openAll(ctx, a, latencyOpen, name, open, func(user int, version int64, at time.Time) {
		t.note(t.heard, user, version, at)
	})
	defer closeAll()
	if err != nil {
		return 0, 0, err
	}
	if err := makeChanges(ctx, databaseURL, name, t); err != nil {
		return 0, 0, err
	}
	for end := time.Now().Add(lostAfter); t.missing() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return 0, 0, fmt.Errorf("%d of %d changes did not arrive", t.missing(), changes)
		}
	}
	all := make([]float64, 0, changes)
	for key, committed := range t.committed {
		all = append(all, max(t.heard[key].Sub(committed).Seconds()*1000, 0))
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*99/100], nil
}

// makeChanges changes the sessions in turn, one version each time.
func makeChanges(ctx context.Context, databaseURL string, name func(int) string, t *times) error {
	registry := prometheus.NewRegistry()
	pool, err := openPool(ctx, databaseURL, postgres.RoleApp, writers+1)
	if err != nil {
		return err
	}
	defer pool.Close()
	system, err := openPool(ctx, databaseURL, postgres.RoleSystem, 1)
	if err != nil {
		return err
	}
	defer system.Close()
	log := slog.New(slog.DiscardHandler)
	submitter, err := flow.NewSubmitter(pool, system, registry, log)
	if err != nil {
		return err
	}
	notifier := postgres.NewNotifier(pool, log)
	submitter.Announce = notifier.Changed
	announcing, stop := context.WithCancel(ctx)
	defer stop()
	go notifier.Run(announcing)

	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	pace := time.NewTicker(changesEvery)
	defer pace.Stop()
	for i := range changes {
		<-pace.C
		group.Go(func() error {
			user, version := i%latencyOpen, int64(i/latencyOpen+1)
			err := submitter.NoteFinish(ctx, name(user))
			t.note(t.committed, user, version, time.Now())
			return err
		})
	}
	return group.Wait()
}
