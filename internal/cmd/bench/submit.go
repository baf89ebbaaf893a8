package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/cmd/child"
)

const (
	submitTime    = 4 * time.Second
	submitClients = 16
	submitTokens  = 8000 // prepared for a round
	textBody      = `{"data":{"text_sample":"We repair bicycles in the old town, and lend you one meanwhile."}}`
)

//go:embed submissions.sql
var submissionsSQL []byte

// submissions are the figures of POST step 2 with a text, while no worker runs.
func submissions(ctx context.Context, s *stage) ([]figure, error) {
	programs, err := child.Programs()
	if err != nil {
		return nil, err
	}
	p, err := s.newProgram(ctx, "submissions", programs)
	if err != nil {
		return nil, err
	}
	peer, err := s.migrated(ctx, "pgbench")
	if err != nil {
		return nil, err
	}
	script := filepath.Join(s.folder, "submissions.sql")
	if err := os.WriteFile(script, submissionsSQL, 0o644); err != nil { //nolint:gosec // no secrets
		return nil, err
	}
	silent, err := s.silentProgram(ctx, programs)
	if err != nil {
		return nil, err
	}
	worst := 0.0
	ours := side{"ours", s.once(func(ctx context.Context) (rate float64, err error) {
		rate, worst, err = p.submitText(ctx)
		return rate, err
	})}
	return []figure{
		{
			name: "submissions", what: "submissions of a text a second, against pgbench doing the same transaction",
			differs: "the peer checks no token, reads no body and renders nothing; its connections are superuser's",
			unit:    "submissions/s", ours: ours, goal: 0.75,
			peer: &side{"pgbench", func(ctx context.Context) (float64, error) { return s.pgbench(ctx, peer, script) }},
		},
		{
			name: "submissions_p99", what: "99th percentile of a submission at 16 connections, in milliseconds", unit: "ms",
			ours: side{"ours", func(ctx context.Context) (float64, error) {
				_, err := ours.measure(ctx)
				return worst, err
			}}, goal: 40, most: true,
		},
		{
			name: "notify", what: "submissions of a text a second, against the same program without NOTIFY to its workers",
			unit: "submissions/s", ours: ours, goal: 0.95,
			peer: &side{"without NOTIFY", func(ctx context.Context) (float64, error) {
				rate, _, err := silent.submitText(ctx)
				return rate, err
			}},
		},
	}, nil
}

// silentProgram returns the program on a database that notifies no worker.
func (s *stage) silentProgram(ctx context.Context, programs string) (*program, error) {
	p, err := s.newProgram(ctx, "silent", programs)
	if err != nil {
		return nil, err
	}
	conn, err := pgx.Connect(ctx, p.database)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `do $$ begin
		execute replace(pg_get_functiondef('queue_job'::regproc), 'if wakes then', 'if false then');
	end $$`)
	return p, err
}

var pgbenchRate = regexp.MustCompile(`tps = ([\d.]+)`)

// pgbench returns how many transactions of a script a second 16 connections make.
func (s *stage) pgbench(ctx context.Context, database, script string) (float64, error) {
	program, err := findPgbench()
	if err != nil {
		return 0, err
	}
	took := max(submitTime/time.Duration(s.scale), time.Second)
	//nolint:gosec // ours
	cmd := exec.CommandContext(ctx, program, "-n", "-M", "prepared", "-c", strconv.Itoa(submitClients), "-j", "2", "-T",
		strconv.Itoa(int(took.Seconds())), "-f", script, database)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w: %s", err, strings.SplitN(errs.String(), "\n", 2)[0])
	}
	found := pgbenchRate.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench printed no rate: %s", lastOf(string(out)))
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// findPgbench returns the path of pgbench, which Debian keeps beside the server.
func findPgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return "", fmt.Errorf("pgbench is not installed: it comes with the PostgreSQL server")
	}
	return found[len(found)-1], nil
}

// submitText returns how many submissions a second are accepted, each of a new user, and the 99th percentile of
// the time that one takes, in milliseconds.
func (p *program) submitText(ctx context.Context) (rate, p99 float64, err error) {
	tokens := make([]string, p.stage.size(submitTokens))
	for i := range tokens {
		if tokens[i], err = p.issuer.Mint(auth.User{ID: uuid.NewString()}, time.Hour); err != nil {
			return 0, 0, err
		}
	}
	took := submitTime / time.Duration(p.stage.scale)
	ctx, cancel := context.WithTimeout(ctx, took)
	defer cancel()
	var next, answered atomic.Int64
	s := &samples{times: map[string][]float64{}}
	var group errgroup.Group
	for range submitClients {
		group.Go(func() error {
			client := &fasthttp.HostClient{Addr: p.address, MaxConns: 1}
			request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			request.Header.SetMethod(http.MethodPost)
			request.Header.SetContentType("application/json")
			request.SetRequestURI("http://" + p.address + pathOnboarding + "/step/2/complete")
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(tokens)) {
					return fmt.Errorf("more than %d submissions: raise submitTokens", len(tokens))
				}
				request.Header.Set("Authorization", "Bearer "+tokens[i])
				request.SetBodyString(textBody)
				began := time.Now()
				if err := client.Do(request, response); err != nil {
					return err
				}
				if response.StatusCode() != http.StatusAccepted {
					return fmt.Errorf("submit: %d %s", response.StatusCode(), strings.TrimSpace(string(response.Body())))
				}
				s.add("submit", milliseconds(time.Since(began)))
				answered.Add(1)
			}
			return nil
		})
	}
	err = group.Wait()
	return float64(answered.Load()) / took.Seconds(), s.percentile("submit", 99), err
}
