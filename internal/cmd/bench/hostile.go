package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/walk"
)

// What is measured, and the goals.
const (
	hostileUsers = 20
	// A start, a poll and an export may take twice as long as without the hostile users, or this.
	hostileStart  = 250.0 // milliseconds
	hostileStatus = 250.0
	hostileExport = 2000.0
	// hostileSamples are the samples of each kind on an idle system.
	hostileSamples = 15
	// hostileBudget is the most submissions of a user that may be accepted: the defaults of the
	// limits of a day.
	hostileBudget = 30 + 30 + 60
	hostilePause  = 150 * time.Millisecond
)

// hostileCommand returns the subcommand.
func hostileCommand() *cobra.Command {
	var during time.Duration
	c := command("hostile", "how little hostile users slow down others",
		func(ctx context.Context, databaseURL string, stdout io.Writer) (bool, error) {
			return runHostile(ctx, databaseURL, stdout, during)
		})
	c.Flags().DurationVar(&during, "for", time.Minute, "how long the hostile users are there")
	return c
}

// samples are times in milliseconds by what was measured.
type samples struct {
	mu    sync.Mutex
	times map[string][]float64
}

func (s *samples) add(what string, milliseconds float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times[what] = append(s.times[what], milliseconds)
}

// p95 returns the 95th percentile of what was measured, -1 without a sample.
func (s *samples) p95(what string) float64 { return s.percentile(what, 95) }

// percentile returns a percentile of what was measured, -1 without a sample.
func (s *samples) percentile(what string, percent int) float64 {
	times := slices.Sorted(slices.Values(s.times[what]))
	if len(times) == 0 {
		return -1
	}
	return times[min(len(times)*percent/100, len(times)-1)]
}

// The kinds of work of the bystanders.
var bystanders = []string{"text", "website", "persona"}

// hostileFigures are what the bystanders met.
type hostileFigures struct {
	idle, loaded *samples
	abuse        abuse
	running      int // the most network jobs of one user
	used         int // the most submissions of one user
}

// start returns the worst 95th percentile of the kinds of bystanders.
func start(s *samples) (worst float64) {
	for _, kind := range bystanders {
		p95 := s.p95(kind)
		if p95 < 0 {
			return -1
		}
		worst = max(worst, p95)
	}
	return worst
}

func (f *hostileFigures) met() bool {
	within := func(what string, most float64) bool {
		loaded := f.loaded.p95(what)
		return loaded >= 0 && loaded <= max(2*f.idle.p95(what), most)
	}
	for _, kind := range bystanders {
		if !within(kind, hostileStart) {
			return false
		}
	}
	return within("status", hostileStatus) && within("export", hostileExport) &&
		f.running <= 2 && f.used <= hostileBudget && f.abuse.accepted.Load() > 0
}

func (f *hostileFigures) String() string {
	kinds := ""
	for _, kind := range bystanders {
		kinds += fmt.Sprintf(" %s_p95_ms=%.1f/%.1f", kind, f.loaded.p95(kind), f.idle.p95(kind))
	}
	return fmt.Sprintf("bystanders (hostile/idle):%s\n"+
		"abuse: tried=%d waits=%d streams=%d exports=%d reads=%d of %d network_jobs_of_a_user=%d submissions_of_a_user=%d\n"+
		"hostile: users=%d bystander_p95_ms=%.1f idle_p95_ms=%.1f accepted_of_abuse=%d status_p95_ms=%.1f "+
		"idle_status_p95_ms=%.1f export_p95_ms=%.1f met=%t",
		kinds, f.abuse.tried.Load(), f.abuse.waits.Load(), f.abuse.streams.Load(), f.abuse.exports.Load(),
		f.abuse.answered.Load(), f.abuse.reads.Load(), f.running, f.used,
		hostileUsers, start(f.loaded), start(f.idle), f.abuse.accepted.Load(), f.loaded.p95("status"),
		f.idle.p95("status"), f.loaded.p95("export"), f.met())
}

// hostileBench is what the measurement shares.
type hostileBench struct {
	api    *api
	system *postgres.Pool
	fast   string // the address of a fast website
}

// runHostile measures with an api and a worker process, with the limits of their defaults.
func runHostile(ctx context.Context, databaseURL string, stdout io.Writer, during time.Duration) (met bool, err error) {
	folder, err := os.MkdirTemp("", "bench-hostile-")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.CloseClientConnections()
	slow, port, err := slowSite(ctx)
	if err != nil {
		return false, err
	}
	defer slow.CloseClientConnections()
	fast := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<title>Bread</title><main><p>%s</p></main>", text)
	}))
	defer fast.Close()
	b := hostileBench{fast: fast.URL}
	if b.system, err = openPool(ctx, databaseURL, postgres.RoleSystem, 6); err != nil {
		return false, err
	}
	defer b.system.Close()
	worker, err := startProgram("worker", databaseURL, folder, "METRICS_ADDR=127.0.0.1:0", "LOG_LEVEL=error",
		"FETCH_ALLOW_PREFIXES=127.0.0.0/8", "MODEL_OPENAI_URL="+silent.URL, "SHUTDOWN_GRACE=1s")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, worker.Stop()) }()
	if b.api, err = startAPI(ctx, databaseURL, folder); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, b.api.Stop()) }()
	figures, err := b.measure(ctx, port, during)
	if err == nil {
		_, err = fmt.Fprintln(stdout, figures)
	}
	return err == nil && figures.met(), err
}

// measure measures the bystanders, alone and beside the hostile users.
func (b hostileBench) measure(ctx context.Context, slowPort string, during time.Duration) (*hostileFigures, error) {
	f := &hostileFigures{idle: &samples{times: map[string][]float64{}}, loaded: &samples{times: map[string][]float64{}}}
	warm := &samples{times: map[string][]float64{}}
	if err := b.bystand(ctx, "warm", warm, 3); err != nil {
		return f, err
	}
	if err := b.bystand(ctx, "idle", f.idle, hostileSamples); err != nil {
		return f, err
	}
	attack, stop := context.WithCancel(ctx)
	var hostiles sync.WaitGroup
	defer func() { stop(); hostiles.Wait() }()
	for n := range hostileUsers {
		user, err := newCaller(b.api, fmt.Sprintf("hostile-%d", n), fmt.Sprintf("127.0.1.%d", n+1))
		if err != nil {
			return f, err
		}
		h := &hostile{caller: user, n: n, slowPort: slowPort, counts: &f.abuse}
		if err := h.prepare(ctx); err != nil {
			return f, err
		}
		hostiles.Go(func() { h.run(attack) })
	}
	if err := walk.Wait(ctx, 3*time.Second); err != nil { // until they have taken what they can
		return f, err
	}
	until, end := context.WithTimeout(ctx, during)
	defer end()
	var group errgroup.Group
	group.Go(func() error { return b.bystandUntil(until, f.loaded) })
	group.Go(func() error { return b.watch(until, f) })
	return f, group.Wait()
}

// bystandUntil measures until ctx ends.
func (b hostileBench) bystandUntil(ctx context.Context, into *samples) error {
	for round := 0; ; round++ {
		err := b.bystand(ctx, fmt.Sprintf("loaded-%d", round), into, hostileSamples)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the time is over
		}
		if err != nil {
			return err
		}
	}
}

// bystand lets three bystanders submit one thing after the other, each time as a new user, and two
// others poll and export.
func (b hostileBench) bystand(ctx context.Context, name string, into *samples, n int) error {
	home, err := newCaller(b.api, name, "127.0.2.1")
	if err != nil {
		return err
	}
	defer home.client.CloseIdleConnections() // else the api waits for them when it stops
	work, done := context.WithCancel(ctx)
	var group, others errgroup.Group
	for _, kind := range bystanders {
		group.Go(func() error {
			for i := range n {
				user, err := home.as(fmt.Sprintf("%s-%s-%d", name, kind, i))
				if err == nil {
					err = b.submits(ctx, user, kind, into)
				}
				if err != nil {
					return fmt.Errorf("%s of a bystander: %w", kind, err)
				}
			}
			return nil
		})
	}
	for what, path := range map[string]string{"status": "/status", "export": "/export"} {
		others.Go(func() error {
			for work.Err() == nil {
				began := time.Now()
				if _, err := home.must(ctx, http.MethodGet, path, nil); err != nil {
					return fmt.Errorf("%s of a bystander: %w", what, err)
				}
				into.add(what, float64(time.Since(began).Microseconds())/1000)
				_ = walk.Wait(work, hostilePause)
			}
			return nil
		})
	}
	err = group.Wait()
	done()
	return errors.Join(err, others.Wait())
}

// submits submits one thing and measures how long its job waits for its start, by the database's clock.
func (b hostileBench) submits(ctx context.Context, user *caller, kind string, into *samples) error {
	path, body := "/step/2/complete", map[string]any{}
	switch kind {
	case "text":
		body["data"] = map[string]any{"text_sample": text}
	case "website":
		body["data"] = map[string]any{"website": b.fast}
	case "persona":
		path, body = "/step4/generate-personas-async", map[string]any{
			"selected_platforms": []string{"blog"},
			"onboarding_data":    analysisIn("dry"),
		}
	}
	answer, err := user.must(ctx, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	var submitted struct {
		SubmissionID uuid.UUID `json:"submission_id"`
		TaskID       uuid.UUID `json:"task_id"`
	}
	if err := json.Unmarshal(answer, &submitted); err != nil {
		return err
	}
	id := submitted.SubmissionID
	if id == uuid.Nil {
		id = submitted.TaskID
	}
	for {
		var waited *float64
		err := b.system.QueryRow(ctx, `select extract(epoch from j.attempted_at - j.created_at)::float8 * 1000
			from submissions s join river_job j on j.id = s.job_id where s.id = $1`, id).Scan(&waited)
		if err != nil {
			return fmt.Errorf("read the start of a job: %w", err)
		}
		if waited != nil {
			into.add(kind, *waited)
			return walk.Wait(ctx, hostilePause)
		}
		if err := walk.Wait(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
}

// watch notes the most that one user has, until ctx ends.
func (b hostileBench) watch(ctx context.Context, f *hostileFigures) error {
	for {
		var running, used int
		err := b.system.QueryRow(ctx, `select
			(select coalesce(max(n), 0) from (select count(*) n from submissions
				where status = 'in_progress' and network and not held group by session_id) r),
			(select coalesce(max(n), 0) from (select count(*) n from submissions
				where kind <> 'personalization_inputs' group by session_id) u)`).Scan(&running, &used)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the time is over
		}
		if err != nil {
			return fmt.Errorf("watch the hostile users: %w", err)
		}
		f.running, f.used = max(f.running, running), max(f.used, used)
		_ = walk.Wait(ctx, 100*time.Millisecond)
	}
}
