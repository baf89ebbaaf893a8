package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/alwrity/onboarding/internal/flow"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/internal/walk"
	"github.com/alwrity/onboarding/jobs"
	"github.com/alwrity/onboarding/migrations"
)

// effects says how many accepted calls had more than their one effect, or none.
type effects struct{ doubled, lost int }

// load takes users through steps 1 and 2, whose work a worker does, and step 3, and counts what came of it. direct is
// the address of the migrations and of the counting.
func load(ctx context.Context, direct, through string, users int) (e effects, err error) {
	if err := migrations.Up(ctx, migrations.Config{URL: direct, Log: slog.New(slog.DiscardHandler)}); err != nil {
		return e, err
	}
	server := postgres.Server{URL: through}
	var app, system *postgres.Pool
	for role, pool := range map[string]**postgres.Pool{postgres.RoleApp: &app, postgres.RoleSystem: &system} {
		*pool, err = postgres.OpenPool(ctx, postgres.PoolConfig{
			Server: server, Role: role, Name: "load", MaxConns: 8, Registry: prometheus.NewRegistry(),
		})
		if err != nil {
			return e, err
		}
		defer (*pool).Close()
	}
	quiet := slog.New(slog.DiscardHandler)
	submit, err := flow.NewSubmitter(app, system, prometheus.NewRegistry(), quiet)
	if err != nil {
		return e, err
	}
	worker, err := jobs.NewWorker(ctx, jobs.WorkerConfig{
		Database: server, DatabaseConns: 8, InteractiveSlots: 20, NetworkSlots: 1, BulkSlots: 1, Grace: 5 * time.Second,
		PollOnly: true, Keys: noKeys{}, Registry: prometheus.NewRegistry(), Log: quiet,
		BuildInputs: func(onboarding.Sources) onboarding.Inputs { return onboarding.Inputs{} },
	})
	if err != nil {
		return e, err
	}
	running, stop := context.WithCancel(ctx)
	stopped := make(chan error, 1)
	go func() { stopped <- worker.Run(running) }()
	err = submitAll(ctx, submit, users)
	if err == nil {
		err = settle(ctx, direct)
	}
	stop()
	if err = errors.Join(err, <-stopped); err != nil {
		return e, err
	}
	return count(ctx, direct, users)
}

// submitAll makes the calls of all users, some at a time.
func submitAll(ctx context.Context, submit *flow.Submitter, users int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i := range users {
		user := fmt.Sprintf("user-%d", i)
		group.Go(func() error {
			if err := submit.Skip(ctx, user, 1); err != nil {
				return fmt.Errorf("step 1 of %s: %w", user, err)
			}
			var input onboarding.AnalysisImport
			err := json.Unmarshal([]byte(`{"website": "https://example.com", "analysis": {"writing_style": {"tone": "warm"}}}`), &input)
			if err == nil {
				_, err = submit.ImportAnalysis(ctx, user, input)
			}
			if err != nil {
				return fmt.Errorf("step 2 of %s: %w", user, err)
			}
			if _, _, err := submit.SavePreferences(ctx, user, onboarding.PreferencesUpdate{}); err != nil {
				return fmt.Errorf("step 3 of %s: %w", user, err)
			}
			return nil
		})
	}
	return group.Wait()
}

// settleLimit bounds the time until all work has ended.
const settleLimit = 3 * time.Minute

// settle waits until no submission is in progress.
func settle(ctx context.Context, direct string) error {
	conn, err := pgx.Connect(ctx, direct)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	ctx, cancel := context.WithTimeoutCause(ctx, settleLimit, errors.New("the work did not end in time"))
	defer cancel()
	for {
		var left int
		err := conn.QueryRow(ctx, "select count(*) from submissions where status = 'in_progress'").Scan(&left)
		if err != nil || left == 0 {
			return err
		}
		if err := walk.Wait(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// count counts the effects: each user has one event of skipping step 1, of starting and completing step 2 and of
// completing step 3, as many events as versions, one analysis, no submission that failed, and inputs of the wanted
// revision.
func count(ctx context.Context, direct string, users int) (e effects, err error) {
	conn, err := pgx.Connect(ctx, direct)
	if err != nil {
		return e, err
	}
	defer func() { _ = conn.Close(ctx) }()
	err = conn.QueryRow(ctx, `with u as (
			select o.id,
				o.version as version, (select count(*) from step_events e where e.session_id = o.id) as events,
				(select count(*) from step_events e where e.session_id = o.id and e.step = 1 and e.status = 'skipped') as skipped,
				(select count(*) from step_events e
					where e.session_id = o.id and e.step = 2 and e.status = 'completed') as completed,
				(select count(*) from step_events e where e.session_id = o.id and e.step = 3 and e.status = 'completed') as chosen,
				(select count(*) from website_analyses a where a.session_id = o.id) as analyses,
				(select count(*) from submissions s where s.session_id = o.id and s.status <> 'completed') as bad,
				coalesce((select i.revision = i.wanted_revision from personalization_inputs i
					where i.session_id = o.id), false) as built
			from onboarding_sessions o
		)
		select count(*) filter (where skipped > 1 or completed > 1 or chosen > 1 or analyses > 1 or events > version),
			$1 - count(*) + count(*) filter (
				where skipped < 1 or completed < 1 or chosen < 1 or analyses < 1 or bad > 0 or not built
				or events < version)
		from u`, users).Scan(&e.doubled, &e.lost)
	return e, err
}

// noKeys is the key ring of users who have no keys.
type noKeys struct{}

// Fingerprint implements upstream.Fingerprints.
func (noKeys) Fingerprint(secret []byte) string { return string(secret) }

// Open implements jobs.Keys.
func (noKeys) Open([]byte, string, string) ([]byte, error) { return nil, errors.ErrUnsupported }
