package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/onboarding"
	"github.com/alwrity/onboarding/internal/postgres/pgtest"
	"github.com/alwrity/onboarding/internal/postgres/system"
)

// history is a database whose past was written by hand.
type history struct {
	t  *testing.T
	db pgtest.Database
}

func (h history) exec(sql string, args ...any) {
	h.t.Helper()
	_, err := h.db.System.Exec(h.t.Context(), sql, args...)
	require.NoError(h.t, err, sql)
}

// past is one session of a history.
type past struct {
	history
	id    uuid.UUID
	user  string
	began time.Time
	seq   *int
}

// noon returns noon (UTC) so many days ago.
func (h history) noon(daysAgo int) time.Time {
	h.t.Helper()
	var noon time.Time
	require.NoError(h.t, h.db.System.QueryRow(h.t.Context(),
		"select date_trunc('day', now(), 'UTC') - make_interval(days => $1) + interval '12 hours'", daysAgo).Scan(&noon))
	return noon.UTC()
}

// session makes a session that started so many days ago at noon, whose steps stand as
// named, in their order.
func (h history) session(user string, daysAgo int, statuses ...onboarding.StepStatus) past {
	h.t.Helper()
	p := past{history: h, id: uuid.New(), user: user, began: h.noon(daysAgo), seq: new(int)}
	h.exec("insert into onboarding_sessions (id, user_id, started_at) values ($1, $2, $3)", p.id, user, p.began)
	for n := 1; n <= onboarding.StepCount; n++ {
		status, code := onboarding.StepPending, (*string)(nil)
		if n <= len(statuses) {
			status = statuses[n-1]
		}
		if status == onboarding.StepFailed {
			code = ptr("robots_forbidden")
		}
		h.exec("insert into onboarding_steps (session_id, user_id, step, status, failure_code) values ($1, $2, $3, $4, $5)", p.id, user, n, status, code)
		if status != onboarding.StepPending && n != 2 && n != 4 {
			p.event(n, status, 1, uuid.Nil, "", "")
		}
	}
	return p
}

func (p past) finished(daysAgo int) {
	p.t.Helper()
	p.exec("update onboarding_sessions set completed_at = $2 where id = $1", p.id, p.noon(daysAgo))
}

// event writes a step event so many seconds after the session began.
func (p past) event(step int, status onboarding.StepStatus, seconds float64, submission uuid.UUID, phase, code string) {
	p.t.Helper()
	*p.seq++
	p.exec(`insert into step_events (session_id, seq, at, user_id, step, status, submission_id, phase, failure_code)
		values ($1, $2, $3, $4, $5, $6, nullif($7, '00000000-0000-0000-0000-000000000000'::uuid), nullif($8, ''), nullif($9, ''))`,
		p.id, *p.seq, p.began.Add(time.Duration(seconds*float64(time.Second))), p.user, step, status, submission, phase, code)
}

// work writes the events of a submission that was completed, and returns its id.
func (p past) work(step int, began, took float64) uuid.UUID {
	p.t.Helper()
	id := uuid.New()
	p.event(step, onboarding.StepInProgress, began, id, "queued", "")
	p.event(step, onboarding.StepInProgress, began+took/2, id, "crawling", "")
	p.event(step, onboarding.StepCompleted, began+took, id, "finished", "")
	return id
}

func (p past) failure(step int, began float64, code string) {
	p.t.Helper()
	id := uuid.New()
	p.event(step, onboarding.StepInProgress, began, id, "queued", "")
	p.event(step, onboarding.StepFailed, began+1, id, "finished", code)
	p.event(step, onboarding.StepFailed, began+2, id, "finished", code) // said twice, counted once
}

func (p past) analysis(submission uuid.UUID, engine string) {
	p.t.Helper()
	analysis := onboarding.Analysis{}
	analysis.Style.Meta.Engine = engine
	document, err := json.Marshal(analysis)
	require.NoError(p.t, err)
	p.exec("insert into website_analyses (session_id, user_id, website_url, submission_id, analysis) values ($1, $2, 'https://a.example', $3, $4)",
		p.id, p.user, submission, document)
}

func (p past) personas(submission uuid.UUID, engine string) {
	p.t.Helper()
	p.exec(`insert into persona_data (session_id, user_id, submission_id, core_persona, platform_personas, quality_metrics, selected_platforms, engine)
		values ($1, $2, $3, '{}', '{}', '{}', '{}', $4)`, p.id, p.user, submission, engine)
	p.exec("update onboarding_steps set result_submission_id = $2 where session_id = $1 and step = 4", p.id, submission)
}

const (
	pending    = onboarding.StepPending
	inProgress = onboarding.StepInProgress
	completed  = onboarding.StepCompleted
	skipped    = onboarding.StepSkipped
	failed     = onboarding.StepFailed
)

// writeHistory writes the past of six users, five of whom started in the last ten days.
func writeHistory(t *testing.T) history {
	t.Helper()
	h := history{t: t, db: pgtest.New(t)}

	ann := h.session("ann", 3, skipped, completed, completed, completed, skipped, completed)
	ann.finished(2)
	ann.analysis(ann.work(2, 10, 10), "local")
	ann.personas(ann.work(4, 30, 100), "local")
	again := uuid.New() // she analyses again and cancels: the step holds its result still
	ann.event(2, inProgress, 200, again, "queued", "")
	ann.event(2, completed, 201, again, "crawling", "")

	bob := h.session("bob", 3, completed, failed)
	bob.failure(2, 5, "robots_forbidden")
	bob.failure(2, 15, "robots_forbidden")
	bob.failure(2, 25, "website_too_slow")

	cid := h.session("cid", 2, pending, inProgress)
	cid.event(1, pending, 5, uuid.Nil, "", "") // was reset
	cid.event(2, inProgress, 6, uuid.New(), "queued", "")

	dan := h.session("dan", 2)
	dan.exec(`insert into submissions (id, session_id, user_id, kind, status, input, job_id, phase, message, failure_code, finished_at)
		values ($1, $2, 'dan', 'personalization_inputs', 'failed', '{}', 1, 'finished', '', 'internal_error', now())`, uuid.New(), dan.id)

	eve := h.session("eve", 1, skipped, completed, pending, inProgress)
	eve.work(2, 10, 40) // replaced by the next: its engine is not known any more
	second := eve.work(2, 60, 20)
	eve.analysis(second, "gpt")
	eve.event(2, completed, 4000, second, "finished", "") // edited later
	eve.personas(eve.work(4, 90, 60), "local")
	eve.event(4, inProgress, 200, uuid.New(), "queued", "")

	old := h.session("old", 20, completed, completed, completed, completed, completed, completed)
	old.finished(1)
	old.work(2, 10, 5)                            // before the window
	old.work(4, 9.5*86400, 86400)                 // begun before it
	old.failure(2, 100, "internal_error")         // before it
	old.failure(4, 15*86400, "provider_rejected") // in it: failures are not only those of who started in it
	return h
}

const tenDays = 10 * 24 * time.Hour

func TestReportOfAHistory(t *testing.T) {
	t.Parallel()
	h := writeHistory(t)
	report, err := system.ReadReport(t.Context(), h.db.System, tenDays, time.Minute)
	require.NoError(t, err)
	assert.Equal(t, tenDays, report.Until.Sub(report.Since))
	assert.Equal(t, []int64{6, 5, 2}, []int64{report.Sessions, report.Started, report.Finished})
	assert.Equal(t, []system.FunnelStep{ // highest step done: ann 6, bob 1, cid and dan none, eve 4
		{Step: 1, Reached: 3, Completed: 1, Skipped: 2, DropOff: 0.4},
		{Step: 2, Reached: 4, InProgress: 1, Completed: 2, Failed: 1, DropOff: 0.6},
		{Step: 3, Reached: 1, Completed: 1, DropOff: 0.6},
		{Step: 4, Reached: 2, InProgress: 1, Completed: 1, DropOff: 0.6},
		{Step: 5, Reached: 1, Skipped: 1, DropOff: 0.8},
		{Step: 6, Reached: 1, Completed: 1, DropOff: 0.8},
	}, report.Funnel)
	assert.Equal(t, []system.StepTimes{ // 10, 20 and 40 s; 60 and 100 s
		{Step: 2, Completions: 3, MedianSeconds: 20, P95Seconds: 38},
		{Step: 2, Engine: "gpt", Completions: 1, MedianSeconds: 20, P95Seconds: 20},
		{Step: 2, Engine: "local", Completions: 1, MedianSeconds: 10, P95Seconds: 10},
		{Step: 2, Engine: "unknown", Completions: 1, MedianSeconds: 40, P95Seconds: 40},
		{Step: 4, Completions: 2, MedianSeconds: 80, P95Seconds: 98},
		{Step: 4, Engine: "local", Completions: 2, MedianSeconds: 80, P95Seconds: 98},
	}, ordered(report.Times))
	assert.Equal(t, []system.FailureCount{
		{Step: 2, Code: "robots_forbidden", Count: 2},
		{Kind: onboarding.KindPersonalizationInputs, Code: "internal_error", Count: 1},
		{Step: 2, Code: "website_too_slow", Count: 1},
		{Step: 4, Code: "provider_rejected", Count: 1},
	}, report.Failures)
	assert.Len(t, report.Days, 11, "days without anything too")
	want := map[string][2]int64{}
	for daysAgo, counts := range map[int][2]int64{3: {2, 0}, 2: {2, 1}, 1: {1, 1}} {
		want[h.noon(daysAgo).Format(time.DateOnly)] = counts
	}
	for _, day := range report.Days {
		assert.Equal(t, want[day.Day], [2]int64{day.Started, day.Finished}, day.Day)
	}
}

// ordered rounds what the floating point of a percentile leaves over.
func ordered(times []system.StepTimes) []system.StepTimes {
	for i := range times {
		times[i].MedianSeconds = float64(int(times[i].MedianSeconds*1000+0.5)) / 1000
		times[i].P95Seconds = float64(int(times[i].P95Seconds*1000+0.5)) / 1000
	}
	return times
}

func TestReportOfNothing(t *testing.T) {
	t.Parallel()
	report, err := system.ReadReport(t.Context(), pgtest.New(t).System, tenDays, time.Minute)
	require.NoError(t, err)
	assert.Zero(t, report.Sessions)
	assert.Len(t, report.Funnel, onboarding.StepCount)
	assert.Equal(t, system.FunnelStep{Step: 6}, report.Funnel[5])
	assert.Empty(t, report.Times)
	var out bytes.Buffer
	require.NoError(t, writeFunnel(&out, report))
	assert.Contains(t, out.String(), "0 reached · drop-off 0.0 %")
}

// A statement that takes too long ends by itself.
func TestReportIsBounded(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner, err := pgx.Connect(t.Context(), db.URL)
	require.NoError(t, err)
	defer owner.Close(context.Background())
	_, err = owner.Exec(t.Context(), "begin; lock table step_events in access exclusive mode")
	require.NoError(t, err)
	_, err = system.ReadReport(t.Context(), db.System, tenDays, 100*time.Millisecond)
	require.ErrorIs(t, err, system.ErrTooSlow)
}

func TestReportCommand(t *testing.T) {
	h := writeHistory(t)
	t.Setenv("DATABASE_URL", h.db.URL)
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, diagnostics bytes.Buffer
		code = Exit(Report(t.Context(), args, &out, &diagnostics), &diagnostics)
		return code, out.String(), diagnostics.String()
	}
	code, stdout, stderr := run("-since", "10d")
	assert.Zero(t, code)
	assert.Empty(t, stderr)
	for _, line := range strings.Split(stdout, "\n") {
		assert.LessOrEqual(t, displayWidth(line), 100)
	}
	assert.Regexp(t, `(?m)^  2 Website Analysis +█+ +4 reached, 2 completed, 1 in progress, 1$`, stdout)
	assert.Regexp(t, `(?m)^ +failed · drop-off 60.0 %$`, stdout)
	assert.Regexp(t, `(?m)^  - gpt +█+ +median 20.0 s, p95 20.0 s, 1 time$`, stdout)
	assert.Regexp(t, `(?m)^  robots_forbidden +█+ +2 in step 2 Website Analysis$`, stdout)
	assert.Contains(t, stdout, "\n  "+h.noon(2).Format(time.DateOnly)+" ")
	assert.True(t, strings.HasSuffix(stdout, "\nreport: sessions=6 started=5 finished=2\n"), stdout)

	code, stdout, stderr = run("-json", "-since", "240h")
	assert.Zero(t, code)
	assert.Equal(t, "report: sessions=6 started=5 finished=2\n", stderr)
	var document map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &document))
	assert.EqualValues(t, 5, document["started"])
	assert.EqualValues(t, 0.4, document["funnel"].([]any)[0].(map[string]any)["drop_off"])

	code, stdout, _ = run()
	assert.Zero(t, code)
	assert.Contains(t, stdout, "report: sessions=6 started=6 finished=2\n", "30 days")

	for _, args := range [][]string{{"x"}, {"-since", "0d"}, {"-since", "5s"}, {"-since", "9999d"}, {"-since", "soon"}, {"-nope"}} {
		code, stdout, stderr = run(args...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, "Usage: worker report")
	}
}

func TestDayBarsOfAYear(t *testing.T) {
	t.Parallel()
	days := make([]system.DayCount, 50)
	for i := range days {
		days[i] = system.DayCount{Day: time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), Started: 2, Finished: 1}
	}
	bars := dayBars(days)
	require.Len(t, bars, 8)
	assert.Equal(t, bar{"7 days from 2026-01-01", 14, "14 started, 7 finished"}, bars[0])
	assert.Equal(t, bar{"7 days from 2026-02-19", 2, "2 started, 1 finished"}, bars[7])
	assert.Len(t, dayBars(days[:45]), 45)
}
