package worker

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// writeHistory makes ten sessions that began two days ago and one that began 40 days
// ago. All of them finished step 1, eight step 2, after it had failed once, four of
// these by a model, and two the whole onboarding, a day later. It counts them.
func writeHistory(t *testing.T) pgtest.Database {
	t.Helper()
	db := pgtest.New(t)
	_, err := db.System.Exec(t.Context(), `with s as (
			insert into onboarding_sessions (id, user_id, version, started_at)
			select gen_random_uuid(), 'user-' || n, 10, date_trunc('day', now(), 'UTC') - make_interval(days => case when n = 10 then 40 else 2 end)
			from generate_series(0, 10) n
			returning id, user_id, started_at, substr(user_id, 6)::int as n)
		insert into step_events (session_id, seq, at, user_id, step, status, submission_id, phase, failure_code, engine)
		select s.id, e.seq, s.started_at + make_interval(secs => e.seconds), s.user_id, e.step, e.status,
			case when e.phase is not null then md5(s.user_id || e.step || (e.seq > 3))::uuid end, e.phase,
			case when e.status = 'failed' then 'robots_forbidden' end,
			case when e.phase = 'finished' and e.status = 'completed' then case when s.n < 4 then 'openai' else 'local' end end
		from s, (values (1, 10, 1, 'skipped', null), (2, 20, 2, 'in_progress', 'queued'), (3, 25, 2, 'failed', 'finished'),
			(4, 30, 2, 'in_progress', 'queued'), (5, 50, 2, 'completed', 'finished'), (6, 60, 3, 'completed', null),
			(7, 70, 4, 'in_progress', 'queued'), (8, 90, 4, 'completed', 'finished'), (9, 100, 5, 'skipped', null), (10, 86500, 6, 'completed', null)
		) e (seq, seconds, step, status, phase)
		where e.seq <= case when s.n < 2 then 10 when s.n < 8 then 5 else 1 end`)
	require.NoError(t, err)
	require.NoError(t, maintenance.RollUp(t.Context(), db.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler)))
	return db
}

// daysAgo returns a day (UTC) in the form of the report.
func daysAgo(n int) string { return time.Now().UTC().AddDate(0, 0, -n).Format(time.DateOnly) }

func TestReportOfAHistory(t *testing.T) {
	t.Parallel()
	db := writeHistory(t)
	report, err := readReport(t.Context(), system.New(db.System), daysOf(4*24*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, []string{daysAgo(3), daysAgo(0)}, []string{report.From, report.To})
	assert.WithinDuration(t, time.Now(), report.CountedThrough, time.Minute)
	assert.Equal(t, []int64{11, 10, 2}, []int64{report.Sessions, report.Started, report.Finished})
	assert.Equal(t, onboarding.FunnelStep{
		Step: 1, Reached: 10, Skipped: 10, Passed: 10, Left: 10,
		Engines: []onboarding.EngineCount{},
	}, report.Funnel[0])
	assert.Equal(t, onboarding.FunnelStep{
		Step: 2, Reached: 8, Completed: 8, Failed: 8, Passed: 8, Left: 8, NotBegun: 2,
		Engines: []onboarding.EngineCount{{Engine: "local", Completed: 4}, {Engine: "openai", Completed: 4}},
	}, report.Funnel[1])
	assert.EqualValues(t, 6, report.Funnel[2].NotBegun)
	require.Len(t, report.Times, 5)
	for i, want := range []workTimes{
		{2, "", 8, 20, 20},
		{2, "local", 4, 20, 20},
		{2, "openai", 4, 20, 20},
		{4, "", 2, 20, 20},
		{4, "openai", 2, 20, 20},
	} {
		got := report.Times[i]
		assert.InEpsilon(t, want.MedianSeconds, got.MedianSeconds, rollup.QuantileError)
		assert.InEpsilon(t, want.P95Seconds, got.P95Seconds, rollup.QuantileError)
		got.MedianSeconds, got.P95Seconds = want.MedianSeconds, want.P95Seconds
		assert.Equal(t, want, got)
	}
	assert.Equal(t, []rollup.StepFailures{{Step: 2, Code: "robots_forbidden", Count: 8}}, report.Failures)
	require.Len(t, report.Days, 4, "days without anything too")
	for i, want := range []rollup.Day{
		{Day: daysAgo(3)},
		{Day: daysAgo(2), Started: 10},
		{Day: daysAgo(1), Finished: 2},
		{Day: daysAgo(0)},
	} {
		report.Days[i].Steps = want.Steps
		assert.Equal(t, want, report.Days[i])
	}
}

func TestReportOfNothing(t *testing.T) {
	t.Parallel()
	report, err := readReport(t.Context(), system.New(pgtest.New(t).System), daysOf(time.Hour))
	require.NoError(t, err)
	assert.Zero(t, report.Sessions)
	assert.Equal(t, onboarding.FunnelStep{Step: 6, Engines: []onboarding.EngineCount{}}, report.Funnel[5])
	assert.Len(t, report.Days, 1, "a window is rounded up to whole days")
	var out bytes.Buffer
	require.NoError(t, writeFunnel(&out, report))
	assert.Contains(t, out.String(), "0 reached")
	document, err := json.Marshal(report)
	require.NoError(t, err)
	assert.NotContains(t, strings.ReplaceAll(string(document), "_seconds\":null", ""), "null")
}

func TestReportCommand(t *testing.T) {
	t.Setenv("DATABASE_URL", writeHistory(t).URL)
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, diagnostics bytes.Buffer
		code = Main(t.Context(), append([]string{"report"}, args...), nil, &out, &diagnostics)
		return code, out.String(), diagnostics.String()
	}
	code, stdout, stderr := run()
	assert.Zero(t, code)
	assert.Empty(t, stderr)
	for line := range strings.SplitSeq(stdout, "\n") {
		assert.LessOrEqual(t, columns.StringWidth(line), 100)
	}
	assert.Contains(t, stdout, "\n"+daysAgo(29)+" to "+daysAgo(0)+
		" UTC · 11 sessions ever · 10 started · 2 finished\ncounted through ")
	assert.Regexp(t, `(?m)^  2 Website Analysis +[█▎]+ +8 reached, 8 completed, 8 failed · 2 not begun$`, stdout)
	assert.Regexp(t, `(?m)^time to value: median (49|5\d)\.\d s, p95 (49|5\d)\.\d s$`, stdout)
	assert.LessOrEqual(t, strings.Count(stdout, "\n"), 40, "one screen")
	assert.Regexp(t, `(?m)^  - openai +█+ +median 1\d.\d\d s, p95 1\d.\d\d s, 4 times$`, stdout)
	assert.Regexp(t, `(?m)^  robots_forbidden +█+ +8 in step 2 Website Analysis$`, stdout)
	assert.Contains(t, stdout, "\n  "+daysAgo(2)+" ")
	assert.True(t, strings.HasSuffix(stdout, "\nreport: sessions=11 started=10 finished=2\n"), stdout)

	code, stdout, stderr = run("-json", "-since", "60d")
	assert.Zero(t, code)
	assert.Equal(t, "report: sessions=11 started=11 finished=2\n", stderr)
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &document))
	assert.InDelta(t, 11, document["started"], 0)
	assert.InDelta(t, 3, document["funnel"].([]any)[1].(map[string]any)["not_begun"], 0)
}

func TestReportOfCohortsAndUsers(t *testing.T) {
	db := writeHistory(t)
	db.Exec(t, "insert into onboarding_steps (session_id, user_id, step) select id, user_id, generate_series(1, 6) "+
		"from onboarding_sessions")
	t.Setenv("DATABASE_URL", db.URL)
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, diagnostics bytes.Buffer
		code = Main(t.Context(), append([]string{"report"}, args...), nil, &out, &diagnostics)
		return code, out.String(), diagnostics.String()
	}
	code, stdout, stderr := run("-by", "engine")
	require.Zero(t, code, stderr)
	assert.Regexp(t, `(?m)^  openai +█+ +4 started, 2 finished \(50\.0 %\)$`, stdout)
	assert.Regexp(t, `(?m)^  not known +█+ +2 started, 0 finished \(0\.0 %\)$`, stdout)
	code, stdout, stderr = run("-by", "week", "-json")
	require.Zero(t, code, stderr)
	var report cohortReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Len(t, report.Cohorts, 1)
	assert.EqualValues(t, 10, report.Cohorts[0].Started)
	assert.EqualValues(t, 6, report.Cohorts[0].Steps[2].NotBegun)

	code, stdout, stderr = run("-stopped", "3", "-not-begun")
	require.Zero(t, code, stderr)
	assert.Equal(t, "report: stopped=6\n", stderr)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	require.Len(t, lines, 7)
	assert.Equal(t, strings.Join(rollup.StoppedHead(), ","), lines[0])
	assert.Regexp(t, `^user-\d,3,not_begun,pending,`, lines[1])
	for _, args := range [][]string{{"-by", "colour"}, {"-stopped", "7"}, {"-not-begun"}, {"-stopped", "2", "-json"}} {
		code, _, stderr = run(args...)
		assert.Equal(t, 2, code, args)
		assert.Contains(t, stderr, args[0])
	}
}

func TestDayBarsOfAYear(t *testing.T) {
	t.Parallel()
	days := make([]rollup.Day, 50)
	for i := range days {
		days[i] = rollup.Day{
			Day:     time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly),
			Started: 2, Finished: 1,
		}
	}
	bars := dayBars(days)
	require.Len(t, bars, 8, "weeks")
	assert.Equal(t, bar{days[3].Day, 2, "2 started, 1 finished"}, dayBars(append(make([]rollup.Day, 60), days[3:5]...))[0])
	assert.Equal(t, bar{"7 days from 2026-01-01", 14, "14 started, 7 finished"}, bars[0])
	assert.Equal(t, bar{"7 days from 2026-02-19", 2, "2 started, 1 finished"}, bars[7])
	assert.Len(t, dayBars(days[:10]), 10)
}
