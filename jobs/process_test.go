package jobs

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
)

// The test binary is also the worker process of the tests: with this variable set
// it runs a worker on that database instead of the tests.
const (
	processDatabase = "JOBS_TEST_DATABASE_URL"
	processReturns  = "JOBS_TEST_RETURNS"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(processDatabase); url != "" {
		if err := runProcess(url, os.Getenv(processReturns)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	// The tests wait for dead-thresholds more than they compute. With more at once they miss
	// the seconds that they wait for.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// runProcess is the worker process. Each crawl prints "crawling" and how many pages
// it was given, keeps pages up to three, prints "kept", waits for a line on standard
// input, and then returns what it was told; what River made of the job is printed
// too.
func runProcess(url, returns string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	released := make(chan struct{})
	go func() {
		for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
			released <- struct{}{}
		}
	}()
	s := &scripted{script: func(ctx context.Context, _ int, crawl onboarding.Crawl) (onboarding.Site, error) {
		fmt.Println("crawling", len(crawl.Held))
		if _, err := keepAll(ctx, crawl, 3); err != nil {
			return onboarding.Site{}, err
		}
		fmt.Println("kept")
		stopped := ctx.Done()
		if returns != "" {
			stopped = nil // a zombie does not notice that it is not wanted any more
		}
		select {
		case <-released:
			return processOutcome(returns, crawl)
		case <-stopped:
			return onboarding.Site{}, ctx.Err()
		}
	}}
	w, err := NewWorker(ctx, WorkerConfig{
		Database: pgtest.Server(url), DatabaseConns: 4,
		InteractiveSlots: 1, NetworkSlots: 1, BulkSlots: 1, Grace: time.Second,
		Crawler: s, ReadText: readText, Analyzer: s, Personas: &scriptedPersonas{}, BuildInputs: countSources,
		Models: &scriptedModels{}, Keys: plainKeys{}, Registry: prometheus.NewRegistry(), Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	events, unsubscribe := w.river.Subscribe(river.EventKindJobCompleted, river.EventKindJobFailed,
		river.EventKindJobCancelled, river.EventKindJobSnoozed)
	defer unsubscribe()
	go func() {
		for event := range events {
			fmt.Println("ended", event.Kind)
		}
	}()
	return w.Run(ctx)
}

// processOutcome is what the crawl of a worker process returns. A zombie's site has
// five pages, so that its result would be recognised.
func processOutcome(returns string, crawl onboarding.Crawl) (onboarding.Site, error) {
	switch returns {
	case "success":
		return onboarding.Site{URL: crawl.URL, Pages: make([]onboarding.Page, 5)}, nil
	case "error":
		return onboarding.Site{}, errors.New("boom")
	case "snooze":
		return onboarding.Site{}, &onboarding.RateLimitError{RetryAfter: time.Second}
	case "cancel":
		return onboarding.Site{}, river.JobCancel(errors.New("boom"))
	case "panic":
		panic("boom")
	default: // the successor
		return onboarding.Site{URL: crawl.URL, Pages: make([]onboarding.Page, 2)}, nil
	}
}

// process is a worker process.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines chan string
}

// working starts a worker process that is in the middle of a crawl when it returns.
func (b *bundle) working(returns string) (*process, onboarding.Submission) {
	b.t.Helper()
	p := b.process(returns)
	submission := b.website("example.com")
	p.says("kept")
	return p, submission
}

// process starts a worker process, which ends with the test.
func (b *bundle) process(returns string) *process {
	b.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), processDatabase+"="+b.db.URL, processReturns+"="+returns)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	require.NoError(b.t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(b.t, err)
	require.NoError(b.t, cmd.Start())
	p := &process{t: b.t, cmd: cmd, stdin: stdin, lines: make(chan string, 100)}
	go func() {
		defer close(p.lines)
		for scanner := bufio.NewScanner(stdout); scanner.Scan(); {
			p.lines <- scanner.Text()
		}
	}()
	b.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return p
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
}

// release lets the crawl of the process return.
func (p *process) release() {
	p.t.Helper()
	_, err := io.WriteString(p.stdin, "\n")
	require.NoError(p.t, err)
}

// says waits until the process prints a line that begins so.
func (p *process) says(prefix string) {
	p.t.Helper()
	timeout := time.After(30 * time.Second)
	for {
		select {
		case line, open := <-p.lines:
			require.True(p.t, open, "the process ended before it said %q", prefix)
			if strings.HasPrefix(line, prefix) {
				return
			}
		case <-timeout:
			require.Fail(p.t, "the process does not say "+prefix)
		}
	}
}

// steady waits until that many workers have beaten for the dead-threshold.
func (b *bundle) steady(workers int) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		return pgtest.One[int](b.t, b.db, "select count(*) from worker_beats where beat_at - started_at > interval '9 s'") == workers
	}, 30*time.Second, 100*time.Millisecond, "the workers do not become steady")
}

// A worker is stopped with SIGSTOP beyond the recovery and continued, before and
// after the successor has ended. Whatever it then returns, there is one result,
// the successor's, and neither job's row is changed by the zombie.
func TestZombieProcess(t *testing.T) {
	t.Parallel()
	for _, returns := range []string{"success", "error", "snooze", "cancel", "panic"} {
		for _, when := range []string{"before", "after"} {
			t.Run(returns+" "+when+" the successor ends", func(t *testing.T) {
				t.Parallel()
				b := setup(t)
				zombie, submission := b.working(returns)
				zombie.signal(syscall.SIGSTOP)

				successor := b.process("")
				successor.says("kept")
				retired := pgtest.One[string](b.t, b.db, "select state || finalized_at::text || errors::text from river_job where id = $1",
					submission.JobID)
				wake := func() {
					zombie.release()
					zombie.signal(syscall.SIGCONT)
					zombie.says("ended")
				}
				if when == "before" {
					wake()
				}
				successor.release()
				ended := b.ended(submission.ID)
				if when == "after" {
					wake()
				}

				assert.Equal(t, onboarding.SubmissionCompleted, ended.Status)
				assert.Equal(t, []int{2},
					pgtest.One[[]int](b.t, b.db, "select array_agg((analysis->'measurements'->>'words')::int) from website_analyses"))
				assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from step_events where status = 'completed'"))
				assert.Equal(t, retired, pgtest.One[string](b.t, b.db,
					"select state || finalized_at::text || errors::text from river_job where id = $1", submission.JobID))
				assert.Equal(t, "completed", b.jobState(ended.JobID))
				assert.Equal(t, 2, pgtest.One[int](b.t, b.db, "select count(*) from river_job where kind = 'website_analysis'"),
					"the lost job and its successor")
			})
		}
	}
}

// A worker is killed when it has read everything and committed nothing: another one
// goes on within 15 s, with all the pages.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	victim, submission := b.working("")
	successor := b.process("")
	b.steady(2)
	victim.signal(syscall.SIGKILL)
	killed := time.Now()
	successor.says("crawling 3")
	assert.Less(t, time.Since(killed), 15*time.Second)
	successor.release()
	assert.Equal(t, onboarding.SubmissionCompleted, b.ended(submission.ID).Status)
}

// SIGTERM hands a running job back after the grace, without using up an attempt or a
// recovery.
func TestStopHandsTheJobBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, submission := b.working("")
	second := b.process("")
	first.signal(syscall.SIGTERM)
	second.says("crawling 3")
	require.NoError(t, first.cmd.Wait(), "the first ends cleanly")
	second.release()
	ended := b.ended(submission.ID)
	assert.Equal(t, onboarding.SubmissionCompleted, ended.Status)
	assert.NotEqual(t, submission.JobID, ended.JobID, "replaced, not run again")
	assert.Equal(t, "completed", b.jobState(submission.JobID))
	assert.Equal(t, "1 0 0",
		pgtest.One[string](b.t, b.db,
			"select concat_ws(' ', attempt, args->'recoveries', args->'attempts_used') from river_job where id = $1",
			ended.JobID))
	assert.Equal(t, 1, pgtest.One[int](b.t, b.db, "select count(*) from worker_beats"), "the first withdrew its beat")
}
