package admin_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alwrity/onboarding/internal/auth"
	"github.com/alwrity/onboarding/internal/httpapi/apitest"
	"github.com/alwrity/onboarding/internal/maintenance"
	"github.com/alwrity/onboarding/internal/postgres/rollup"
)

const analytics = adminPath + "/analytics"

// tellAnalytics makes ten sessions that began two days ago, all of which finished step
// 1, eight step 2, four of them by a model, and two the whole, and counts them.
func tellAnalytics(t *testing.T, f *apitest.Fixture) {
	t.Helper()
	_, err := f.DB.System.Exec(t.Context(), `with s as (
			insert into onboarding_sessions (id, user_id, version, started_at)
			select gen_random_uuid(), 'user-' || n, 10, date_trunc('day', now(), 'UTC') - interval '2 days' from generate_series(0, 9) n
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
	require.NoError(t,
		maintenance.RollUp(t.Context(), f.DB.System, prometheus.NewRegistry(), slog.New(slog.DiscardHandler)))
}

func TestAnalytics(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	tellAnalytics(t, f)
	day := func(ago int) string { return time.Now().UTC().AddDate(0, 0, -ago).Format(time.DateOnly) }

	funnel := f.AsAdmin(http.MethodGet, analytics+"/funnel", "").Object(t)
	assert.Equal(t, []any{10.0, 2.0, 0.2, day(29), day(0)},
		[]any{funnel["started"], funnel["finished"], funnel["completion_rate"], funnel["from"], funnel["to"]})
	website := apitest.List(t, funnel, "steps")[1]
	assert.Equal(t, map[string]any{
		"step": 2.0, "title": "Website Analysis", "reached": 8.0, "completed": 8.0, "skipped": 0.0, "failed": 8.0,
		"passed": 8.0, "lost": 0.0, "not_begun": 2.0, "drop_off": 0.0,
		"engines": []any{
			map[string]any{"engine": "local", "completed": 4.0},
			map[string]any{"engine": "openai", "completed": 4.0},
		},
	}, website)
	research := apitest.List(t, funnel, "steps")[2]
	assert.Equal(t, []any{2.0, 0.0, 6.0}, []any{research["reached"], research["lost"], research["not_begun"]},
		"what nobody began is not where they stopped")
	byEngine := f.AsAdmin(http.MethodGet, analytics+"/funnel?engine=openai", "").Object(t)
	assert.Equal(t, []any{10.0, 4.0}, []any{byEngine["started"], apitest.List(t, byEngine, "steps")[1]["completed"]})
	later := f.AsAdmin(http.MethodGet, analytics+"/funnel?from="+day(1), "").Object(t)
	assert.InDelta(t, 0, later["started"], 0, "they began before")

	timings := f.AsAdmin(http.MethodGet, analytics+"/timings?from="+day(2)+"&to="+day(0), "").Object(t)
	assert.InDelta(t, 2, apitest.At(t, timings, "total", "count"), 0)
	assert.InEpsilon(t, 86500, apitest.At(t, timings, "total", "median_seconds"), 0.048)
	step := apitest.List(t, timings, "steps")[1]
	assert.InEpsilon(t, 40, apitest.At(t, step, "time_in_step", "p95_seconds"), 0.048)
	assert.InEpsilon(t, 50, apitest.At(t, step, "time_from_start", "median_seconds"), 0.048)
	assert.InEpsilon(t, 20, apitest.At(t, step, "work", "median_seconds"), 0.048)
	assert.Len(t, step["engines"], 2)
	first := apitest.List(t, timings, "steps")[0]
	assert.Nil(t, apitest.At(t, first, "work", "median_seconds"))
	assert.Empty(t, first["engines"])

	assert.InEpsilon(t, 50, apitest.At(t, timings, "time_to_value", "median_seconds"), 0.048)

	cohorts := f.AsAdmin(http.MethodGet, analytics+"/cohorts?by=engine", "").Object(t)
	assert.Equal(t, "engine", cohorts["by"])
	engines := apitest.List(t, cohorts, "cohorts")
	require.Len(t, engines, 3)
	assert.Equal(t, []any{"local", 4.0, 0.0}, []any{engines[0]["cohort"], engines[0]["started"], engines[0]["finished"]})
	assert.Equal(t, []any{"openai", 4.0, 2.0}, []any{engines[1]["cohort"], engines[1]["started"], engines[1]["finished"]})
	assert.Nil(t, engines[2]["cohort"], "without an analysis")
	assert.Equal(t, map[string]any{
		"step": 3.0, "reached": 2.0, "passed": 2.0, "lost": 0.0, "not_begun": 2.0, "drop_off": 0.0,
	}, apitest.List(t, engines[1], "steps")[2])
	assert.Len(t, apitest.List(t, f.AsAdmin(http.MethodGet, analytics+"/cohorts", "").Object(t), "cohorts"), 1, "one week")

	failures := f.AsAdmin(http.MethodGet, analytics+"/failures", "").Object(t)
	assert.Equal(t, []map[string]any{{"step": 2.0, "code": "robots_forbidden", "count": 8.0}},
		apitest.List(t, failures, "failures"))
	assert.InDelta(t, 8, failures["total"], 0)

	daily := f.AsAdmin(http.MethodGet, analytics+"/daily?from="+day(3)+"&to="+day(0), "").Object(t)
	days := apitest.List(t, daily, "days")
	require.Len(t, days, 4)
	assert.Equal(t, []any{day(2), 10.0, 0.0}, []any{days[1]["day"], days[1]["started"], days[1]["finished"]})
	assert.Equal(t, map[string]any{"step": 2.0, "reached": 8.0, "completed": 8.0, "skipped": 0.0, "failures": 8.0},
		apitest.List(t, days[1], "steps")[1])
	assert.Equal(t, []any{day(1), 0.0, 2.0}, []any{days[2]["day"], days[2]["started"], days[2]["finished"]})
}

// The users whom the funnel counts as not begun are listed as CSV, page by page.
func TestStoppedUsers(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	tellAnalytics(t, f)
	_, err := f.DB.System.Exec(t.Context(),
		"insert into onboarding_steps (session_id, user_id, step) select id, user_id, generate_series(1, 6) from onboarding_sessions")
	require.NoError(t, err)
	var lines []string
	for after, pages := "", 0; pages == 0 || after != ""; pages++ {
		answer := f.AsAdmin(http.MethodGet, analytics+"/stopped?step=3&place=not_begun&limit=4&after="+after, "")
		require.Equal(t, 200, answer.Status, string(answer.Body))
		assert.Equal(t, "text/csv; charset=utf-8", answer.Header.Get("Content-Type"))
		page := strings.Split(strings.TrimSpace(string(answer.Body)), "\n")
		assert.Equal(t, strings.Join(rollup.StoppedHead(), ","), page[0])
		lines, after = append(lines, page[1:]...), answer.Header.Get("Next-After")
	}
	assert.Len(t, lines, 6)
	assert.Regexp(t, `^user-\d,3,not_begun,pending,,\d{4}-\d\d-\d\dT00:00:00Z,.*,(local|openai)$`, lines[0])
	lost := f.AsAdmin(http.MethodGet, analytics+"/stopped?step=2", "")
	assert.Equal(t, 1, strings.Count(string(lost.Body), "\n"), "the head alone")
	assert.Equal(t, 400, f.AsAdmin(http.MethodGet, analytics+"/stopped", "").Status)
	assert.Equal(t, 400, f.AsAdmin(http.MethodGet, analytics+"/stopped?step=2&after=x", "").Status)
	assert.Equal(t, 400, f.AsAdmin(http.MethodGet, analytics+"/cohorts?by=colour", "").Status)
}

// The claim variant of the token that a session begins with makes its cohort.
func TestVariantOfASession(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	read := func(variant string) {
		token := f.TokenOf(auth.User{ID: "ada", Variant: variant})
		answer := f.Send(http.MethodGet, "/api/onboarding/status", "", "Authorization", "Bearer "+token)
		require.Equal(t, 200, answer.Status)
	}
	read("blue")
	read("red")
	var variant string
	require.NoError(t, f.DB.System.QueryRow(t.Context(), "select variant from onboarding_sessions").Scan(&variant))
	assert.Equal(t, "blue", variant)
}

func TestAnalyticsRefuse(t *testing.T) {
	t.Parallel()
	f := apitest.New(t)
	for _, endpoint := range []string{"/funnel", "/timings", "/failures", "/daily"} {
		apitest.RequireProblem(t, f.As("ada", http.MethodGet, analytics+endpoint, ""), 403, "admin_only")
		for _, query := range []string{
			"from=soon", "to=2026-13-01", "from=2026-02-02&to=2026-02-01",
			"from=2024-01-01&to=2025-12-31",
		} {
			apitest.RequireProblem(t, f.AsAdmin(http.MethodGet, analytics+endpoint+"?"+query, ""), 400, "invalid_field")
		}
		assert.Equal(t, 200,
			f.AsAdmin(http.MethodGet, analytics+endpoint+"?from=2025-01-01&to=2026-01-02", "").Status, "367 days")
	}
}
