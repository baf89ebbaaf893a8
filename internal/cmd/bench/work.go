package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/cmd/child"
	"github.com/alwrity/onboarding/internal/walk"
)

const (
	// workJobs is how many analyses are imported in a round; each queues a build of the inputs.
	workJobs = 1000
	// workPosts is how many of them are posted at a time: each answer waits up to two seconds for a worker.
	workPosts = 400
	// peerJobs is how many jobs a peer ends in a round.
	peerJobs = 5000
	// workLimit bounds the work of a round.
	workLimit = 2 * time.Minute
	// frozen is the commit of the program that the work is compared with.
	frozen = "cf9f266"
)

// work are the figures of jobs that end.
func work(ctx context.Context, s *stage) ([]figure, error) {
	programs, err := child.Programs()
	if err != nil {
		return nil, err
	}
	ours, err := s.newProgram(ctx, "ours", programs)
	if err != nil {
		return nil, err
	}
	old, err := frozenPrograms(ctx, s.stdout)
	if err != nil {
		return nil, err
	}
	former, err := s.newProgram(ctx, "former", old)
	if err != nil {
		return nil, err
	}
	river, err := newRiverPeer(ctx, s)
	if err != nil {
		return nil, err
	}
	steps := side{"ours", ours.steps}
	database, err := s.migrated(ctx, "endings")
	if err != nil {
		return nil, err
	}
	jobs := side{"ours", s.once(func(ctx context.Context) (float64, error) {
		return endings{database}.run(ctx, s.size(peerJobs))
	})}
	graphile := s.tool("graphile", "node", "tools/bench/graphile/main.mjs")
	const differs = "ours end submission, step, event and inputs beside the row; the peer's insert one row"
	return []figure{
		{
			name: "steps", what: "steps completed with their inputs built a second, against this program at " + frozen,
			unit: "steps/s", ours: steps, peer: &side{frozen, former.steps}, goal: 3.5,
		},
		{
			name: "jobs_river", what: "ends of jobs without work a second, against River with JobCompleteTx and one row",
			differs: differs,
			unit:    "jobs/s", ours: jobs, peer: &side{"River, one by one", river.oneByOne}, goal: 1.2,
		},
		{
			name: "jobs_river_batched", what: "ends of jobs without work a second, against River's own completer, many a commit",
			differs: differs + ", and may run twice", unit: "jobs/s", ours: jobs, peer: &side{"River, batched", river.batched},
		},
		{
			name: "jobs_graphile", what: "ends of jobs without work a second, against graphile-worker with one row",
			differs: differs,
			unit:    "jobs/s", ours: jobs, peer: &side{"graphile-worker", graphile},
			goal: 1.5,
		},
		{
			name: "jobs_dbos", what: "ends of jobs without work a second, against workflows of DBOS with one row",
			differs: differs,
			unit:    "jobs/s", ours: jobs, peer: &side{"DBOS", s.tool("dbos", filepath.Join(programs, "bench-dbos"))}, goal: 2,
		},
	}, nil
}

// tool is a side that another program measures: it gets the URL of a database and how many jobs, and prints the rate.
func (s *stage) tool(database, name string, args ...string) func(ctx context.Context) (float64, error) {
	round := 0
	return func(ctx context.Context) (float64, error) {
		round++
		address, err := s.database(ctx, fmt.Sprintf("%s_%d", database, round))
		if err != nil {
			return 0, err
		}
		ctx, cancel := context.WithTimeout(ctx, workLimit)
		defer cancel()
		cmd := exec.CommandContext(ctx, name, append(args, address, strconv.Itoa(s.size(peerJobs)))...) //nolint:gosec // ours
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			return 0, fmt.Errorf("%w: %s", err, lastOf(errs.String()))
		}
		return strconv.ParseFloat(lastOf(string(out)), 64)
	}
}

// lastOf returns the last line of what a program has printed.
func lastOf(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// program is a version of our programs with a database of its own.
type program struct {
	stage    *stage
	folder   string
	programs string
	database string
	address  string
	metrics  string // of the api
	issuer   *auth.DevIssuer
	client   *http.Client
}

// newProgram migrates a database with the programs in a folder and starts their api.
func (s *stage) newProgram(ctx context.Context, name, programs string) (*program, error) {
	p := &program{stage: s, programs: programs, client: &http.Client{
		Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: workPosts},
	}}
	var err error
	if p.database, err = s.database(ctx, name); err != nil {
		return nil, err
	}
	if p.folder, err = s.subfolder(name); err != nil {
		return nil, err
	}
	migrate := exec.CommandContext(ctx, filepath.Join(programs, "worker"), "migrate", "up") //nolint:gosec // ours
	migrate.Env = p.settings()
	if out, err := migrate.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("migrate %s: %w: %s", name, err, lastOf(string(out)))
	}
	if p.issuer, err = auth.OpenDevIssuer(p.folder); err != nil {
		return nil, err
	}
	if p.address, err = child.FreeAddress(ctx, "127.0.0.1:0"); err != nil {
		return nil, err
	}
	api, err := p.start(ctx, "api", "HTTP_ADDR="+p.address)
	if err != nil {
		return nil, err
	}
	s.stops = append(s.stops, api.Stop)
	return p, child.AwaitOK(ctx, startTimeout, "the api was", "http://"+p.address+"/readyz")
}

func (p *program) settings(more ...string) []string {
	return append([]string{
		"DEPLOY_ENV=local", "DATA_DIR=" + p.folder, "DATABASE_URL=" + p.database, "ENV_FILE=" + p.folder + "/.env",
		"INTERACTIVE_SLOTS=50", "DATABASE_CONNS=20", "LOG_LEVEL=warn",
		"ADDRESS_WRITES_PER_SECOND=0", "ADDRESS_READS_PER_SECOND=0",
	}, more...)
}

// start starts a program without waiting for it.
func (p *program) start(ctx context.Context, name string, settings ...string) (*child.Process, error) {
	metrics, err := child.FreeAddress(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	if name == "api" {
		p.metrics = metrics
	}
	return child.Start(name, filepath.Join(p.programs, name), []string{"run"},
		p.settings(append(settings, "METRICS_ADDR="+metrics)...), filepath.Join(p.folder, name+".log"))
}

const importBody = `{"data":{"website":"example.com","analysis":{"writing_style":{"tone":"warm"}}}}`

// post posts the analyses of new users, with no worker running.
func (p *program) post(ctx context.Context, n int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workPosts)
	for range n {
		group.Go(func() error {
			token, err := p.issuer.Mint(auth.User{ID: uuid.NewString()}, time.Hour)
			if err != nil {
				return err
			}
			request, err := http.NewRequestWithContext(ctx, http.MethodPost,
				"http://"+p.address+pathOnboarding+"/step/2/complete", strings.NewReader(importBody))
			if err != nil {
				return err
			}
			request.Header.Set("Authorization", "Bearer "+token)
			request.Header.Set("Content-Type", "application/json")
			response, err := p.client.Do(request)
			if err != nil {
				return err
			}
			defer response.Body.Close()
			answer, err := io.ReadAll(response.Body)
			if err == nil && response.StatusCode/100 != 2 {
				err = fmt.Errorf("import: %s %s", response.Status, answer)
			}
			return err
		})
	}
	return group.Wait()
}

// steps returns how many imports with their builds a worker ends in a second, from a backlog.
func (p *program) steps(ctx context.Context) (rate float64, err error) {
	conn, err := pgx.Connect(ctx, p.database)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(ctx) }()
	jobs := p.stage.size(workJobs)
	if err := p.post(ctx, jobs); err != nil {
		return 0, err
	}
	var began time.Time
	if err := conn.QueryRow(ctx, "select clock_timestamp()").Scan(&began); err != nil {
		return 0, err
	}
	worker, err := p.start(ctx, "worker")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, worker.Stop()) }()
	ctx, cancel := context.WithTimeoutCause(ctx, workLimit, errors.New("the jobs did not end in time"))
	defer cancel()
	for {
		var left int
		var seconds float64
		err := conn.QueryRow(ctx, `select (select count(*) from submissions where status = 'in_progress'),
			coalesce((select extract(epoch from max(finished_at) - min(finished_at))::float8
				from submissions where finished_at > $1), 0)`, began).Scan(&left, &seconds)
		if err != nil {
			return 0, err
		}
		if left == 0 {
			return float64(jobs) / max(seconds, 0.001), nil
		}
		if err := walk.Wait(ctx, 100*time.Millisecond); err != nil {
			return 0, context.Cause(ctx)
		}
	}
}

// frozenPrograms builds the programs of the frozen commit from history, once, and returns their folder.
func frozenPrograms(ctx context.Context, stdout io.Writer) (string, error) {
	folder, err := filepath.Abs(filepath.Join(".data", "bench-"+frozen))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(folder, "bin", "worker")); err == nil {
		return filepath.Join(folder, "bin"), nil
	}
	if err := exec.CommandContext(ctx, "git", "cat-file", "-e", frozen+"^{commit}").Run(); err != nil {
		return "", fmt.Errorf("the history lacks %s: run `git fetch --unshallow` in this clone", frozen)
	}
	_, _ = fmt.Fprintf(stdout, "bench: building the programs of %s (once)\n", frozen)
	const script = `set -eu; rm -rf "$1"; mkdir -p "$1/src"; git archive "$2" | tar -x -C "$1/src"
		cd "$1/src"; CGO_ENABLED=0 GOFLAGS=-trimpath go build -buildvcs=false -o ../bin/ ./cmd/api ./cmd/worker; rm -rf "$1/src"`
	//nolint:gosec // constants
	if out, err := exec.CommandContext(ctx, "sh", "-c", script, "sh", folder, frozen).CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w: %s", frozen, err, lastOf(string(out)))
	}
	return filepath.Join(folder, "bin"), nil
}
