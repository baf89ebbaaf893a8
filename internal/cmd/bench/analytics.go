package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/postgres"
	"github.com/alwrity/onboarding/migrations"
)

// What is measured, and the goal.
const (
	analyticsEvents   = 200_000
	analyticsRequests = 50 // of each endpoint and question
	analyticsGoal     = 300 * time.Millisecond
	analyticsDays     = 365
	analyticsChunk    = 10_000 // sessions that one statement makes
)

// analyticsEndpoints are called with the query strings of analyticsQuestions: the usual
// one, and the largest.
var (
	analyticsEndpoints = []string{"funnel", "timings", "failures", "daily"}
	analyticsQuestions = []func(now time.Time) string{
		func(time.Time) string { return "" },
		func(now time.Time) string { return "?from=" + now.AddDate(0, 0, -analyticsDays).Format(time.DateOnly) },
		func(now time.Time) string {
			return "?engine=openai&from=" + now.AddDate(0, 0, -analyticsDays).Format(time.DateOnly)
		},
	}
)

func analyticsCommand() *cobra.Command {
	events := analyticsEvents
	measure := func(ctx context.Context, databaseURL string, stdout io.Writer) (bool, error) {
		made, err := makeHistory(ctx, databaseURL, events, stdout)
		if err != nil {
			return false, fmt.Errorf("make the history: %w", err)
		}
		rollup, err := rollUp(ctx, databaseURL)
		if err != nil {
			return false, err
		}
		worst, err := askAnalytics(ctx, databaseURL, stdout)
		if err != nil {
			return false, err
		}
		met := worst <= analyticsGoal
		_, err = fmt.Fprintf(stdout, "analytics: events=%d endpoints=%d p95_ms=%.1f rollup_seconds=%.1f met=%t\n",
			made, len(analyticsEndpoints), milliseconds(worst), rollup.Seconds(), met)
		return met, err
	}
	c := command("analytics", "how long the questions of operators take", measure)
	c.Flags().IntVar(&events, "events", events, "make at least this many step events")
	return c
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

// makeChunk makes sessions of the last year with their histories: step 1, an analysis
// with its progress and a second one, preferences, personas, integrations and the finish,
// each session up to where its user leaves.
const makeChunk = `with made as materialized (
	select gen_random_uuid()::text as name, now() - random() * make_interval(days => $1) as started_at,
		case when random() < 0.35 then 43 else 1 + floor(43 * sqrt(random()))::int end as version,
		(array['local', 'local', 'openai', 'anthropic', 'gemini'])[1 + floor(random() * 5)::int] as engine,
		random() < 0.12 as fails, random() < 0.05 as fails_late, random() < 0.4 as skips
	from generate_series(1, $2)
), s as materialized (
	select (lpad(to_hex((extract(epoch from started_at) * 1000)::bigint), 12, '0')
		|| '7' || substr(md5(name), 1, 3) || '8' || substr(md5(name), 4, 15))::uuid as id, *
	from made
), sessions as (
	insert into onboarding_sessions (id, user_id, version, started_at, updated_at, completed_at)
	select id, name, version, started_at, started_at, case when version = 43 then started_at end from s
)
insert into step_events (session_id, seq, at, user_id, step, status, submission_id, progress, phase, message,
	failure_code, engine)
select e.id, e.seq, e.started_at + make_interval(secs => sum(e.gap) over (partition by e.id order by e.seq)),
	e.name, e.step, e.status, e.submission, e.progress, e.phase, e.message,
	case when e.status = 'failed' then
		(array['robots_forbidden', 'website_too_slow', 'key_refused', 'page_empty'])[1 + floor(random() * 4)::int] end,
	case when e.status = 'completed' and e.phase = 'finished' then e.engine end
from (
	select s.*, n as seq, t.step, t.last,
		-ln(1 - random()) * case when t.last is null or n = t.first then 45 else 1.5 end as gap,
		case when t.last is null then case when s.skips and t.step <> 6 then 'skipped' else 'completed' end
			when n < t.last then 'in_progress'
			when (n = 14 and s.fails) or (n = 41 and s.fails_late) then 'failed' else 'completed' end as status,
		case when t.last is not null then md5(s.name || t.first)::uuid end as submission,
		case when t.last is not null then 100.0 * (n - t.first) / (t.last - t.first) end as progress,
		case when n = t.last then 'finished' when n = t.first then 'queued'
			when t.last is not null then 'crawling' end as phase,
		case when t.last is not null then 'Reading page ' || n || ' of your website' end as message
	from s, generate_series(1, s.version) n
	join (values (1, 1, 1, null), (2, 2, 14, 14), (2, 15, 23, 23), (3, 24, 24, null), (4, 25, 41, 41),
			(5, 42, 42, null), (6, 43, 43, null))
		as t (step, first, until, last) on n between t.first and t.until
) e`

// makeHistory fills the database by statements of its server, a chunk at a time, and
// returns the number of events.
func makeHistory(ctx context.Context, databaseURL string, events int, stdout io.Writer) (made int64, err error) {
	pool, err := pgxpool.New(ctx, databaseURL)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	if err := migrations.CreatePartitions(ctx, pool, time.Now().AddDate(0, 0, -analyticsDays)); err != nil {
		return 0, err
	}
	began := time.Now()
	for made < int64(events) && err == nil {
		chunk := min(analyticsChunk, (int64(events)-made)/30+1)
		err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			// Without the triggers of foreign keys, which would look up each session again.
			if _, err := tx.Exec(ctx, "set local session_replication_role = replica"); err != nil {
				return err
			}
			tag, err := tx.Exec(ctx, makeChunk, analyticsDays, chunk)
			made += tag.RowsAffected()
			return err
		})
	}
	if err == nil {
		_, err = pool.Exec(ctx, "vacuum (analyze) step_events, onboarding_sessions")
	}
	_, _ = fmt.Fprintf(stdout, "analytics: made events=%d seconds=%.1f\n", made, time.Since(began).Seconds())
	return made, err
}

// rollUp counts the history as workers do, and checks that all sessions are counted.
func rollUp(ctx context.Context, databaseURL string) (took time.Duration, err error) {
	registry := prometheus.NewRegistry()
	pool, err := openPool(ctx, databaseURL, postgres.RoleSystem, 1)
	if err != nil {
		return 0, err
	}
	defer pool.Close()
	began := time.Now()
	if err := maintenance.RollUp(ctx, pool, registry, slog.New(slog.DiscardHandler)); err != nil {
		return 0, fmt.Errorf("roll up: %w", err)
	}
	took = time.Since(began)
	var missing int64
	err = pool.QueryRow(ctx, `select (select count(*) from onboarding_sessions)
		- (select coalesce(sum(count), 0) from rollup_steps where basis = 'began' and fact = 'started')::bigint`).Scan(
		&missing,
	)
	if err == nil && missing != 0 {
		err = fmt.Errorf("%d sessions are not counted", missing)
	}
	return took, err
}

// askAnalytics calls every endpoint with every question, prints the times of each endpoint,
// and returns the worst 95th percentile.
func askAnalytics(ctx context.Context, databaseURL string, stdout io.Writer) (worst time.Duration, err error) {
	folder, err := os.MkdirTemp("", "bench-analytics-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	a, err := startAPI(ctx, databaseURL, folder, readsWithoutLimit...)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, a.Stop()) }()
	token, err := a.issuer.Mint(auth.User{ID: "bench", Role: auth.RoleAdmin}, time.Hour)
	if err != nil {
		return 0, err
	}
	for _, endpoint := range analyticsEndpoints {
		var all []time.Duration
		for _, question := range analyticsQuestions {
			address := "http://" + a.http + "/api/onboarding/admin/analytics/" + endpoint + question(time.Now().UTC())
			for range analyticsRequests {
				began := time.Now()
				if _, err := get(ctx, address, token); err != nil {
					return 0, err
				}
				all = append(all, time.Since(began))
			}
		}
		slices.Sort(all)
		p95 := all[len(all)*95/100]
		worst = max(worst, p95)
		_, _ = fmt.Fprintf(stdout, "analytics: endpoint=%s requests=%d p50_ms=%.1f p95_ms=%.1f\n",
			endpoint, len(all), milliseconds(all[len(all)/2]), milliseconds(p95))
	}
	return worst, nil
}
